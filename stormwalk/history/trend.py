"""How it went, run by run: pass rate, durations, response times by endpoint, resilience by journey and plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from stormwalk.figures import ExperimentScore
from stormwalk.history.past import MOST_RUNS, PastRun, past_runs
from stormwalk.model import FlowStatus, Run, RunMode, Totals
from stormwalk.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One run. `at` is its start, UTC in seconds since the epoch; rate and score are 0 to 100, None where none is.

    `resilience` is None of a run that was `steered` by hand. Scores of two `score_version`s cannot be compared. What is
    told of a run that was `interrupted`, or `stopped` in good order, is of what it had come to by then.
    """

    run: str
    at: float
    mode: RunMode
    branch: str
    commit: str
    flow_status: FlowStatus | None
    exit_code: int | None
    totals: Totals
    pass_rate: float | None
    duration_ms: float | None
    resilience: float | None = None
    resilience_status: str = ""
    interval: tuple[float, float] | None = None
    score_version: int | None = None
    findings: int = 0
    steered: bool = False
    interrupted: bool = False
    stopped: bool = False
    pruned: bool = False

    @property
    def by_hand(self) -> tuple[str, ...]:
        """What takes from the run what its figures say, in a word for each thing."""
        told = (("interrupted", self.interrupted), ("stopped", self.stopped), ("steered", self.steered))
        return tuple(word for word, is_so in told if is_so)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPoint:
    """An endpoint in one run, in fair weather; times in milliseconds, None where no call of it has one."""

    run: str
    at: float
    calls: int
    failed: int
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTrend:
    """`endpoint` is method and template, `GET /api/orders/{id}`; a run that did not call it has no point."""

    endpoint: str
    points: tuple[EndpointPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePoint:
    """A resilience score in one run, 0 to 100."""

    run: str
    at: float
    score: float
    score_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTrend:
    """The scores of a journey (its title) or of a plan (its name)."""

    name: str
    points: tuple[ScorePoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """All series are oldest first; endpoints are ordered by how often they were called, scores by name."""

    project: str
    points: tuple[TrendPoint, ...] = ()
    endpoints: tuple[EndpointTrend, ...] = ()
    journeys: tuple[ScoreTrend, ...] = ()
    plans: tuple[ScoreTrend, ...] = ()


def trend(
    store: Store,
    project: str,
    *,
    mode: RunMode | None = None,
    branch: str | None = None,
    limit: int = MOST_RUNS,
) -> Trend:
    """The newest `limit` runs of a project that ended. Raises StoreError."""
    past = past_runs(store, project, mode=mode, branch=branch, limit=limit)
    return Trend(
        project=project,
        points=tuple(point_of(one) for one in past),
        endpoints=_endpoints(past),
        journeys=_scores(past, lambda one: one.title),
        plans=_scores(past, lambda one: one.plan),
    )


def leading_to(store: Store, run: Run, *, limit: int = 30) -> tuple[TrendPoint, ...]:
    """The last runs of the same project, mode and branch until this one, oldest first, itself the last once it is
    summarised. What reports show of them. Raises StoreError."""
    past = past_runs(store, run.project, mode=run.mode, branch=run.environment.branch)
    until = [one for one in past if (one.summary.started_at, one.id) <= (run.started_at, run.id)]
    return tuple(point_of(one) for one in until[-limit:])


def point_of(past: PastRun) -> TrendPoint:
    run, storm = past.summary, past.figures.resilience
    return TrendPoint(
        run=run.id,
        at=run.started_at,
        mode=run.mode,
        branch=run.branch,
        commit=run.commit,
        flow_status=run.flow_status,
        exit_code=run.exit_code,
        totals=past.totals,
        pass_rate=past.pass_rate,
        duration_ms=past.duration_ms,
        resilience=storm.score if storm else None,
        resilience_status=storm.status if storm else "",
        interval=storm.interval if storm else None,
        score_version=storm.score_version if storm else None,
        findings=len(past.figures.findings),
        steered=past.figures.steered,
        interrupted=run.interrupted,
        stopped=past.figures.stopped,
        pruned=run.pruned,
    )


def _endpoints(past: Iterable[PastRun]) -> tuple[EndpointTrend, ...]:
    points: dict[str, list[EndpointPoint]] = defaultdict(list)
    for run in past:
        for one in run.figures.endpoints:
            points[one.endpoint].append(
                EndpointPoint(
                    run=run.id,
                    at=run.summary.started_at,
                    calls=one.calls,
                    failed=one.failed,
                    p50_ms=one.p50_ms,
                    p95_ms=one.p95_ms,
                )
            )
    ordered = sorted(points, key=lambda name: (-sum(one.calls for one in points[name]), name))
    return tuple(EndpointTrend(endpoint=name, points=tuple(points[name])) for name in ordered)


def _scores(past: Iterable[PastRun], name_of: Callable[[ExperimentScore], str]) -> tuple[ScoreTrend, ...]:
    points: dict[str, list[ScorePoint]] = defaultdict(list)
    for run in past:
        storm = run.figures.resilience
        for name, score in _means(storm.experiments if storm else (), name_of):
            points[name].append(
                ScorePoint(
                    run=run.id,
                    at=run.summary.started_at,
                    score=score,
                    score_version=storm.score_version if storm else 0,
                )
            )
    return tuple(ScoreTrend(name=name, points=tuple(points[name])) for name in sorted(points))


def _means(
    experiments: Iterable[ExperimentScore], name_of: Callable[[ExperimentScore], str]
) -> Iterator[tuple[str, float]]:
    """The weighted mean of the experiments of each name, which is that of their cells."""
    sums: dict[str, tuple[float, float]] = {}
    for one in experiments:
        if one.score is not None and one.weight:
            total, weight = sums.get(name_of(one), (0.0, 0.0))
            sums[name_of(one)] = (total + one.score * one.weight, weight + one.weight)
    for name, (total, weight) in sums.items():
        yield name, total / weight
