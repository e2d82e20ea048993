"""The two matrices of a run of storms: journeys under plans, and steps under faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stormwalk.reporting import storm_facts
from stormwalk.reporting.storm_facts import VERDICTS, verdict_word
from stormwalk.reporting.words import count, points, shorten
from stormwalk.storm_judgement import CellScore, Outcome
from stormwalk.storm_results import ExperimentResult

LEGEND = {
    "held": "held: hidden from the user, or a safe stop where that is all that can be asked",
    "degraded": "degraded: less than could be expected",
    "broken": "broken: stuck, broken page, or wrong data",
    "leak": "leak: access opened",
    "inconclusive": "inconclusive: nothing can be said",
    "skipped": "skipped: the plan strikes nothing there",
    "none": "not tried",
}
"""What each look of a cell means, in the order in which the legend has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormCell:
    """One cell as it is drawn. `key` names its look, `says` stands below the word, `experiment` is where it links."""

    key: str
    word: str
    says: str = ""
    title: str = ""
    experiment: int = 0
    gates: bool = False


NOT_TRIED = StormCell(key="none", word="not tried")


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRow:
    """A journey, or a step of one with its call, with a cell for each column."""

    name: str
    site: str
    cells: tuple[StormCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StormGroup:
    name: str
    rows: tuple[StormRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StormGrid:
    """A matrix as it is drawn; `legend` has (look, meaning, number of cells) of what there is."""

    columns: tuple[tuple[str, str], ...]
    groups: tuple[StormGroup, ...]
    legend: tuple[tuple[str, str, int], ...]

    @property
    def fits(self) -> bool:
        """Whether a wide screen shows it whole without a box that scrolls."""
        return len(self.columns) <= 8 and sum(len(group.rows) for group in self.groups) <= 60

    @property
    def gates(self) -> bool:
        """Whether any cell has the corner that says so."""
        return any(cell.gates for group in self.groups for row in group.rows for cell in row.cells)


def journey_grid(experiments: Sequence[ExperimentResult], numbers: dict[int, int]) -> StormGrid:
    """Journeys as rows, plans as columns; `numbers` gives the number of each experiment by its place."""
    plans = tuple(dict.fromkeys(one.plan for one in experiments))
    rows: dict[str, dict[str, StormCell]] = {}
    names: dict[str, str] = {}
    for place, one in enumerate(experiments):
        names.setdefault(one.journey, one.full_title)
        rows.setdefault(one.journey, {})[one.plan] = _of_experiment(one, numbers[place])
    drawn = tuple(
        StormRow(name=names[journey], site="", cells=tuple(cells.get(plan, NOT_TRIED) for plan in plans))
        for journey, cells in rows.items()
    )
    columns = tuple((plan, _rules(experiments, plan)) for plan in plans)
    return _grid(columns, (StormGroup(name="", rows=drawn),) if drawn else ())


def _rules(experiments: Iterable[ExperimentResult], plan: str) -> str:
    rules = next(one.rules for one in experiments if one.plan == plan)
    return rules[0] if len(rules) == 1 and rules[0] != plan else count(len(rules), "rule") if len(rules) > 1 else ""


def _of_experiment(one: ExperimentResult, number: int) -> StormCell:
    word = verdict_word(one)
    held = sum(cell.verdict.value == "held" for cell in one.cells)
    said = f"{held} of {count(len(one.cells), 'cell')}" if one.cells else ""
    return StormCell(
        key=word,
        word=word,
        says=said,
        title=_title(f"{one.name}: {word}", f"{said} held" if said else "", one.reason),
        experiment=number,
        gates=any(trouble.gates for trouble in one.troubles),
    )


def step_grid(experiments: Sequence[ExperimentResult], numbers: dict[int, int]) -> StormGrid:
    """Steps and their calls as rows in groups of journeys, plans as columns; of several cells the worst is shown."""
    plans: dict[str, dict[str, None]] = {}
    groups: dict[str, dict[tuple[str, str], dict[str, list[tuple[CellScore, int]]]]] = {}
    for place, one in enumerate(experiments):
        for cell in one.cells:
            plans.setdefault(one.plan, {})[cell.fault] = None
            row = groups.setdefault(one.full_title, {}).setdefault((cell.step, cell.site), {})
            row.setdefault(one.plan, []).append((cell, numbers[place]))
    built = tuple(
        StormGroup(
            name=title,
            rows=tuple(
                StormRow(name=step, site=site, cells=tuple(_worst(cells.get(plan, ())) for plan in plans))
                for (step, site), cells in rows.items()
            ),
        )
        for title, rows in groups.items()
    )
    columns = tuple(
        (plan, storm_facts.listed((one for one in faults if one != plan), 2, 40)) for plan, faults in plans.items()
    )
    return _grid(columns, built)


def _worst(cells: Sequence[tuple[CellScore, int]]) -> StormCell:
    if not cells:
        return NOT_TRIED
    order = list(VERDICTS)
    cell, number = min(cells, key=lambda one: (order.index(one[0].verdict), -one[0].outcome.rank))
    word = VERDICTS[cell.verdict]
    came = "" if cell.outcome is Outcome.INVALID else cell.outcome.value
    reached = "" if cell.score is None else f"{points(cell.score)} points"
    return StormCell(
        key=word,
        word=word,
        says=came,
        title=_title(f"{cell.step}, {cell.site}, {cell.fault}: {word}", came, reached, cell.reason),
        experiment=number,
        gates=not cell.gate,
    )


def _title(*parts: str) -> str:
    return shorten("; ".join(part for part in parts if part), 240)


def _grid(columns: tuple[tuple[str, str], ...], groups: tuple[StormGroup, ...]) -> StormGrid:
    looks = Counter(cell.key for group in groups for row in group.rows for cell in row.cells)
    legend = tuple((key, meaning, looks[key]) for key, meaning in LEGEND.items() if looks[key])
    return StormGrid(columns=columns, groups=groups, legend=legend)
