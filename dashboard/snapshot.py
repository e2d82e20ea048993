"""What is shown of a run after a certain event, and what of it has changed since an earlier one.

Every step, journey and line of the log knows the id of the event that changed it last. What has changed since an id is
all that has a higher one: so whoever lost the connection, or the server, goes on where they were, without a gap and
without a repeat, and the server remembers nothing of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.access_panel import access_view
from dashboard.courses import endpoint_views
from dashboard.header import run_view
from dashboard.matrices import experiments_view, faults_view
from dashboard.matrix_views import MatrixView
from dashboard.showing import journey_view, log_view, step_view, worker_view
from dashboard.state import RunState
from dashboard.steps import JourneyState
from dashboard.views import EndpointView, JourneyView, LogView, RunView, StepView, WorkerView

JOURNEYS = 40
"""How many journeys a page lists."""
WORKERS = 64
MOST_STEPS = 1500
"""More than this in one message, and it is quicker to load the page again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed up to the event `at`. `too_many` says that the page should be loaded again instead."""

    at: int
    run: RunView
    workers: tuple[WorkerView, ...] = ()
    journeys: tuple[JourneyView, ...] = ()
    steps: tuple[StepView, ...] = ()
    log: tuple[LogView, ...] = ()
    too_many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is counted over the whole run, and so sent whole: each part replaces what was there."""

    endpoints: tuple[EndpointView, ...]
    access: MatrixView | None
    experiments: MatrixView | None
    faults: MatrixView | None


def changes(run: RunState, since: int, frames: dict[str, float], now: float | None = None) -> Changes:
    """Everything that has changed after the event `since`; 0 gives all that a page shows."""
    listed = newest(run)
    cut = run.ended > since  # what the end of the run has cut off gets no event of its own
    changed = [one for one in run.journeys.values() if one.changed > since or (cut and not one.finished)]
    walked = ((one, step) for one in changed for step in one.steps.values())
    steps = [(one, step) for one, step in walked if step.changed > since or (cut and step.status is None)]
    if since and len(steps) > MOST_STEPS:
        return Changes(at=run.last, run=run_view(run, now), too_many=True)
    return Changes(
        at=run.last,
        run=run_view(run, now),
        workers=workers(run, frames),
        journeys=tuple(journey_view(run, one) for one in listed if one.changed > since or (cut and not one.finished)),
        steps=tuple(step_view(run, one, step) for one, step in steps),
        log=tuple(log_view(run, entry) for entry in run.log.entries if entry.id > since),
    )


def newest(run: RunState) -> list[JourneyState]:
    """The journeys that a page lists, the newest first."""
    return list(reversed(run.journeys.values()))[:JOURNEYS]


def workers(run: RunState, frames: dict[str, float]) -> tuple[WorkerView, ...]:
    found = sorted(run.at_work.items(), key=lambda one: (len(one[0]), one[0]))[:WORKERS]
    return tuple(worker_view(run, worker, journey, frames.get(worker)) for worker, journey in found)


def figures(run: RunState) -> Figures:
    return Figures(
        endpoints=tuple(endpoint_views(run)),
        access=access_view(run.id, run.access, run.finished_at is not None) if run.access else None,
        experiments=experiments_view(run) if run.is_storm else None,
        faults=faults_view(run.id, run.judgement) if run.judgement else None,
    )
