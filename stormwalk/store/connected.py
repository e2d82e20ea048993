"""What every part of a store stands on: the database, opened, renewed and closed, and connections to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Self

from sqlalchemy import Connection, Engine

from stormwalk.store import tables
from stormwalk.store.engine import BUSY_SECONDS, DEFAULT_URL, complaints, engine_for, identity


class Connected:
    """A database of ours. Every method raises StoreError, which says what to do, when it cannot do what is asked."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._writers = engine.execution_options(writes=True)
        self._name = name
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

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def expect_writable(self) -> None:
        """Raises StoreError where it can be read only."""
        with self._write() as connection:
            tables.touch(connection)

    def _prepare(self) -> None:
        # Looking first, so that a store that is there opens also while somebody writes to it.
        with self._read() as connection:
            prepared = tables.is_prepared(connection, self._name)
        if not prepared:
            with self._write() as connection:
                tables.prepare(connection, self._name)

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with complaints(self._name), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A transaction that is committed at the end, and rolled back by whatever is raised in it."""
        with complaints(self._name), self._turn, self._writers.begin() as connection:
            yield connection
