"""Judges each experiment: a journey under one plan, over all its walks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chaos.cell import Cell
from chaos.judging.cells import Judged, cells_of, is_counted
from chaos.judging.replay import replay_of
from chaos.judging.staging import Guard, Stage
from chaos.judging.walk import Story, Walk
from chaos.outcome import outcome_of
from chaos.score import score_cell
from chaos.verdict import expected_at_worst, verdict_of, verdict_of_experiment
from stormwalk.config.storm import StormTable
from stormwalk.experiment import base_of, experiment_of, is_of_plan
from stormwalk.model import Status
from stormwalk.reporting.words import count
from stormwalk.storm import BlindSpot, Escape, PlanEntry, RuleCount
from stormwalk.storm_judgement import CellScore, StormVerdict
from stormwalk.storm_results import ExperimentResult, Healing

_OF_CLIENT = "only calls of the API client were struck"
_UNSEEN = "the storm struck outside of every step, as in a fixture of a test, where nobody looks and nothing is healed"
SEVERAL = "several rules struck in this walk, so that nobody can say which one it was"


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A journey under a plan: its walks, every cell of every walk, and the cells that count towards the score."""

    base: str
    title: str
    plan: PlanEntry
    walks: tuple[Walk, ...]
    judged: tuple[Judged, ...]
    counted: tuple[Cell, ...]
    result: ExperimentResult


def experiments_of(story: Story, table: StormTable, guards: Sequence[Guard] = ()) -> tuple[Experiment, ...]:
    """Every experiment of the run, those that were planned and never begun included."""
    grouped: defaultdict[tuple[str, str], list[Walk]] = defaultdict(list)
    for one in story.storms:
        grouped[one.base, one.plan].append(one)
    for place in _never_begun(story):
        grouped.setdefault(place, [])
    stages = {base: Stage(controls=_held(story, base), table=table, guards=tuple(guards)) for base, _ in grouped}
    return tuple(
        _experiment(story, story.plans[plan], base, walks, stages[base])
        for (base, plan), walks in sorted(grouped.items())
    )


def _never_begun(story: Story) -> Iterable[tuple[str, str]]:
    plans = tuple(story.plans)
    for nodeid in story.planned:
        experiment = experiment_of(nodeid, plans)
        fitting = (one for one in plans if experiment and is_of_plan(experiment, one))
        plan = max(fitting, key=len, default=None)  # `latency-2000` is a plan of its own, and no walk of `latency`
        if plan is not None:
            yield base_of(nodeid, plans), plan


def _held(story: Story, base: str) -> tuple[Walk, ...]:
    return tuple(one for one in story.controls(base) if one.status is Status.PASSED)


def _experiment(story: Story, plan: PlanEntry, base: str, walks: Sequence[Walk], stage: Stage) -> Experiment:
    unfair = unfair_because(story.controls(base))
    walked = [one for one in walks if not one.skipped]
    judged = tuple(cell for one in walked for cell in cells_of(one, plan, stage, unfair))
    skipped = bool(walks) and not walked
    of_client = not judged and not unfair and _only_the_client_was_struck(walked)
    merged = () if skipped or of_client else _merged(judged, stage.table) or (_undelivered(base, plan, unfair),)
    fair = judged if not unfair else tuple(cell for one in walked for cell in cells_of(one, plan, stage, ""))
    unknown = unfair or _untested(walked) or next((one.cell.error for one in judged if one.is_lost), "")
    open_because = unknown and f"{unknown}{_counted(fair)}"
    verdict, reason = (StormVerdict.HELD, _OF_CLIENT) if of_client else _verdict(walked, merged, open_because)
    several = any(len(one.fired) > 1 for one in walked)
    title = next((one.title for one in (*walks, *story.controls(base))), base)
    result = ExperimentResult(
        journey=base,
        title=title,
        plan=plan.name,
        rules=tuple(one.text for one in plan.rules),
        keys=tuple(one.key for one in walks),
        verdict=StormVerdict.INCONCLUSIVE if skipped else verdict,
        reason=walks[0].skipped if skipped else reason,
        hypothesis=plan.hypothesis,
        skipped=skipped,
        cells=tuple(_shown(one, several, stage.table) for one in merged),
        troubles=tuple({(t.sign, t.words, t.step): t for one in judged for t in one.cell.troubles}.values()),
        healings=tuple(_healings(walked)),
        counts=_counts(walked),
        blind_spots=_spots(walked),
        replay=replay_of(base, plan, story.seed, story.invocation),
    )
    return Experiment(
        base=base,
        title=title,
        plan=plan,
        walks=tuple(walked),
        judged=judged,
        counted=() if several else merged,
        result=result,
    )


def _only_the_client_was_struck(walked: Sequence[Walk]) -> bool:
    """Whether no page met the storm, the API client did, and every walk went to its end all the same. There is then
    no cell, since nobody sees what a user would see of that."""
    met = (
        one for walk in walked for one in (*walk.holding, *walk.adrift, *(deed for deed in walk.deeds if deed.strikes))
    )
    ended = bool(walked) and all(one.status is Status.PASSED for one in walked)
    return ended and any(one.fired for one in walked) and not any(met)


def unfair_because(controls: Sequence[Walk]) -> str:
    """Why nothing can be compared with these controls, empty where something can."""
    failed = [one for one in controls if one.status is Status.FAILED]
    if failed:
        return f"the control failed as well: {failed[0].reason or 'without a reason'}"
    if not any(one.status is Status.PASSED for one in controls):
        reason = next((one.broke for one in controls if one.broke), "")
        return f"no control was walked to its end{f': {reason}' if reason else ''}"
    return ""


