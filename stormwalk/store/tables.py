"""The tables of the store, and the check that a database has exactly those of this version.

All names begin with `stormwalk_`, so that a PostgreSQL database can be shared with others.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
    update,
)

from stormwalk.errors import StoreError

VERSION = 1

metadata = MetaData()

schema = Table("stormwalk_schema", metadata, Column("version", Integer, nullable=False))

events = Table(
    "stormwalk_events",
    metadata,
    # SQLite counts by itself only in a column of type INTEGER, which holds 64 bits there.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("run_id", Text, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("worker", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("journey", Text),
    # Text, not JSONB: a page can write NUL to its console, and JSONB refuses it even when it is escaped.
    Column("payload", Text, nullable=False),
    Index("stormwalk_events_of_run", "run_id", "id"),
    # Without AUTOINCREMENT SQLite would give the ids of removed rows out again, behind the back of a follower.
    sqlite_autoincrement=True,
)

thumbnails = Table(
    "stormwalk_thumbnails",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("evidence_id", Text, primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
)

runs = Table(
    "stormwalk_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("started_at", Float(53), nullable=False),
    Column("finished_at", Float(53)),
    Column("exit_code", Integer),
    Column("interrupted", Boolean, nullable=False, default=False),
    Column("commit", Text, nullable=False, default=""),
    Column("branch", Text, nullable=False, default=""),
    Column("flow_status", Text),
    Column("passed", Integer),
    Column("failed", Integer),
    Column("errors", Integer),
    Column("skipped", Integer),
    Column("pruned", Boolean, nullable=False, default=False),
    Index("stormwalk_runs_of_project", "project", "started_at"),
)

journeys = Table(
    "stormwalk_journeys",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("project", Text, nullable=False),
    Column("nodeid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("status", Text),
    Column("started_at", Float(53), nullable=False),
    Column("duration_ms", Float(53)),
    Column("reason", Text, nullable=False),
    Column("steps", Text, nullable=False),
    Index("stormwalk_journeys_walked", "project", "nodeid", "started_at"),
)

# What a run came to, in pieces that are read apart: a trend over hundreds of runs wants their figures and nothing else.
outcomes = Table(
    "stormwalk_outcomes",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("figures", Text, nullable=False),
    Column("cells", Text, nullable=False),
    Column("judgement", Text),
    Column("access", Text),
)

# What is shown of a run while it goes on, and what is asked of it: see `live.py`.
frames = Table(
    "stormwalk_frames",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("worker", Text, primary_key=True),
    Column("at", Float(53), nullable=False),
    Column("jpeg", LargeBinary, nullable=False),
)

watchers = Table(
    "stormwalk_watchers",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("at", Float(53), nullable=False),
)

requests = Table(
    "stormwalk_requests",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("run_id", Text, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("by", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Index("stormwalk_requests_of_run", "run_id", "id"),
    sqlite_autoincrement=True,
)


def is_prepared(connection: Connection, name: str) -> bool:
    """Whether all tables are there; a store made before one was added lacks it, and gets it like a new one.

    Raises StoreError when they are of another version or of somebody else.
    """
    there = set(inspect(connection).get_table_names())
    if schema.name in there:
        _check(connection.execute(select(schema.c.version)).scalar(), name)
        return there.issuperset(metadata.tables)
    if there and connection.dialect.name == "sqlite":
        raise StoreError(
            f"{name} holds the tables of another application ({', '.join(sorted(there)[:3])}): "
            "choose another file for the store."
        )
    return False


def prepare(connection: Connection, name: str) -> None:
    """Make the tables where they are missing, unless another process is quicker. Needs a write transaction."""
    take_turn(connection, "schema")
    if not is_prepared(connection, name):
        metadata.create_all(connection)
        if connection.execute(select(schema.c.version)).scalar() is None:
            connection.execute(insert(schema).values(version=VERSION))


def _check(version: int | None, name: str) -> None:
    if version == VERSION:
        return
    if version is not None and version > VERSION:
        advice = "It was written by a newer Stormwalk: update this one"
    else:
        advice = "This Stormwalk cannot read it any more: move it away"
    raise StoreError(f"{name} has schema {version}, and schema {VERSION} is needed. {advice}, or choose another store.")


def touch(connection: Connection) -> None:
    """Write what is there already, which only who may write can do."""
    connection.execute(update(schema).values(version=schema.c.version))


def take_turn(connection: Connection, what: str) -> None:
    """Wait until no other transaction does the same thing; a write transaction of SQLite is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"stormwalk:{what}"}
        )
