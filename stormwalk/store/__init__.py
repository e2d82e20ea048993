"""The event store: everything that happens in a run is one row that is appended, and nothing is ever changed.

Events are given out in the order of their ids, and within a run no id becomes visible after a higher one:
SQLite lets one writer in at a time, and on PostgreSQL every append first takes an advisory lock for its run, which
is given back only once the commit can be seen. So whoever follows a run needs no more than the last id it has read.

A commit survives the end of the process, killed or not. When the machine loses power, SQLite may lose the last
commits (never the consistency of the file): waiting for the disk after every step would cost more than they are worth.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from stormwalk import reading
from stormwalk.events import Event, RunFinished, RunStarted
from stormwalk.model import Run
from stormwalk.store import rows as store_rows
from stormwalk.store import tables as store_tables
from stormwalk.store.engine import DEFAULT_URL
from stormwalk.store.live import Live, forget, forget_frames
from stormwalk.store.past import Past
from stormwalk.store.rows import upsert
from stormwalk.store.summary import RunSummary
from stormwalk.store.tables import events, journeys, outcomes, runs, thumbnails

__all__ = ["DEFAULT_URL", "Store"]

STILL_RUNNING_SECONDS = 24 * 3600.0
"""A run that has not finished counts as running for this long after its last event."""

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the stream: ids grow, with gaps."""

    id: int
    event: Event


class Store(Live, Past):
    """One store, for all threads of a process; each process opens its own, also after a fork.

    Every method raises StoreError, which says what to do, when the database cannot do what is asked.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        super().__init__(engine, name)
        self._insert = store_rows.insert_events(engine)

    def append(self, run_id: str, happened: Iterable[Event], thumbnails: Mapping[str, bytes] | None = None) -> None:
        """Append events, and the thumbnails that belong to them (JPEG by evidence id), in one transaction.

        Either all of it is stored when this returns, or nothing is and it can be tried again.
        """
        taken = list(happened)
        rows = [store_rows.event_row(run_id, event) for event in taken]
        with self._write() as connection:
            store_tables.take_turn(connection, run_id)
            if rows:
                connection.exec_driver_sql(self._insert, rows)
            for evidence_id, jpeg in (thumbnails or {}).items():
                _put_thumbnail(connection, run_id, evidence_id, jpeg)
            for event in taken:
                if isinstance(event, RunStarted | RunFinished):
                    _note_run(connection, run_id, event)

    def keep_thumbnail(self, run_id: str, evidence_id: str, jpeg: bytes) -> None:
        """Keep a thumbnail; one that is there under the same id is replaced."""
        with self._write() as connection:
            _put_thumbnail(connection, run_id, evidence_id, jpeg)

    def thumbnail(self, run_id: str, evidence_id: str) -> bytes | None:
        wanted = (thumbnails.c.run_id == run_id, thumbnails.c.evidence_id == evidence_id)
        with self._read() as connection:
            jpeg: bytes | None = connection.execute(select(thumbnails.c.jpeg).where(*wanted)).scalar()
        return jpeg

    def follow(self, run_id: str, after: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """The events of a run with an id above `after`, oldest first, at most `limit` of them.

        Ends when there is no more for now: call again with the last id to go on. Reads page by page, so that a
        slow reader neither holds the whole run in memory nor keeps the database from tidying up.
        """
        left = limit
        while left is None or left > 0:
            page = self._page(run_id, after, _PAGE if left is None else min(left, _PAGE))
            for after, kind, payload in page:
                yield Recorded(after, reading.decode(kind, payload))
            if len(page) < _PAGE:
                return
            left = left if left is None else left - len(page)

    def _page(self, run_id: str, after: int, size: int) -> list[tuple[int, str, str]]:
        query = select(events.c.id, events.c.kind, events.c.payload).where(
            events.c.run_id == run_id, events.c.id > after
        )
        with self._read() as connection:
            return [tuple(row) for row in connection.execute(query.order_by(events.c.id).limit(size))]

    def runs(self, limit: int | None = None) -> list[RunSummary]:
        """All runs that ever were, newest first, those that run still and those whose events are gone included."""
        query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(limit)
        with self._read() as connection:
            rows = connection.execute(query).mappings()
            return [store_rows.run_from_row(row) for row in rows]

    def latest_run(self) -> str | None:
        """The id of the run that started last, None in an empty store."""
        query = select(runs.c.id).order_by(runs.c.started_at.desc(), runs.c.id.desc()).limit(1)
        with self._read() as connection:
            newest: str | None = connection.execute(query).scalar()
        return newest

    def summarise(self, run: Run) -> None:
        """Write what outlives the events of a run: totals, journeys with their steps, figures, cells, judgements.

        May be repeated, and is when a run is judged again.
        """
        with self._write() as connection:
            _put_summary(connection, run)

    def prune(self, project: str, keep: int = 20) -> tuple[str, ...]:
        """Remove events, thumbnails and requests of all but the newest `keep` runs of a project; their summaries stay.

        A run that may still be running is left alone: one without an end whose last event is younger than a day.
        Returns the ids of the runs that were pruned by this call, so that the caller can remove their folders; a
        caller that is killed before it has done so finds them again in `runs()`, by `pruned`. The file of SQLite
        does not shrink, but the space is used again.
        """
        old = [one for one in self.runs() if one.project == project][max(keep, 0) :]
        return tuple(one.id for one in old if not one.pruned and self._prune(one))

    def _prune(self, old: RunSummary) -> bool:
        """Prune one run in one transaction, unless it is running or another process has been quicker."""
        if old.finished_at is None and self._last_event_at(old) > time.time() - STILL_RUNNING_SECONDS:
            return False
        claim = update(runs).where(runs.c.id == old.id, runs.c.pruned.is_(False)).values(pruned=True)
        with self._write() as connection:
            if connection.execute(claim).rowcount == 0:
                return False
            if old.totals is None:
                killed = reading.fold(old.id, (recorded.event for recorded in self.follow(old.id)))
                _put_summary(connection, killed)
            connection.execute(delete(events).where(events.c.run_id == old.id))
            connection.execute(delete(thumbnails).where(thumbnails.c.run_id == old.id))
            forget(connection, old.id)
        return True

    def _last_event_at(self, run: RunSummary) -> float:
        query = select(func.max(events.c.at)).where(events.c.run_id == run.id)
        with self._read() as connection:
            last: float | None = connection.execute(query).scalar()
        return run.started_at if last is None else last


def _put_thumbnail(connection: Connection, run_id: str, evidence_id: str, jpeg: bytes) -> None:
    upsert(connection, thumbnails, {"run_id": run_id, "evidence_id": evidence_id, "jpeg": jpeg})


def _note_run(connection: Connection, run_id: str, event: RunStarted | RunFinished) -> None:
    """Keep the list of runs up to date with the two events that change it."""
    if isinstance(event, RunStarted):
        upsert(connection, runs, store_rows.started_row(run_id, event))
    else:
        connection.execute(update(runs).where(runs.c.id == run_id).values(store_rows.finished_row(event)))
        forget_frames(connection, run_id)


def _put_summary(connection: Connection, run: Run) -> None:
    upsert(connection, runs, store_rows.run_row(run))
    upsert(connection, outcomes, store_rows.outcome_row(run))
    connection.execute(delete(journeys).where(journeys.c.run_id == run.id))
    if run.journeys:
        connection.execute(insert(journeys), [store_rows.journey_row(run, journey) for journey in run.journeys])
