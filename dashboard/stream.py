"""The stream of a run: what has changed since the last event that a page has seen, as server-sent events or by asking.

A stream holds a thread of the server, so there are only so many; whoever finds no seat is told so and asks instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus

from flask import Blueprint, Response, abort, request

from dashboard.following import Follower, Message, Viewer
from dashboard.house import house

blueprint = Blueprint("stream", __name__)

HEARTBEAT = 5.0
"""Seconds without news after which a line is sent all the same, so that both sides know that the other is there."""
RETRY_MS = 1000
_LARGEST_ID = 2**63 - 1


@blueprint.get("/runs/<run:run_id>/stream")
def events(run_id: str) -> Response:
    """Server-sent events from `Last-Event-ID`, or from `after` where a page begins."""
    after = _after(request.headers.get("Last-Event-ID") or request.args.get("after", "0"))
    here = house()
    follower = here.follower(run_id)
    if not here.followers.take_seat():
        abort(
            HTTPStatus.SERVICE_UNAVAILABLE, "All streams of this dashboard are taken: asking every two seconds instead."
        )
    try:
        viewer = follower.join(after)
    except BaseException:  # no thread is to be had, for one
        here.followers.give_seat_back()
        raise

    def leave() -> None:
        follower.leave(viewer)
        here.followers.give_seat_back()

    gone = request.environ.get("waitress.client_disconnected", lambda: False)
    response = Response(_told(follower, viewer, here.guard.csrf, gone), mimetype="text/event-stream")
    response.call_on_close(leave)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _told(follower: Follower, viewer: Viewer, csrf: str, gone: Callable[[], bool]) -> Iterator[str]:
    yield f"retry: {RETRY_MS}\n" + _event(Message("hello", json.dumps({"csrf": csrf})))
    while (messages := follower.wait(viewer, HEARTBEAT)) is not None:
        if gone():
            return
        # An event and no comment, of which a page would never hear.
        yield "".join(map(_event, messages or [Message("beat", "{}")]))


def _event(message: Message) -> str:
    # JSON has no raw line break, so one `data:` line holds it, whatever a page under test has said.
    place = f"id: {message.id}\n" if message.id is not None else ""
    return f"event: {message.name}\n{place}data: {message.data}\n\n"


@blueprint.get("/runs/<run:run_id>/since")
def since(run_id: str) -> Response:
    """The same once, for a page that asks again and again."""
    follower = house().follower(run_id)
    follower.caught_up(1.0)
    viewer = Viewer(at=_after(request.args.get("after", "0")))
    messages = [{"name": one.name, "id": one.id, "data": json.loads(one.data)} for one in follower.tell(viewer)]
    return Response(json.dumps({"csrf": house().guard.csrf, "messages": messages}), mimetype="application/json")


def _after(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 19 or int(text) > _LARGEST_ID:
        abort(HTTPStatus.BAD_REQUEST, "The id of an event is a whole number.")
    return int(text)
