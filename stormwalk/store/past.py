"""Questions to the store about runs that have ended, asked by `stormwalk.history` and by the runs that follow.

They read summaries alone, which stay when the events of a run are removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Column, select

from stormwalk.access.results import Access
from stormwalk.cells import Cell
from stormwalk.figures import RunFigures
from stormwalk.model import Status
from stormwalk.store import rows
from stormwalk.store.connected import Connected
from stormwalk.store.summary import JourneySummary
from stormwalk.store.tables import journeys, outcomes
from stormwalk.storm_results import StormJudgement

_AT_ONCE = 500
"""How many ids one question names: databases bound the number of its parameters."""


class Past(Connected):
    """The part of `Store` that tells what runs came to."""

    def journeys(self, run_id: str) -> tuple[JourneySummary, ...]:
        """The summaries of a run's journeys in order of start; empty until the run has been summarised."""
        query = select(journeys).where(journeys.c.run_id == run_id).order_by(journeys.c.started_at, journeys.c.key)
        with self._read() as connection:
            return tuple(rows.journey_from_row(row) for row in connection.execute(query).mappings())

    def walks(self, run_ids: Collection[str], statuses: Collection[Status] = ()) -> Iterator[JourneySummary]:
        """The summaries of the journeys of many runs, oldest first; with `statuses` only those that ended so."""
        with self._read() as connection:
            for some in _portions(run_ids):
                query = select(journeys).where(journeys.c.run_id.in_(some))
                if statuses:
                    query = query.where(journeys.c.status.in_(list(statuses)))
                ordered = query.order_by(journeys.c.started_at, journeys.c.run_id, journeys.c.key)
                for row in connection.execute(ordered).mappings():
                    yield rows.journey_from_row(row)

    def figures(self, run_ids: Collection[str]) -> dict[str, RunFigures]:
        """What the runs came to, by run; one that was not summarised, or by an older version, is not in it."""
        found: dict[str, RunFigures] = {}
        with self._read() as connection:
            for some in _portions(run_ids):
                query = select(outcomes.c.run_id, outcomes.c.figures).where(outcomes.c.run_id.in_(some))
                found.update({run_id: rows.figures_from(stored) for run_id, stored in connection.execute(query)})
        return found

    def cells(self, run_id: str) -> tuple[Cell, ...]:
        """Every cell that a run has judged, also when its events are gone; empty until it has been summarised."""
        stored = self._outcome(outcomes.c.cells, run_id)
        return rows.cells_from(stored) if stored else ()

    def judgement(self, run_id: str) -> StormJudgement | None:
        """The judgement of a storm, also when its events are gone; None where there is none, or not yet."""
        stored = self._outcome(outcomes.c.judgement, run_id)
        return rows.judgement_from(stored) if stored else None

    def access(self, run_id: str) -> Access | None:
        """What the access check of a run found, also when its events are gone; None where there is none, or not yet."""
        stored = self._outcome(outcomes.c.access, run_id)
        return rows.access_from(stored) if stored else None

    def last_passed_steps(self, project: str, nodeid: str) -> tuple[str, ...]:
        """The names of the steps of the journey's last passed walk, () if there is none.

        Only runs that have been summarised count, so that what is expected does not change while a run goes on.
        """
        passed = (journeys.c.project == project, journeys.c.nodeid == nodeid, journeys.c.status == Status.PASSED)
        query = select(journeys).where(*passed).order_by(journeys.c.started_at.desc()).limit(1)
        with self._read() as connection:
            row = connection.execute(query).mappings().first()
        return tuple(step.name for step in rows.journey_from_row(row).steps) if row else ()

    def last_passed_ms(self, project: str, nodeid: str) -> float | None:
        """How long the last passed walk of a journey took, whatever its parameters were; None if there is none."""
        same = journeys.c.nodeid.startswith(nodeid, autoescape=True)
        passed = (journeys.c.project == project, same, journeys.c.status == Status.PASSED)
        query = select(journeys.c.duration_ms).where(*passed).order_by(journeys.c.started_at.desc()).limit(1)
        with self._read() as connection:
            took: float | None = connection.execute(query).scalar()
        return took

    def _outcome(self, column: Column[str], run_id: str) -> str | None:
        with self._read() as connection:
            stored: str | None = connection.execute(select(column).where(outcomes.c.run_id == run_id)).scalar()
        return stored


def _portions(run_ids: Collection[str]) -> Iterator[list[str]]:
    """In the order of the ids, which is that of time."""
    ordered = sorted(run_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
