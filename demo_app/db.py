from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app, g

from demo_app.config import MEMORY
from demo_app.errors import StartError
from demo_app.seed import seed

BUSY_MS = 5000


def now_text() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_ms() -> int:
    return int(time.time() * 1000)


def get_db() -> sqlite3.Connection:
    """Return the connection of this request."""
    if "db" not in g:
        g.db = _connect(current_app.config["DATABASE_FILE"], current_app.config["SHOP"].database == MEMORY)
    connection: sqlite3.Connection = g.db
    return connection


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """Write all or nothing; inside another transaction, join it."""
    db = get_db()
    if db.in_transaction:
        yield db
        return
    # IMMEDIATE: two writers queue here instead of one of them failing half-way.
    db.execute("BEGIN IMMEDIATE")
    try:
        yield db
    except BaseException:
        db.rollback()
        raise
    db.commit()


def init_app(app: Flask, database: str) -> None:
    """Make or open the database, and close each request's connection."""
    app.config["DATABASE_FILE"] = _private_file() if database == MEMORY else database
    _prepare(app.config["DATABASE_FILE"], database == MEMORY)
    app.teardown_appcontext(_close)


def _connect(file: str, passing: bool) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=BUSY_MS / 1000, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    # A database that ends with the process need not wait for the disk.
    db.execute(f"PRAGMA synchronous = {'OFF' if passing else 'NORMAL'}")
    return db


def _close(_error: BaseException | None) -> None:
    db = g.pop("db", None)
    if db is not None:
        db.close()


def _private_file() -> str:
    # SQLite's own shared memory database ignores the busy time-out, so threads would fail at random.
    folder = tempfile.mkdtemp(prefix="demo-shop-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return str(Path(folder) / "shop.db")


def _prepare(file: str, passing: bool) -> None:
    try:
        db = _connect(file, passing)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            _create_once(db)
        finally:
            db.close()
    except (sqlite3.Error, OSError) as error:
        raise StartError(f"cannot use the database {file}: {error}; name another with --database") from error


def _create_once(db: sqlite3.Connection) -> None:
    tables = {row["name"] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "idempotent_replies" in tables:
        return
    if tables:
        raise sqlite3.DatabaseError("it belongs to another application")
    schema = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
    db.executescript("BEGIN IMMEDIATE;" + schema)
    seed(db)
    db.commit()