def _counted(judged: Iterable[Judged]) -> str:
    """What was counted, to be told beside what could not be judged: objects that are there twice stay so, although
    nobody can say that it was the storm."""
    troubles = (trouble for one in judged for trouble in one.cell.troubles if trouble.gates and is_counted(trouble))
    found = dict.fromkeys(one.words for one in troubles)
    return f". Counted in the storm all the same: {'; '.join(found)}" if found else ""


def _merged(judged: Iterable[Judged], table: StormTable) -> tuple[Cell, ...]:
    """One cell for each step, call and rule: of several walks the worst outcome, and the middle one of those; what
    takes the whole score does so in one walk as in all."""
    grouped: defaultdict[tuple[object, ...], list[Cell]] = defaultdict(list)
    for one in judged:
        grouped[one.same].append(one.cell)
    return tuple(_representative(cells, table) for cells in grouped.values())


def _representative(cells: list[Cell], table: StormTable) -> Cell:
    valid = [one for one in cells if not one.invalid_because]
    if not valid:
        return cells[0]
    worst = max(outcome_of(one).rank for one in valid)
    alike = [one for one in valid if outcome_of(one).rank == worst]
    alike = [one for one in alike if not one.gate] or alike
    return sorted(alike, key=lambda one: score_cell(one, table).score or 0.0)[(len(alike) - 1) // 2]


def _undelivered(base: str, plan: PlanEntry, unfair: str) -> Cell:
    """Stands for an experiment in which nothing was struck, so that it is missed."""
    fault = plan.rules[0].fault if plan.rules else ""
    return Cell(journey=base, step="", site="", fault=fault, delivered=False, error=unfair)


def _verdict(walked: Sequence[Walk], cells: Sequence[Cell], open_because: str) -> tuple[StormVerdict, str]:
    """A deviation that was seen stays proven, whatever else could not be tested, which `open_because` says."""
    verdict = verdict_of_experiment(verdict_of(one) for one in cells)
    if verdict.deviated:
        return verdict, _deviation(cells)
    reason = open_because or _not_delivered(walked)
    if not reason and verdict is StormVerdict.INCONCLUSIVE:
        reason = next((one.invalid_because for one in cells if one.invalid_because), "nothing could be judged")
    return (StormVerdict.INCONCLUSIVE if reason else verdict), reason


def _deviation(cells: Sequence[Cell]) -> str:
    """What deviates, where no trouble says it better."""
    worst = max((one for one in cells if verdict_of(one).deviated), key=lambda one: outcome_of(one).rank)
    if any(one.troubles for one in cells):
        return ""
    return f"{worst.site} in {worst.step}: {outcome_of(worst)}, and {expected_at_worst(worst)} was to be expected"


def _untested(walked: Sequence[Walk]) -> str:
    if not walked:
        return "it was planned, and the run ended before it began"
    return next((one.broke for one in walked if one.broke), "")


def _not_delivered(walked: Sequence[Walk]) -> str:
    """Why no page met the storm, empty where one did."""
    if any(one.strikes for walk in walked for one in walk.deeds) or any(one.holding for one in walked):
        return ""
    adrift = [one for one in walked if one.adrift and one.fired]
    if adrift:
        return "" if any(deed.observation for walk in adrift for deed in walk.deeds) else _UNSEEN
    if any(one.fired for one in walked):
        return f"{_OF_CLIENT}, and its walk did not come to its end"
    counts = _counts(walked)
    escaped = [f"{one.calls} escaped ({one.reason})" for each in counts for one in each.escaped]
    withheld = sum(one.withheld for one in counts)
    spared = [f"{withheld} spared by chance, limit or the fault itself"] if withheld else []
    matched = sum(one.matched for one in counts)
    told = "; ".join([f"{count(matched, 'call')} matched", *spared, *escaped]) if matched else "no call matched"
    advice = "; --chaos-repeats 3 gives chance more to strike" if withheld and not escaped else ""
    return f"the storm never happened: {told}{advice}"


def _shown(cell: Cell, several: bool, table: StormTable) -> CellScore:
    score = score_cell(cell, table)
    return replace(score, score=None, reason=score.reason or SEVERAL) if several else score


def _healings(walked: Iterable[Walk]) -> Iterable[Healing]:
    for walk in walked:
        for deed in walk.deeds:
            if deed.healed is not None:
                one = deed.healed
                yield Healing(step=deed.name, rung=one.rung, took_ms=one.took_ms, tried=one.tried)


def _counts(walked: Iterable[Walk]) -> tuple[RuleCount, ...]:
    """The proof of delivery of each rule over all walks."""
    grouped: defaultdict[tuple[str, str], list[RuleCount]] = defaultdict(list)
    for walk in walked:
        for one in walk.counts:
            grouped[one.rule, one.fault].append(one)
    return tuple(_sum(rule, fault, counts) for (rule, fault), counts in grouped.items())


def _sum(rule: str, fault: str, counts: Sequence[RuleCount]) -> RuleCount:
    escaped: Counter[str] = Counter()
    for each in counts:
        for one in each.escaped:
            escaped[one.reason] += one.calls
    return RuleCount(
        rule=rule,
        fault=fault,
        matched=sum(one.matched for one in counts),
        applied=sum(one.applied for one in counts),
        withheld=sum(one.withheld for one in counts),
        escaped=tuple(Escape(reason=reason, calls=calls) for reason, calls in sorted(escaped.items())),
    )


def _spots(walked: Iterable[Walk]) -> tuple[BlindSpot, ...]:
    found: dict[str, BlindSpot] = {}
    for walk in walked:
        for spot in walk.spots:
            known = found.get(spot.what)
            found[spot.what] = replace(known, calls=known.calls + spot.calls) if known else spot
    return tuple(found[what] for what in sorted(found))
