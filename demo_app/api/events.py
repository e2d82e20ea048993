"""The status of an order as a stream of server-sent events.

A stream holds a thread, so it is bounded: it ends when nothing more will happen, when its reader
has gone or after a while, and when too many are open a new one tells the status and ends at once.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from demo_app.api.orders import READERS, find_order
from demo_app.auth import Actor, Role, current_actor, requires
from demo_app.defects import defect_on
from demo_app.errors import ApiError
from demo_app.refusals import forbidden

blueprint = Blueprint("events", __name__)
POLL_SECONDS = 0.05
LONGEST_SECONDS = 10.0
HEARTBEAT_SECONDS = 1.0
_open_streams = threading.BoundedSemaphore(12)


@blueprint.get("/orders/<id:order_id>/events")
@requires(*READERS)
def order_events(order_id: int) -> ResponseReturnValue:
    actor = current_actor()
    order = find_order(order_id, actor, of_anybody=defect_on("order-not-concealed"))
    if actor.role is Role.SHOPPER and order["user_id"] != actor.id:
        raise forbidden()
    gone = request.environ.get("waitress.client_disconnected", lambda: False)
    events = stream_with_context(_events(order_id, actor, gone))
    return Response(events, mimetype="text/event-stream", headers={"X-Accel-Buffering": "no"})


def _events(order_id: int, actor: Actor, gone: Callable[[], bool]) -> Iterator[str]:
    place = _open_streams.acquire(blocking=False)
    try:
        yield from _follow(order_id, actor, gone, LONGEST_SECONDS if place else 0)
    except ApiError as error:
        yield _event("end", {"reason": error.code})
    finally:
        if place:
            _open_streams.release()


def _follow(order_id: int, actor: Actor, gone: Callable[[], bool], seconds: float) -> Iterator[str]:
    last, spoken, stop = "", time.monotonic(), time.monotonic() + seconds
    while not gone():
        order = find_order(order_id, actor)
        if order["status_now"] != last:
            last, spoken = order["status_now"], time.monotonic()
            yield _event("status", {"order_id": order_id, "status": last})
        if last not in ("paid", "packed") or order["shipped_at_ms"] is None:
            yield _event("end", {"reason": "settled"})
            return
        if time.monotonic() >= stop:
            yield _event("end", {"reason": "time"})
            return
        if time.monotonic() - spoken > HEARTBEAT_SECONDS:
            spoken = time.monotonic()
            yield ": still here\n\n"
        time.sleep(POLL_SECONDS)


def _event(name: str, data: dict[str, object]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
