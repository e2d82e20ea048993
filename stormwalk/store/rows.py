"""The rows of the store's tables, and how they become values again: the only place that knows both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, RowMapping, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

from stormwalk.access.results import Access
from stormwalk.cells import Cell, cells_of
from stormwalk.errors import StoreError
from stormwalk.events import Event, RunFinished, RunStarted, to_json
from stormwalk.figures import RunFigures, figures_of
from stormwalk.model import FlowStatus, Journey, Run, RunMode, Status, Totals
from stormwalk.store.summary import JourneySummary, RunSummary, StepSummary, step_summary
from stormwalk.store.tables import events
from stormwalk.storm_results import StormJudgement

T = TypeVar("T")

_TOTALS = ("passed", "failed", "errors", "skipped")
_steps = TypeAdapter(tuple[StepSummary, ...])
_figures = TypeAdapter(RunFigures)
_cells = TypeAdapter(tuple[Cell, ...])
_judgement = TypeAdapter(StormJudgement)
_access = TypeAdapter(Access)


def insert_events(engine: Engine) -> str:
    """The statement that appends events, as the driver takes it: to have it made anew each time costs a third more."""
    columns = [column.name for column in events.columns if column is not events.c.id]
    return str(insert(events).inline().compile(engine, column_keys=columns))


def event_row(run_id: str, event: Event) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "at": event.at,
        "worker": event.worker,
        "kind": event.kind,
        "journey": getattr(event, "journey", None),
        "payload": _payload(event),
    }


def _payload(event: Event) -> str:
    try:
        return to_json(event)
    except ValueError:
        # A page can write half of a surrogate pair to its console, which no encoding can hold: "?" takes its place.
        return json.dumps(asdict(event), ensure_ascii=False).encode(errors="replace").decode()


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


def finished_row(event: RunFinished) -> dict[str, Any]:
    return {"finished_at": event.at, "exit_code": event.exit_code, "interrupted": event.interrupted}


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
        "reason": journey.reason.replace("\0", ""),  # PostgreSQL takes no NUL in a text
        "steps": _steps.dump_json(tuple(step_summary(step) for step in journey.steps)).decode(),
    }


def journey_from_row(row: RowMapping) -> JourneySummary:
    rest = {name: row[name] for name in row if name not in ("project", "status", "steps")}
    status = Status(row["status"]) if row["status"] else None
    return JourneySummary(**rest, status=status, steps=_steps.validate_json(row["steps"]))


def outcome_row(run: Run) -> dict[str, Any]:
    judgement = run.storm.judgement if run.storm else None
    return {
        "run_id": run.id,
        "figures": _figures.dump_json(figures_of(run)).decode(),
        "cells": _cells.dump_json(cells_of(run)).decode(),
        "judgement": _judgement.dump_json(judgement).decode() if judgement else None,
        "access": _access.dump_json(run.access).decode() if run.access else None,
    }


def figures_from(stored: str) -> RunFigures:
    return _valued(_figures, stored)


def cells_from(stored: str) -> tuple[Cell, ...]:
    return _valued(_cells, stored)


def judgement_from(stored: str) -> StormJudgement:
    return _valued(_judgement, stored)


def access_from(stored: str) -> Access:
    return _valued(_access, stored)


def _valued(adapter: TypeAdapter[T], stored: str) -> T:
    try:
        return adapter.validate_json(stored)
    except ValidationError as invalid:
        raise StoreError(
            "What the store keeps of a run cannot be read: a newer Stormwalk has written it. Update this one."
        ) from invalid
