"""The cells of a run: every single thing of which it says whether it is in order, under a name that lasts.

A cell is a step of a journey, a role at an endpoint, or a step under a fault. Its key is the same in every run, so that
two runs can be laid beside each other; that is all that comparing, the ratchet and a baseline need. Pure functions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from stormwalk.access.results import Access
from stormwalk.model import Journey, Run, Status
from stormwalk.storm_judgement import CellScore, StormVerdict
from stormwalk.storm_results import ExperimentResult, StormJudgement

_CONTROL = re.compile(r"\[(?:(?P<rest>.*)-)?control(?:-\d+)?\]$")


class CellKind(StrEnum):
    """What a cell is about: the functions of the application, its permissions, or its resilience."""

    JOURNEY = "journey"
    ACCESS = "access"
    STORM = "storm"


class Colour(StrEnum):
    """Red: the application is wrong here. Open: nobody knows, because it was not reached or could not be tested."""

    GREEN = "green"
    RED = "red"
    OPEN = "open"


Place = tuple[CellKind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing that a run has judged. `key` is the same in every run, `name` is for people, `words` say how it was.

    A finding of the access check is a cell too, `beside` the place where it lies, and told of only while it is red.
    """

    kind: CellKind
    key: str
    name: str
    colour: Colour
    words: str = ""
    beside: str = ""

    @property
    def place(self) -> Place:
        """What tells this cell from all others of a run."""
        return self.kind, self.key

    @property
    def is_judged(self) -> bool:
        return self.colour is not Colour.OPEN


def cells_of(run: Run) -> tuple[Cell, ...]:
    """Every cell of a run, each place once. A steered storm has none: whoever switches rules by hand proves nothing."""
    judgement = run.storm.judgement if run.storm else None
    return merged(
        [
            *(cell for journey in run.fair_weather for cell in _of_journey(journey)),
            *(_of_access(run.access) if run.access else ()),
            *(_of_storm(judgement) if judgement and not judgement.steered else ()),
        ]
    )


def merged(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Each place once, in order of first appearance: red wins, as one of three controls that fails has failed."""
    by_place: dict[Place, Cell] = {}
    order = (Colour.OPEN, Colour.GREEN, Colour.RED)
    for cell in cells:
        there = by_place.get(cell.place)
        if there is None or order.index(cell.colour) > order.index(there.colour):
            by_place[cell.place] = cell
    return tuple(by_place.values())


class SecondLook:
    """Where a later run has looked again, so that what it does not tell of is not there any more."""

    def __init__(self, before: Iterable[Cell], after: Iterable[Cell]) -> None:
        self._judged: dict[tuple[CellKind, str], bool] = {}
        for one in after:
            if not one.beside:  # two of the same name are judged together, or not at all
                self._judged[one.kind, one.name] = self._judged.get((one.kind, one.name), True) and one.is_judged
        known = {(one.kind, one.name) for one in before if one.is_judged and not one.beside}
        self._judged |= {place: False for place in known if place[0] is CellKind.ACCESS and place not in self._judged}
        lost = any(self._judged.get(place) is False for place in known if place[0] is CellKind.ACCESS)
        checked = any(judged for (kind, _), judged in self._judged.items() if kind is CellKind.ACCESS)
        self._elsewhere = {CellKind.ACCESS} if checked and not lost else set()

    def at(self, kind: CellKind, places: Iterable[str]) -> bool:
        """Whether each of these places was judged, by the names of their cells. As to places without one: an access
        check is always made of the whole matrix, and has looked there if it could judge all that it could before; a
        storm walks what it was asked to."""
        return all(self._judged.get((kind, place), kind in self._elsewhere) for place in places)


def fair_name(nodeid: str) -> str:
    """Pytest's name of a journey without the control that it was: what the journey is called in fair weather."""
    return _CONTROL.sub(lambda found: f"[{found['rest']}]" if found["rest"] else "", nodeid)


def step_keys(nodeid: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The key and the label of each step of a journey, in their order; the second step of one name is `name (2)`."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        label = f"{name} ({seen[name]})" if seen[name] > 1 else name
        yield f"{fair_name(nodeid)} > {label}", label


def _of_journey(journey: Journey) -> Iterator[Cell]:
    """Its steps, and itself where it failed in none of them."""
    keys = step_keys(journey.nodeid, (one.name for one in journey.steps))
    for (key, label), step in zip(keys, journey.steps, strict=True):
        name = f"{journey.full_title} > {label}"
        yield Cell(kind=CellKind.JOURNEY, key=key, name=name, colour=_colour(step.status), words=step.reason)
    if not any(step.status is Status.FAILED for step in journey.steps):
        key, name = fair_name(journey.nodeid), journey.full_title
        yield Cell(kind=CellKind.JOURNEY, key=key, name=name, colour=_colour(journey.status), words=journey.reason)


def _colour(status: Status | None) -> Colour:
    return {Status.PASSED: Colour.GREEN, Status.FAILED: Colour.RED}.get(status or Status.ERROR, Colour.OPEN)


def _of_access(access: Access) -> Iterator[Cell]:
    """The matrix, and each finding at each of its places, since a finding may lie where no cell of the matrix is."""
    accepted = {place for one in access.findings if one.accepted for place in one.places}
    alarmed = {place for one in access.alarms for place in one.places}
    for cell in access.cells:
        bad = cell.place in alarmed
        good = cell.verdict.is_good or cell.place in accepted
        colour = Colour.RED if bad else Colour.GREEN if good else Colour.OPEN
        yield Cell(kind=CellKind.ACCESS, key=cell.place, name=cell.place, colour=colour, words=cell.verdict.word)
    for finding in access.alarms:
        for place in finding.places:
            key = f"{place}: {finding.rule}{f' {finding.subject}' if finding.subject else ''}"
            yield Cell(kind=CellKind.ACCESS, key=key, name=key, colour=Colour.RED, words=finding.title, beside=place)


def _of_storm(judgement: StormJudgement) -> Iterator[Cell]:
    for experiment in judgement.experiments:
        if experiment.skipped:
            continue
        for cell in experiment.cells:
            yield _of_score(experiment, cell)
        key = f"{experiment.journey} under {experiment.plan}"
        yield _stormy(key, experiment.name, experiment.verdict)


def _of_score(experiment: ExperimentResult, cell: CellScore) -> Cell:
    where = f"{cell.step}{f', {cell.site}' if cell.site else ''}, {cell.fault}, {experiment.plan}"
    return _stormy(f"{experiment.journey} > {where}", f"{experiment.full_title} > {where}", cell.verdict)


def _stormy(key: str, name: str, verdict: StormVerdict) -> Cell:
    colour = Colour.RED if verdict.deviated else Colour.GREEN if verdict is StormVerdict.HELD else Colour.OPEN
    return Cell(kind=CellKind.STORM, key=key, name=name, colour=colour, words=verdict.value)
