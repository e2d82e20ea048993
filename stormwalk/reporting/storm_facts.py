"""What every format says of a run of storms, counted and put into words once.

The judgement is made elsewhere and stored with the run; nothing here judges. What is said of the application's
functions in such a run is said of its controls, by `facts`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from stormwalk.model import Journey, Run, Step
from stormwalk.observations import Evidence
from stormwalk.reporting.words import count, duration, points, shorten
from stormwalk.storm import BlindSpot, FaultDecision
from stormwalk.storm import Outcome as Delivery
from stormwalk.storm_judgement import (
    CellScore,
    Degradation,
    Outcome,
    Recovery,
    ResilienceStatus,
    StormScore,
    StormVerdict,
)
from stormwalk.storm_results import ExperimentResult, StormFigures, StormFinding, StormJudgement

VERDICTS = {
    StormVerdict.LEAK: "leak",
    StormVerdict.BROKEN: "broken",
    StormVerdict.DEGRADED: "degraded",
    StormVerdict.INCONCLUSIVE: "inconclusive",
    StormVerdict.HELD: "held",
}
"""The word on the screen for each verdict, worst first; it names the look of the verdict as well."""

_ORDER = list(VERDICTS)


def judgement_of(run: Run) -> StormJudgement | None:
    """The newest judgement on the run; None where it was not judged, or had no storm."""
    return run.storm.judgement if run.storm else None


def verdict_word(one: ExperimentResult) -> str:
    """`held`, `degraded`, `broken`, `leak`, `inconclusive` or `skipped`."""
    return "skipped" if one.skipped else VERDICTS[one.verdict]


def worst_first(findings: Iterable[StormFinding]) -> list[StormFinding]:
    """The findings as they are told: by verdict and severity, then as they came."""
    return sorted(findings, key=lambda one: (one.severity.rank, _ORDER.index(one.verdict)))


def experiments_worst_first(experiments: Iterable[ExperimentResult]) -> list[ExperimentResult]:
    return sorted(experiments, key=lambda one: (one.skipped, _ORDER.index(one.verdict)))


def gating(judgement: StormJudgement) -> frozenset[str]:
    """The signs that take the whole score in this run."""
    return frozenset(trouble.sign for one in judgement.experiments for trouble in one.troubles if trouble.gates)


def verdict_counts(judgement: StormJudgement) -> dict[str, int]:
    """Experiments by the word of their verdict, worst first; only words that there are."""
    found = Counter(map(verdict_word, judgement.experiments))
    return {word: found[word] for word in (*VERDICTS.values(), "skipped") if found[word]}


def status_words(judgement: StormJudgement) -> str:
    """`72 of 100; 41 of 43 cells judged; 81 to 95 % of cells reach 60 points`."""
    score = judgement.score
    reached = "no score" if score.score is None else f"{points(score.score)} of 100"
    reached += " before the gate" if score.violations else ""
    parts = [reached, f"{score.valid:,} of {count(score.planned, 'cell')} judged"]
    parts += [passing_words(score)] if score.interval else []
    return "; ".join(parts)


def passing_words(score: StormScore) -> str:
    """`81 to 95 % of cells reach 60 points`; empty where nothing is known of it."""
    if score.interval is None:
        return ""
    low, high = (round(100 * bound) for bound in score.interval)
    share = f"{low} %" if low == high else f"{low} to {high} %"
    return f"{share} of cells reach {score.passing:.0f} points"


def why_words(judgement: StormJudgement) -> list[str]:
    """What stands above the score, worst first, each in a sentence that stands alone."""
    return list(_why(judgement))


def _never_rounded_up(score: float) -> str:
    """What is below a limit must not read as if it had reached it."""
    return f"{math.floor(score * 100) / 100:g}"


def _why(judgement: StormJudgement) -> Iterator[str]:
    score, failed = judgement.score, judgement.controls_failed
    if judgement.steered:
        yield "Rules were switched by hand while the run was under way: nothing in it counts."
    if score.violations:
        found = Counter(one.sign for one in score.violations)
        named = ", ".join(f"{shorten(sign, 60)} ({times})" for sign, times in found.most_common(4))
        yield f"The gate failed, and no score outweighs it: {named}."
    if judgement.below_gate and judgement.fail_under is not None:
        reached = "there is none" if score.score is None else f"it is {_never_rounded_up(score.score)}"
        yield f"A score of {judgement.fail_under:g} is asked for, and {reached}."
    if failed:
        named = _cut([shorten(one, 120) for one in failed], 3)
        yield f"Failed in fair weather as well, so that nothing can be said of them: {named}."
    if score.reason and not score.violations:
        yield shorten(score.reason[:1].upper() + score.reason[1:], 300) + "."
    elif score.status is ResilienceStatus.MODERATE and score.worst and (score.score or 0) >= score.strong:
        where = f"{shorten(score.worst.step, 120)} under {shorten(score.worst.fault, 60)}"
        yield f"Not Strong for its worst cell: {where} has {points(score.worst.score or 0)} points."


def degradation_words(degradation: Degradation | None) -> str:
    """`+212 % (+180 to +240 %; 980 ms against 314 ms)`, or why there is no percentage."""
    if degradation is None or degradation.storm_ms is None or degradation.control_ms is None:
        return "not measured"
    times = f"{duration(degradation.storm_ms)} against {duration(degradation.control_ms)}"
    if degradation.percent is None:
        return f"{times}; too few samples for a percentage"
    if not degradation.significant:
        return f"within noise ({times})"
    bounds = degradation.interval
    between = f"{bounds[0]:+,.0f} to {bounds[1]:+,.0f} %; " if bounds else ""
    return f"{degradation.percent:+,.0f} % ({between}{times})"


def recovery_counts(figures: StormFigures) -> dict[Recovery, int]:
    """How many steps each rung healed; every rung is there, from the lowest."""
    known = Counter(dict(figures.recovery))
    return {rung: known[rung] for rung in Recovery}


def recovery_words(figures: StormFigures) -> str:
    """`alone 4, retry 2, reload 0, new login 1, not recovered 1`."""
    return ", ".join(f"{rung.value} {times}" for rung, times in recovery_counts(figures).items())


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFailure:
    """How the calls of an endpoint failed, and what came of the steps that made them, best first."""

    endpoint: str
    failures: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[Outcome, int], ...]

    @property
    def words(self) -> str:
        """`POST /api/orders answered 503 (3): graceful 2, stuck 1`."""
        failed = ", ".join(_failure(failure, calls) for failure, calls in self.failures)
        came = ", ".join(f"{outcome.value} {times}" for outcome, times in self.outcomes)
        return f"{shorten(self.endpoint, 120)} {failed}" + (f": {came}" if came else "")


def _failure(failure: str, calls: int) -> str:
    return f"{'answered ' if failure.isdigit() else 'failed with '}{shorten(failure, 80)} ({calls:,})"


def endpoint_failures(run: Run) -> list[EndpointFailure]:
    """The endpoints that failed under storms, the one with most failed calls first."""
    judgement = judgement_of(run)
    if judgement is None:
        return []
    failures: dict[str, list[tuple[str, int]]] = {}
    for one in judgement.figures.api_failures:
        failures.setdefault(one.endpoint, []).append((one.failure, one.calls))
    walks = {journey.key: journey for journey in run.storm_walks}
    found = [
        EndpointFailure(
            endpoint=endpoint,
            failures=tuple(sorted(ways, key=lambda way: -way[1])),
            outcomes=_outcomes(_cells_of_failures(judgement, endpoint, walks)),
        )
        for endpoint, ways in failures.items()
    ]
    return sorted(found, key=lambda one: -sum(calls for _, calls in one.failures))


def _cells_of_failures(judgement: StormJudgement, endpoint: str, walks: Mapping[str, Journey]) -> Iterator[CellScore]:
    """The cells of the endpoint in experiments in which a call of it really failed: others say nothing of failures."""
    for one in judgement.experiments:
        calls = (call for key in one.keys if key in walks for call in walks[key].calls)
        if any(call.failed and f"{call.method} {call.template}" == endpoint for call in calls):
            yield from (cell for cell in one.cells if cell.site == endpoint)


def _outcomes(cells: Iterable[CellScore]) -> tuple[tuple[Outcome, int], ...]:
    found = Counter(cell.outcome for cell in cells)
    return tuple((outcome, found[outcome]) for outcome in Outcome if found[outcome] and outcome is not Outcome.INVALID)


def blind_spots(judgement: StormJudgement) -> list[BlindSpot]:
    """What no rule could reach, each kind once with all its calls, most of them first."""
    found: dict[str, BlindSpot] = {}
    for one in (spot for experiment in judgement.experiments for spot in experiment.blind_spots):
        calls = one.calls + (found[one.what].calls if one.what in found else 0)
        example = found[one.what].example if one.what in found else one.example
        found[one.what] = BlindSpot(what=one.what, example=example, calls=calls)
    return sorted(found.values(), key=lambda one: -one.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where a picture of a finding was taken."""

    journey: Journey
    step: Step | None
    evidence: Evidence


