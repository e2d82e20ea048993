"""The tables of the store, and the check that a database has exactly those of this version.

All names begin with `stormwalk_`, so that a PostgreSQL database can be shared with others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter
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
    RowMapping,
    Table,
    Text,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite

from stormwalk.errors import StoreError
from stormwalk.events import RunStarted
from stormwalk.model import FlowStatus, Journey, Run, RunMode, Status, Totals
from stormwalk.summary import JourneySummary, RunSummary, StepSummary, step_summary

VERSION = 1

_TOTALS = ("passed", "failed", "errors", "skipped")
_steps = TypeAdapter(tuple[StepSummary, ...])

_tables = MetaData()

schema = Table("stormwalk_schema", _tables, Column("version", Integer, nullable=False))

events = Table(
    "stormwalk_events",
    _tables,
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
    _tables,
    Column("run_id", Text, primary_key=True),
    Column("evidence_id", Text, primary_key=True),
    Column("jpeg", LargeBinary, nullable=False),
)

runs = Table(
    "stormwalk_runs",
    _tables,
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
    _tables,
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


def prepare(connection: Connection, name: str) -> None:
    """Make the tables in an empty database, and refuse one that is of another version or of somebody else.

    Needs a write transaction. Raises StoreError.
    """
    take_turn(connection, "schema")
    there = set(inspect(connection).get_table_names())
    if schema.name in there:
        _check(connection.execute(select(schema.c.version)).scalar(), name)
        return
    if there and connection.dialect.name == "sqlite":
        raise StoreError(
            f"{name} holds the tables of another application ({', '.join(sorted(there)[:3])}): "
            "choose another file for the store."
        )
    _tables.create_all(connection)
    connection.execute(insert(schema).values(version=VERSION))


def _check(version: int | None, name: str) -> None:
    if version == VERSION:
        return
    if version is not None and version > VERSION:
        advice = "It was written by a newer Stormwalk: update this one"
    else:
        advice = "This Stormwalk cannot read it any more: move it away"
    raise StoreError(f"{name} has schema {version}, and schema {VERSION} is needed. {advice}, or choose another store.")


def take_turn(connection: Connection, what: str) -> None:
    """Wait until no other transaction does the same thing; a write transaction of SQLite is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"stormwalk:{what}"}
        )


def upsert(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Insert a row, or change the columns that are named in the one with the same primary key."""
    key = [column.name for column in table.primary_key]
    changed = {name: value for name, value in row.items() if name not in key}
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(row).on_conflict_do_update(index_elements=key, set_=changed))


def started_row(run_id: str, event: RunStarted) -> dict[str, Any]:
    return {
        "id": run_id,
        "project": event.project,
        "mode": event.mode,
        "base_url": event.base_url,
        "started_at": event.at,
        "commit": event.environment.commit,
        "branch": event.environment.branch,
    }


def run_row(run: Run) -> dict[str, Any]:
    totals = run.totals
    return {
        "id": run.id,
        "project": run.project,
        "mode": run.mode,
        "base_url": run.base_url,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "exit_code": run.exit_code,
        "interrupted": run.interrupted,
        "commit": run.environment.commit,
        "branch": run.environment.branch,
        "flow_status": run.flow_status,
        "passed": totals.passed,
        "failed": totals.failed,
        "errors": totals.errors,
        "skipped": totals.skipped,
    }


def run_from_row(row: RowMapping) -> RunSummary:
    rest = {name: row[name] for name in row if name not in ("mode", "flow_status", *_TOTALS)}
    return RunSummary(
        **rest,
        mode=RunMode(row["mode"]),
        flow_status=FlowStatus(row["flow_status"]) if row["flow_status"] else None,
        totals=Totals(**{name: row[name] for name in _TOTALS}) if row["flow_status"] else None,
    )


def journey_row(run: Run, journey: Journey) -> dict[str, Any]:
    return {
        "run_id": run.id,
        "key": journey.key,
        "project": run.project,
        "nodeid": journey.nodeid,
        "title": journey.title,
        "status": journey.status,
        "started_at": journey.started_at,
        "duration_ms": journey.duration_ms,
        "reason": journey.reason,
        "steps": _steps.dump_json(tuple(step_summary(step) for step in journey.steps)).decode(),
    }


def journey_from_row(row: RowMapping) -> JourneySummary:
    rest = {name: row[name] for name in row if name not in ("project", "status", "steps")}
    status = Status(row["status"]) if row["status"] else None
    return JourneySummary(**rest, status=status, steps=_steps.validate_json(row["steps"]))
