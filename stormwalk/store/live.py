"""What the store holds while a run goes on and nobody needs afterwards: live frames, who watches, what is asked.

None of it is an event: a frame is replaced by the next one, and a request becomes an event only when it is taken up.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select, text

from stormwalk import reading
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import Event
from stormwalk.store.connected import Connected
from stormwalk.store.rows import upsert
from stormwalk.store.tables import events, frames, requests, take_turn, watchers

WATCHED_SECONDS = 5.0
"""Somebody watches a run for this long after they last said so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a worker's browser showed: a JPEG, and when that was (UTC in seconds since the epoch)."""

    at: float
    jpeg: bytes


class Live(Connected):
    """The part of `Store` that a dashboard and a run share."""

    def put_frame(self, run_id: str, worker: str, jpeg: bytes, at: float) -> None:
        """Keep what a worker's browser shows now; the frame before it is gone."""
        with self._write() as connection:
            upsert(connection, frames, {"run_id": run_id, "worker": worker, "at": at, "jpeg": jpeg})

    def frame(self, run_id: str, worker: str) -> Frame | None:
        """The latest frame of a worker; None where nobody has watched, or the run has finished."""
        query = select(frames.c.at, frames.c.jpeg).where(frames.c.run_id == run_id, frames.c.worker == worker)
        with self._read() as connection:
            row = connection.execute(query).first()
        return Frame(at=row.at, jpeg=row.jpeg) if row else None

    def watch(self, run_id: str) -> None:
        """Say that somebody watches now. Frames are made for `WATCHED_SECONDS` from here."""
        with self._write() as connection:
            upsert(connection, watchers, {"run_id": run_id, "at": _now(connection)})

    def watched(self, run_id: str, within: float = WATCHED_SECONDS) -> bool:
        """Whether somebody has said in the last `within` seconds that they watch."""
        query = select(watchers.c.at).where(watchers.c.run_id == run_id)
        with self._read() as connection:
            last: float | None = connection.execute(query).scalar()
            return last is not None and _now(connection) - last < within

    def ask(self, run_id: str, request: ControlRequest) -> ControlRequest:
        """Ask something of a run; gives the request with the id that it has got."""
        row = {"run_id": run_id, "at": request.at, "by": request.by, "kind": request.kind, "rule": request.rule}
        with self._write() as connection:
            # As for events: whoever follows by id must not skip one that becomes visible late.
            take_turn(connection, f"requests of {run_id}")
            given = connection.execute(insert(requests).values(row).returning(requests.c.id)).scalar_one()
        return replace(request, id=given)

    def requests(self, run_id: str, after_id: int = 0) -> list[ControlRequest]:
        """What was asked of a run, with ids above `after_id`, oldest first."""
        query = select(requests).where(requests.c.run_id == run_id, requests.c.id > after_id).order_by(requests.c.id)
        with self._read() as connection:
            rows = connection.execute(query).all()
        known = [one for one in rows if one.kind in list(ControlKind)]  # a newer dashboard may know more
        return [
            ControlRequest(kind=ControlKind(one.kind), at=one.at, by=one.by, rule=one.rule, id=one.id) for one in known
        ]

    def of_kind(self, run_id: str, kind: str) -> list[Event]:
        """The events of one kind that a run has so far, of all its workers, oldest first."""
        query = select(events.c.payload).where(events.c.run_id == run_id, events.c.kind == kind)
        with self._read() as connection:
            payloads = connection.execute(query.order_by(events.c.id)).scalars().all()
        return [reading.decode(kind, one) for one in payloads]


def forget_frames(connection: Connection, run_id: str) -> None:
    """Nobody is shown what a run looked like live once it has finished."""
    for table in (frames, watchers):
        connection.execute(delete(table).where(table.c.run_id == run_id))


def forget(connection: Connection, run_id: str) -> None:
    forget_frames(connection, run_id)
    connection.execute(delete(requests).where(requests.c.run_id == run_id))


def _now(connection: Connection) -> float:
    """The time by the clock that all machines share: that of the server, or of the machine that has the file."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    return time.time()
