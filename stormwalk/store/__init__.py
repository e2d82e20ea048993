"""The event store: everything that happens in a run is one row that is appended, and nothing is ever changed.

Events are given out in the order of their ids, and within a run no id becomes visible after a higher one:
SQLite lets one writer in at a time, and on PostgreSQL every append first takes an advisory lock for its run, which
is given back only once the commit can be seen. So whoever follows a run needs no more than the last id it has read.

A commit survives the end of the process, killed or not. When the machine loses power, SQLite may lose the last
commits (never the consistency of the file): waiting for the disk after every step would cost more than they are worth.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Self

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from stormwalk import reading
from stormwalk.access.results import Access
from stormwalk.cells import Cell
from stormwalk.events import Event, RunFinished, RunStarted
from stormwalk.figures import RunFigures
from stormwalk.model import Run, Status
from stormwalk.store import past as store_past
from stormwalk.store import rows as store_rows
from stormwalk.store import tables as store_tables
from stormwalk.store.engine import BUSY_SECONDS, complaints, engine_for, identity
from stormwalk.store.live import Live, forget, forget_frames
from stormwalk.store.rows import upsert
from stormwalk.store.summary import JourneySummary, RunSummary
from stormwalk.store.tables import events, journeys, outcomes, runs, thumbnails
from stormwalk.storm_results import StormJudgement

DEFAULT_URL = "reports/stormwalk.db"
STILL_RUNNING_SECONDS = 24 * 3600.0
"""A run that has not finished counts as running for this long after its last event."""

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the stream: ids grow, with gaps."""

    id: int
    event: Event


class Store(Live):
    """One store, for all threads of a process; each process opens its own, also after a fork.

    Every method raises StoreError, which says what to do, when the database cannot do what is asked.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._writers = engine.execution_options(writes=True)
        self._name = name
        self._insert = store_rows.insert_events(engine)
        # Threads take turns here, since SQLite's own way of waiting is to sleep and try again.
        self._turn = Lock()
        self._renewing = Lock()
        self._identity: tuple[int, int] | None = None
        self.generation = 0
        """How often another file has taken the place of the one that was opened: what was read before is not in it."""

    @classmethod
    def open(
        cls, url: str | Path = DEFAULT_URL, *, busy_seconds: float = BUSY_SECONDS, only_read: bool = False
    ) -> Self:
        """Open a store, and make it where there is none: a path (SQLite), or an SQLAlchemy URL.

        `busy_seconds` is how long a writer waits for other processes before it gives up. With `only_read` a file that
        may not be written opens too.
        """
        store = cls(*engine_for(url, busy_seconds, only_read=only_read))
        try:
            store._prepare()
            store._identity = identity(store._engine, store._name)
        except BaseException:
            store.close()
            raise
        return store

    def renew(self) -> None:
        """Go on with the file that stands there now, where it is another one; for whoever outlives the runs.

        Raises StoreError where there is none. A database on a server is never another one.
        """
        with self._renewing:
            there = identity(self._engine, self._name)
            if there == self._identity:
                return
            self._engine.dispose()
            self._identity = None  # whatever comes of the next lines; the number of a file is given again
            self._prepare()
            self._identity = there
            self.generation += 1

    def _prepare(self) -> None:
        # Looking first, so that a store that is there opens also while somebody writes to it.
        with self._read() as connection:
            prepared = store_tables.is_prepared(connection, self._name)
        if not prepared:
            with self._write() as connection:
                store_tables.prepare(connection, self._name)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def journeys(self, run_id: str) -> tuple[JourneySummary, ...]:
        """The summaries of a run's journeys in order of start; empty until the run has been summarised."""
        query = select(journeys).where(journeys.c.run_id == run_id).order_by(journeys.c.started_at, journeys.c.key)
        with self._read() as connection:
            return tuple(store_rows.journey_from_row(row) for row in connection.execute(query).mappings())

    def walks(self, run_ids: Collection[str], statuses: Collection[Status] = ()) -> Iterator[JourneySummary]:
        """The summaries of the journeys of many runs, oldest first; with `statuses` only those that ended so."""
        with self._read() as connection:
            yield from store_past.walks(connection, run_ids, statuses)

    def figures(self, run_ids: Collection[str]) -> dict[str, RunFigures]:
        """What the runs came to, by run; one that was not summarised, or by an older version, is not in it."""
        with self._read() as connection:
            return store_past.figures(connection, run_ids)

    def cells(self, run_id: str) -> tuple[Cell, ...]:
        """Every cell that a run has judged, also when its events are gone; empty until it has been summarised."""
        with self._read() as connection:
            return store_past.cells(connection, run_id)

    def judgement(self, run_id: str) -> StormJudgement | None:
        """The judgement of a storm, also when its events are gone; None where there is none, or not yet."""
        with self._read() as connection:
            return store_past.judgement(connection, run_id)

    def access(self, run_id: str) -> Access | None:
        """What the access check of a run found, also when its events are gone; None where there is none, or not yet."""
        with self._read() as connection:
            return store_past.access(connection, run_id)

    def last_passed_steps(self, project: str, nodeid: str) -> tuple[str, ...]:
        """The names of the steps of the journey's last passed walk, () if there is none.

        Only runs that have been summarised count, so that what is expected does not change while a run goes on.
        """
        passed = (journeys.c.project == project, journeys.c.nodeid == nodeid, journeys.c.status == Status.PASSED)
        query = select(journeys).where(*passed).order_by(journeys.c.started_at.desc()).limit(1)
        with self._read() as connection:
            row = connection.execute(query).mappings().first()
        return tuple(step.name for step in store_rows.journey_from_row(row).steps) if row else ()

    def last_passed_ms(self, project: str, nodeid: str) -> float | None:
        """How long the last passed walk of a journey took, whatever its parameters were; None if there is none."""
        same = journeys.c.nodeid.startswith(nodeid, autoescape=True)
        passed = (journeys.c.project == project, same, journeys.c.status == Status.PASSED)
        query = select(journeys.c.duration_ms).where(*passed).order_by(journeys.c.started_at.desc()).limit(1)
        with self._read() as connection:
            took: float | None = connection.execute(query).scalar()
        return took

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

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with complaints(self._name), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, and rolled back by whatever is raised in it."""
        with complaints(self._name), self._turn, self._writers.begin() as connection:
            yield connection


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
