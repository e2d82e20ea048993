"""Questions to the store about runs that have ended, many at a time: what `stormwalk.history` is made of.

They read summaries alone, which stay when the events of a run are removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

from sqlalchemy import Column, Connection, select

from stormwalk.access.results import Access
from stormwalk.cells import Cell
from stormwalk.figures import RunFigures
from stormwalk.model import Status
from stormwalk.store import rows
from stormwalk.store.summary import JourneySummary
from stormwalk.store.tables import journeys, outcomes
from stormwalk.storm_results import StormJudgement

T = TypeVar("T")

_AT_ONCE = 500
"""How many ids one question names: databases bound the number of its parameters."""


def walks(
    connection: Connection, run_ids: Collection[str], statuses: Collection[Status] = ()
) -> Iterator[JourneySummary]:
    """The summaries of the journeys of these runs, oldest first."""
    for some in _portions(run_ids):
        query = select(journeys).where(journeys.c.run_id.in_(some))
        if statuses:
            query = query.where(journeys.c.status.in_(list(statuses)))
        ordered = query.order_by(journeys.c.started_at, journeys.c.run_id, journeys.c.key)
        for row in connection.execute(ordered).mappings():
            yield rows.journey_from_row(row)


def figures(connection: Connection, run_ids: Collection[str]) -> dict[str, RunFigures]:
    """What these runs came to, by run."""
    found: dict[str, RunFigures] = {}
    for some in _portions(run_ids):
        query = select(outcomes.c.run_id, outcomes.c.figures).where(outcomes.c.run_id.in_(some))
        found.update({run_id: rows.figures_from(stored) for run_id, stored in connection.execute(query)})
    return found


def cells(connection: Connection, run_id: str) -> tuple[Cell, ...]:
    stored = _stored(connection, outcomes.c.cells, run_id)
    return rows.cells_from(stored) if stored else ()


def judgement(connection: Connection, run_id: str) -> StormJudgement | None:
    stored = _stored(connection, outcomes.c.judgement, run_id)
    return rows.judgement_from(stored) if stored else None


def access(connection: Connection, run_id: str) -> Access | None:
    stored = _stored(connection, outcomes.c.access, run_id)
    return rows.access_from(stored) if stored else None


def _stored(connection: Connection, column: Column[str], run_id: str) -> str | None:
    stored: str | None = connection.execute(select(column).where(outcomes.c.run_id == run_id)).scalar()
    return stored


def _portions(run_ids: Collection[str]) -> Iterator[list[str]]:
    """In the order of the ids, which is that of time."""
    ordered = sorted(run_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
