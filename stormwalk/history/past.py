"""The runs that history speaks of: those that ended, with what they came to."""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.figures import RunFigures
from stormwalk.model import RunMode, Totals
from stormwalk.store import Store
from stormwalk.store.summary import RunSummary

MOST_RUNS = 500
"""How far back a question looks unless it says otherwise, in runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run that has ended. `figures` are empty where an older version has recorded it."""

    summary: RunSummary
    totals: Totals
    figures: RunFigures

    @property
    def id(self) -> str:
        return self.summary.id

    @property
    def pass_rate(self) -> float | None:
        """Passed steps among all in fair weather, 0 to 100; None where there were none, as in a run of storms alone."""
        return 100 * self.totals.passed / self.totals.total if self.totals.total else None

    @property
    def duration_ms(self) -> float | None:
        """From the first event to the last."""
        ended = self.summary.finished_at
        return None if ended is None else 1000 * (ended - self.summary.started_at)


def past_runs(
    store: Store,
    project: str,
    *,
    mode: RunMode | None = None,
    branch: str | None = None,
    limit: int = MOST_RUNS,
) -> tuple[PastRun, ...]:
    """The newest `limit` runs of a project that ended, oldest first; a mode or a branch narrows them down."""
    ended = [
        one
        for one in store.runs()
        if one.project == project
        and one.totals is not None
        and (mode is None or one.mode is mode)
        and (branch is None or one.branch == branch)
    ]
    chosen = ended[: max(limit, 0)][::-1]
    figures = store.figures([one.id for one in chosen])
    return tuple(
        PastRun(summary=one, totals=one.totals, figures=figures.get(one.id, RunFigures()))
        for one in chosen
        if one.totals is not None
    )
