"""How the store reaches its database: where it is, how a connection is set up, and what its complaints mean."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from stormwalk.errors import StoreError

DEFAULT_URL = "reports/stormwalk.db"

BUSY_SECONDS = 30.0
"""How long a writer waits for the others. Each holds the database for about a millisecond."""

_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_TURN_S = 0.01
_WAL_BYTES_KEPT = 16 * 1024 * 1024


def engine_for(url: str | Path, busy_seconds: float = BUSY_SECONDS, *, only_read: bool = False) -> tuple[Engine, str]:
    """An engine for a path or an SQLAlchemy URL, and the name to call it by in messages (never with a password).

    With `only_read` a file that may not be written does as well. Raises StoreError for what cannot be a store. Nothing
    is connected yet.
    """
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres_engine(parsed, busy_seconds), f"PostgreSQL database {parsed.database} on {parsed.host}"
    if only_read and parsed.database and _is_locked_away(Path(parsed.database)):
        return _reading_engine(parsed, busy_seconds), str(parsed.database)
    return _sqlite_engine(parsed, busy_seconds), str(parsed.database)


def _parse(url: str | Path) -> URL:
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(url))
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as e:
        raise StoreError(
            "The URL of the store cannot be read. Write postgresql://USER@HOST/DATABASE, or a path."
        ) from e
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise StoreError(f"The store cannot be in {parsed.get_backend_name()}: use a path (SQLite) or postgresql://.")
    return parsed


def _postgres_engine(url: URL, busy_seconds: float) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError) as e:
        raise StoreError("A store in PostgreSQL needs its driver: pip install 'psycopg[binary]'.") from e

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {int(busy_seconds * 1000)}")
        connection.commit()

    return engine


def _sqlite_engine(url: URL, busy_seconds: float) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreError("The store must be a file, since several processes share it: name a path.")
    if not Path(url.database).exists() and not url.database.endswith(_SUFFIXES):
        raise StoreError(
            f"There is no store at {url.database}, and a new one needs a name that ends with .db. "
            "One on a server is written postgresql://USER@HOST/DATABASE."
        )
    try:
        Path(url.database).parent.mkdir(exist_ok=True)  # and no more: what is missing above it is a slip of the pen
    except OSError as e:
        raise StoreError(
            f"The folder of the store {url.database} cannot be made ({e.strerror}): choose another."
        ) from e
    # Named parameters, so that a row is a dict whatever the database.
    engine = create_engine(url, paramstyle="named", connect_args={"timeout": busy_seconds, "isolation_level": None})

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        _use_wal(connection, busy_seconds)
        for pragma in ("synchronous=NORMAL", f"journal_size_limit={_WAL_BYTES_KEPT}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that turns writer would be refused at once when another has written meanwhile, without any waiting.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _is_locked_away(file: Path) -> bool:
    """Whether it is there, and the file or its folder may not be written."""
    return file.is_file() and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _reading_engine(url: URL, busy_seconds: float) -> Engine:
    """For a store on a disk that may only be read, where SQLite cannot lay its own files beside it."""
    file = Path(str(url.database)).absolute()
    # Without a log beside it nobody is writing, and the file is all there is.
    alone = not file.with_name(f"{file.name}-wal").exists()
    uri = f"file:{quote(str(file))}?mode=ro{'&immutable=1' if alone else ''}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)

    return create_engine(url, paramstyle="named", creator=connect)


def _use_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Whoever finds a new file in the hands of another who is about to do the same is refused without any waiting."""
    end = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as e:
            if e.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(_TURN_S)


def identity(engine: Engine, name: str) -> tuple[int, int] | None:
    """Which file an SQLite database is; None for one on a server. Raises StoreError where it is no more."""
    if engine.dialect.name != "sqlite":
        return None
    try:
        there = Path(str(engine.url.database)).stat()
    except OSError as e:
        raise StoreError(f"The store {name} was removed ({e.strerror}). The next run makes a new one.") from e
    return there.st_dev, there.st_ino


_ADVICE = {
    "SQLITE_NOTADB": "is not a database. Move it away or choose another path for the store",
    "SQLITE_CORRUPT": "is damaged. Move it away; the next run starts a new one",
    "SQLITE_BUSY": "is locked by another process. End that process, then try again",
    "SQLITE_FULL": "cannot grow, since the disk is full. Free some space, then try again",
    "SQLITE_CANTOPEN": "cannot be opened. Check that its folder is there and that you may write to it",
    "SQLITE_READONLY": "cannot be written. Give yourself the right to write the file and its folder, or choose another",
    "SQLITE_IOERR": "cannot be read or written. Check the disk",
    "SQLITE_PERM": "cannot be opened. Give yourself the right to read and write it",
}


@contextmanager
def complaints(name: str) -> Iterator[None]:
    """Turn what the database says into a StoreError that says what to do."""
    try:
        yield
    except DBAPIError as e:
        raise StoreError(_explain(name, e.orig)) from e
    except (sqlite3.Error, PoolTimeout) as e:
        raise StoreError(_explain(name, e)) from e


def _explain(name: str, error: BaseException | None) -> str:
    code = getattr(error, "sqlite_errorname", "")
    for prefix, advice in _ADVICE.items():
        if code.startswith(prefix):
            return f"The store {name} {advice}. (SQLite says: {error}.)"
    said = " ".join(str(error).split())
    return f"The store {name} did not work: {said}. Check that it is there and can be reached, then try again."
