"""The figures of a run that outlive its events: times by endpoint, scores by journey and plan, findings by their ids.

They are worked out once, when a run ends, so that a trend over hundreds of runs reads no event. Pure functions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stormwalk.access.results import AccessFinding, Severity
from stormwalk.cells import CellKind
from stormwalk.model import Run
from stormwalk.observations import Call, CallSource
from stormwalk.storm_results import ExperimentResult, StormFinding, StormJudgement

MOST_ENDPOINTS = 200
"""An application without templates has as many endpoints as objects; those called most are kept."""

_ASKED = ("fetch", "xhr", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTimes:
    """How long an endpoint took in fair weather, in milliseconds; None where no call of it has a time.

    `endpoint` is method and template (`GET /api/orders/{id}`); `failed` calls got no answer, or a 4xx or 5xx.
    """

    endpoint: str
    calls: int
    failed: int = 0
    p50_ms: float | None = None
    p95_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentScore:
    """How a journey stood a plan: the weighted mean of its valid cells, 0 to 100, with the sum of their weights."""

    journey: str
    title: str
    plan: str
    verdict: str
    score: float | None = None
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resilience:
    """What the judgement of a storm came to. `status` is the word for it, `interval` as in `StormScore`."""

    status: str
    score: float | None
    interval: tuple[float, float] | None = None
    score_version: int = 1
    experiments: tuple[ExperimentScore, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding of a run; `id` is the same in every run of the same cause, `places` are the names of the cells where it
    shows. Accepted ones are left out."""

    kind: CellKind
    id: str
    title: str
    severity: Severity
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFigures:
    """All of it. `steered` says that somebody switched rules by hand, `stopped` that somebody ended the run in good
    order; `storm_walks` are the keys of journeys under a plan, whose steps say nothing of the functions of the
    application."""

    endpoints: tuple[EndpointTimes, ...] = ()
    resilience: Resilience | None = None
    findings: tuple[Found, ...] = ()
    steered: bool = False
    stopped: bool = False
    storm_walks: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether somebody had a hand in it, so that how it ended says little of the application."""
        return self.steered or self.stopped


def figures_of(run: Run) -> RunFigures:
    """The figures of a run, from everything that is known of it."""
    judgement = run.storm.judgement if run.storm else None
    return RunFigures(
        endpoints=_endpoints(call for journey in run.fair_weather for call in journey.calls),
        resilience=_resilience(judgement) if judgement and not judgement.steered else None,
        findings=tuple(_findings(run)),
        steered=judgement is not None and judgement.steered,
        stopped=run.stopped,
        storm_walks=tuple(journey.key for journey in run.storm_walks),
    )


def percentile(times: Sequence[float], share: float) -> float | None:
    """The time that `share` (0 to 1) of them do not exceed, by nearest rank; None without any."""
    if not times:
        return None
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def _endpoints(calls: Iterable[Call]) -> tuple[EndpointTimes, ...]:
    by_name: dict[str, list[Call]] = defaultdict(list)
    for call in calls:
        if call.source is CallSource.API or call.resource_type in _ASKED:
            by_name[f"{call.method} {call.template}"].append(call)
    most = sorted(by_name, key=lambda name: (-len(by_name[name]), name))[:MOST_ENDPOINTS]
    return tuple(_times(name, by_name[name]) for name in sorted(most))


def _times(endpoint: str, calls: list[Call]) -> EndpointTimes:
    times = [call.duration_ms for call in calls if call.duration_ms is not None]
    return EndpointTimes(
        endpoint=endpoint,
        calls=len(calls),
        failed=sum(call.failed for call in calls),
        p50_ms=_rounded(percentile(times, 0.50)),
        p95_ms=_rounded(percentile(times, 0.95)),
    )


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)


def _resilience(judgement: StormJudgement) -> Resilience:
    score = judgement.score
    return Resilience(
        status=score.word,
        score=score.score,
        interval=score.interval,
        score_version=score.score_version,
        experiments=tuple(_experiment(one) for one in judgement.experiments if not one.skipped),
    )


def _experiment(one: ExperimentResult) -> ExperimentScore:
    valid = [(cell.score, cell.weight) for cell in one.cells if cell.score is not None]
    weight = sum(each for _, each in valid)
    mean = sum(score * each for score, each in valid) / weight if weight else None
    return ExperimentScore(
        journey=one.journey, title=one.full_title, plan=one.plan, verdict=one.verdict.value, score=mean, weight=weight
    )


def _findings(run: Run) -> Iterator[Found]:
    for alarm in run.access.alarms if run.access else ():
        yield _found(CellKind.ACCESS, alarm, alarm.places)
    judgement = run.storm.judgement if run.storm else None
    for finding in judgement.findings if judgement and not judgement.steered else ():
        yield _found(CellKind.STORM, finding, finding.shown_by)


def _found(kind: CellKind, finding: AccessFinding | StormFinding, places: tuple[str, ...]) -> Found:
    return Found(kind=kind, id=finding.id, title=finding.title, severity=finding.severity, places=places)