def sightings(run: Run) -> Mapping[str, Sighting]:
    """Every piece of evidence by its id."""
    found = {}
    for journey in run.journeys:
        found.update({one.id: Sighting(journey=journey, step=None, evidence=one) for one in journey.evidence})
        for step in journey.steps:
            found.update({one.id: Sighting(journey=journey, step=step, evidence=one) for one in step.evidence})
    return found


def _cut(texts: list[str], most: int) -> str:
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return ", ".join(texts[:most]) + more


def listed(texts: Iterable[str], most: int, limit: int = 120) -> str:
    """The first texts on one line, each cut at `limit` characters, and how many there are beyond them."""
    return _cut([shorten(text, limit) for text in texts], most)


def weather(journey: Journey) -> str:
    """Its storm, numbered as pytest does it: `lost-reply`, `latency, walk 2`, `control 1`; empty in a normal run."""
    if journey.storm is None:
        return ""
    repeat = journey.storm.repeat
    if journey.storm.is_control:
        return f"control {repeat + 1}"
    return shorten(journey.storm.plan, 80) + (f", walk {repeat + 1}" if repeat else "")


def struck(journey: Journey, step: int) -> list[str]:
    """What was done to the calls of a step, each once: `latency on GET /api/products, +503 ms`."""
    decisions = journey.storm.decisions if journey.storm else ()
    done = (one for index, one in decisions if index == step and one.outcome is Delivery.APPLIED)
    return list(dict.fromkeys(map(_done, done)))[:6]


def _done(one: FaultDecision) -> str:
    late = f", +{duration(one.observed_ms)}" if one.observed_ms is not None else ""
    return shorten(f"{one.fault} on {one.key.method} {one.key.template}", 120) + late
