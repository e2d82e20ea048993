"""Where the marks of a chart stand: slower steps and endpoints beside their controls, and the recovery ladder.

Places are shares of the chart's width in per cent, so that a style sheet draws it at any size, on screen and paper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stormwalk.reporting import storm_facts
from stormwalk.reporting.words import duration
from stormwalk.storm_judgement import Degradation, Recovery
from stormwalk.storm_results import CallDegradation, ExperimentResult, StepDegradation, StormJudgement

RUNGS = {
    Recovery.ALONE: "alone",
    Recovery.RETRY: "after a retry",
    Recovery.RELOAD: "after a reload",
    Recovery.NEW_LOGIN: "after a new login",
    Recovery.NOT_RECOVERED: "not recovered",
}
"""The rungs as the legend names them, from the lowest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row of a chart: a band for the controls, a tick for their median, a dot and a whisker for the storm."""

    name: str
    control: str
    storm: str
    change: str
    key: str
    says: str
    band: tuple[float, float]
    median: float | None
    dot: float | None
    whisker: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Rows on one scale; `ticks` are (place, label)."""

    name: str
    plan: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]


def step_charts(steps: Iterable[StepDegradation], titles: Mapping[str, str] | None = None) -> list[Chart]:
    """A chart for each journey under each plan, its steps in their order; `titles` are those of the journeys."""
    groups: dict[tuple[str, str], list[tuple[str, Degradation]]] = {}
    for one in steps:
        groups.setdefault((one.journey, one.plan), []).append((one.step, one.degradation))
    names = titles or {}
    return _charts((names.get(journey, journey), plan, rows) for (journey, plan), rows in groups.items())


def call_charts(calls: Iterable[CallDegradation]) -> list[Chart]:
    """A chart for each plan, its endpoints with the largest change first."""
    groups: dict[str, list[tuple[str, Degradation]]] = {}
    for one in calls:
        groups.setdefault(one.plan, []).append((one.endpoint, one.degradation))
    by_change = {plan: sorted(rows, key=lambda row: -(row[1].percent or 0)) for plan, rows in groups.items()}
    return _charts(("", plan, rows) for plan, rows in by_change.items())


def _charts(groups: Iterable[tuple[str, str, Sequence[tuple[str, Degradation]]]]) -> list[Chart]:
    """What was never done under the storm has no time to compare, and no row; without a row there is no chart."""
    measured = ((name, plan, [row for row in rows if row[1].storm_ms is not None]) for name, plan, rows in groups)
    return [_chart(name, plan, rows) for name, plan, rows in measured if rows]


def _chart(name: str, plan: str, rows: Sequence[tuple[str, Degradation]]) -> Chart:
    whole = max(_farthest(one) for _, one in rows)
    unit = _unit(whole)
    end = max(unit, -(-whole // unit) * unit)
    places = range(int(end / unit) + 1)
    ticks = tuple((100 * at * unit / end, _tick(at * unit, end)) for at in places)
    return Chart(name=name, plan=plan, marks=tuple(_mark(name, one, end) for name, one in rows), ticks=ticks)


def _tick(ms: float, end: float) -> str:
    """`0`, `500`, `1,000 ms` or `0`, `0.5`, `1 s`: ticks stand close, so only the last one names the unit."""
    value, unit = (ms / 1000, " s") if end > 1000 else (ms, " ms")
    return f"{value:,g}" + (unit if ms == end else "")


def _farthest(one: Degradation) -> float:
    high = _whisker(one)
    return max(one.storm_ms or 0, (one.control_ms or 0) + one.control_spread_ms / 2, high[1] if high else 0)


def _unit(whole: float) -> float:
    """The distance of the ticks: 1, 2 or 5 times a power of ten, so that there are two to four of them."""
    unit = 1.0
    while True:
        for factor in (1, 2, 5):
            if whole <= unit * factor * 3:
                return unit * factor
        unit *= 10


def _whisker(one: Degradation) -> tuple[float, float] | None:
    """The bounds of the interval as times; it was made of per cents of the control's median."""
    if one.interval is None or one.control_ms is None:
        return None
    low, high = (max(0.0, one.control_ms * (1 + bound / 100)) for bound in one.interval)
    return low, high


def _mark(name: str, one: Degradation, end: float) -> Mark:
    def place(ms: float) -> float:
        return round(100 * min(max(ms, 0), end) / end, 2)

    control, bounds = one.control_ms, _whisker(one)
    low, high = ((control or 0) - one.control_spread_ms / 2, (control or 0) + one.control_spread_ms / 2)
    change, key = _change(one)
    return Mark(
        name=name,
        control=duration(control),
        storm=duration(one.storm_ms),
        change=change,
        key=key,
        says=f"{storm_facts.degradation_words(one)}; {one.controls} controls, {one.storms} under the storm",
        band=(place(low), place(high)),
        median=None if control is None else place(control),
        dot=None if one.storm_ms is None else place(one.storm_ms),
        whisker=(place(bounds[0]), place(bounds[1])) if bounds else None,
    )


def _change(one: Degradation) -> tuple[str, str]:
    """What is printed at the end of the row, and its look."""
    if one.storm_ms is None or one.control_ms is None:
        return "not measured", "noise"
    if one.percent is None:
        return "too few samples", "noise"
    if not one.significant:
        return "within noise", "noise"
    return f"{one.percent:+,.0f} %", "slower" if one.percent > 0 else "faster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How often each rung healed a step; `rungs` are only those that did."""

    name: str
    rungs: tuple[tuple[Recovery, int], ...]

    @property
    def total(self) -> int:
        return sum(times for _, times in self.rungs)

    @property
    def recovered(self) -> int:
        return sum(times for rung, times in self.rungs if rung.recovered)


def ladders(judgement: StormJudgement) -> list[Ladder]:
    """The whole run first, then each plan under which a step had to be healed."""
    whole = _ladder("All plans", storm_facts.recovery_counts(judgement.figures))
    plans: dict[str, Counter[Recovery]] = {}
    for one in judgement.experiments:
        plans.setdefault(one.plan, Counter()).update(_rungs(one))
    return [whole, *(_ladder(plan, found) for plan, found in plans.items() if found)] if whole.total else []


def _rungs(one: ExperimentResult) -> Iterable[Recovery]:
    return (healing.rung for healing in one.healings)


def _ladder(name: str, found: dict[Recovery, int]) -> Ladder:
    return Ladder(name=name, rungs=tuple((rung, found[rung]) for rung in Recovery if found.get(rung)))
