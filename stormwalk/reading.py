"""Fold the events of a run into the model. Pure but for `read_run`, which asks the store for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from stormwalk.access.results import Access, AccessCell, AccessCoverage
from stormwalk.control import ControlRequest, asked_words
from stormwalk.errors import StoreError
from stormwalk.events import (
    AccessCellJudged,
    AccessConcluded,
    AccessProbed,
    AccessStarted,
    ControlsSeen,
    ControlTaken,
    Event,
    GateJudged,
    JourneyEvent,
    NoteTaken,
    RunFinished,
    RunPlanned,
    RunStarted,
    from_json,
)
from stormwalk.folding import JourneySoFar
from stormwalk.model import Journey, Note, NoteLevel, Run, RunMode, RunStorm
from stormwalk.storm_events import StormJudged, StormPlanned

_WHAT_CAME_OF_IT = {True: ", so that no experiment counts", False: ", so that what had not begun was left out"}

if TYPE_CHECKING:
    from stormwalk.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """Stands in for a stored event that this version cannot read; `stored_kind` is the kind it was stored as."""

    stored_kind: str


def decode(kind: str, payload: str) -> Event:
    """The event of a stored row; an `UnknownEvent` for what a newer version wrote."""
    try:
        return from_json(kind, payload)
    except ValueError:
        return UnknownEvent(at=0.0, stored_kind=kind)


def read_run(store: Store, run_id: str) -> Run:
    """The run with everything that is stored of it. Raises StoreError when no event of it is there."""
    happened = (recorded.event for recorded in store.follow(run_id))
    first = next(happened, None)
    if first is None:
        raise StoreError(_nothing_there(store, run_id))
    return fold(run_id, chain([first], happened))


def fold(run_id: str, events: Iterable[Event]) -> Run:
    """The run that these events tell of, in the order in which they were appended.

    A run that was killed has steps and journeys without a status; nothing is invented for them. Events of a kind
    that this version does not know are left out, and one note for each kind says so.
    """
    folding = _RunSoFar(run_id)
    for event in events:
        folding.take(event)
    return folding.build()


def _nothing_there(store: Store, run_id: str) -> str:
    known = {run.id: run for run in store.runs()}
    if run_id in known and known[run_id].pruned:
        return f"The events of run {run_id} were removed, as of all old runs; only its summary is kept."
    newest = next(iter(known), None)
    advice = f"The newest run is {newest}." if newest else "There is no run yet: walk the journeys first."
    return f"There is no run {run_id} in the store. {advice}"


class _AccessSoFar:
    def __init__(self) -> None:
        self.access = Access()
        self.cells: dict[tuple[str, str], AccessCell] = {}

    def take(self, event: Event) -> None:
        match event:
            case AccessStarted():
                # Until the check concludes, this is all that is known of how much there is to judge.
                planned = AccessCoverage(cells=len(event.cells))
                self.access = replace(
                    self.access, roles=event.roles, draft=event.draft, matrix=event.matrix, coverage=planned
                )
            case AccessCellJudged():
                self.cells[event.cell.endpoint, event.cell.role] = event.cell
            case ControlsSeen():
                self.access = replace(self.access, controls=(*self.access.controls, *event.controls))
            case AccessProbed():
                self.access = replace(
                    self.access,
                    probes=self.access.probes + event.probes,
                    duration_ms=event.duration_ms,
                    remarks=event.remarks,
                    finished=True,
                )
            case AccessConcluded():
                self.access = replace(self.access, findings=event.findings, coverage=event.coverage)

    def build(self) -> Access:
        return replace(self.access, cells=tuple(self.cells.values()))


class _RunSoFar:
    def __init__(self, run_id: str) -> None:
        self.run = Run(id=run_id, project="", mode=RunMode.NORMAL, base_url="", started_at=0.0)
        self.journeys: dict[str, JourneySoFar] = {}
        self.notes: list[Note] = []
        self.unknown: Counter[str] = Counter()
        self.access: _AccessSoFar | None = None
        self.storm: RunStorm | None = None
        self.requests: dict[int, ControlRequest] = {}

    def take(self, event: Event) -> None:
        match event:
            case JourneyEvent():
                self._journey(event.journey).take(event)
            case RunStarted():
                self._start(event)
            case RunPlanned():
                self.run = replace(self.run, planned=event.journeys)
            case RunFinished():
                self.run = replace(
                    self.run, finished_at=event.at, exit_code=event.exit_code, interrupted=event.interrupted
                )
            case NoteTaken():
                self.notes.append(Note(level=event.level, message=event.message, at=event.at, worker=event.worker))
            case UnknownEvent():
                self.unknown[event.stored_kind] += 1
            case GateJudged():
                self.run = replace(self.run, gate=event.result)
            case ControlTaken():
                self._taken(event)
            case StormPlanned():
                self.storm = replace(self.storm or RunStorm(), seed=event.seed, plans=event.plans, faults=event.faults)
            case StormJudged():
                self.storm = replace(self.storm or RunStorm(), judgement=event.judgement)
            case AccessStarted() | AccessCellJudged() | ControlsSeen() | AccessProbed() | AccessConcluded():
                self.access = self.access or _AccessSoFar()
                self.access.take(event)

    def _taken(self, event: ControlTaken) -> None:
        if event.request.id not in self.requests:  # by the first worker; the others do the same
            self.requests[event.request.id] = event.request
            message = f"{asked_words(event.request)}{_WHAT_CAME_OF_IT[event.request.kind.steers]}"
            self.notes.append(Note(level=NoteLevel.WARNING, message=message, at=event.at, worker=event.worker))

    def _journey(self, key: str) -> JourneySoFar:
        if key not in self.journeys:
            self.journeys[key] = JourneySoFar(Journey(key=key, nodeid=key, title=key))
        return self.journeys[key]

    def _start(self, event: RunStarted) -> None:
        self.run = replace(
            self.run,
            project=event.project,
            mode=event.mode,
            base_url=event.base_url,
            started_at=event.at,
            workers=event.workers,
            environment=event.environment,
        )

    def build(self) -> Run:
        return replace(
            self.run,
            journeys=tuple(journey.build() for journey in self.journeys.values()),
            access=self.access.build() if self.access else None,
            storm=self.storm,
            requests=tuple(self.requests[id_] for id_ in sorted(self.requests)),
            notes=(*self.notes, *(_not_read(kind, times) for kind, times in self.unknown.items())),
        )


def _not_read(kind: str, times: int) -> Note:
    message = f"{times} events of kind {kind} were left out: a newer Stormwalk wrote them. Update this one to see them."
    return Note(level=NoteLevel.WARNING, message=message)
