"""What is kept of a run for good: its totals, and each journey with the names and durations of its steps.

Retention removes the events of old runs; these values stay, and history is asked of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.model import FlowStatus, RunMode, Status, Step, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSummary:
    """A step without its calls and evidence. `duration_ms` is None for a step that was never begun or never ended."""

    index: int
    name: str
    status: Status | None = None
    duration_ms: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneySummary:
    """A journey without its calls and evidence; times as in `model.Journey`."""

    run_id: str
    key: str
    nodeid: str
    title: str
    status: Status | None
    started_at: float
    duration_ms: float | None
    reason: str
    steps: tuple[StepSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run in a list of runs.

    `totals` and `flow_status` are None until the run has been summarised, which happens at its end, so they are
    also None of a run that was killed. `pruned` says that its events and thumbnails are gone.
    """

    id: str
    project: str
    mode: RunMode
    base_url: str
    started_at: float
    finished_at: float | None
    exit_code: int | None
    interrupted: bool
    commit: str
    branch: str
    flow_status: FlowStatus | None
    totals: Totals | None
    pruned: bool


def step_summary(step: Step) -> StepSummary:
    return StepSummary(
        index=step.index, name=step.name, status=step.status, duration_ms=step.duration_ms, reason=step.reason
    )
