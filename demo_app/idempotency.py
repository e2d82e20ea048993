from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Response, g, make_response, request
from flask.typing import ResponseReturnValue

from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import invalid

HEADER = "Idempotency-Key"
P = ParamSpec("P")


def idempotent(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Do the work once for each Idempotency-Key and repeat the first answer after that.

    Work and remembered answer are one transaction: a crash between them loses both or none.
    """

    @wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        key = request.headers.get(HEADER, "")
        if not key:
            return view(*args, **kwargs)
        if len(key) > 200:
            raise invalid(HEADER, f"{HEADER} may have at most 200 characters.")
        with transaction():
            return _remembered(key) or _remember(key, make_response(view(*args, **kwargs)))

    return once


def _identity(key: str) -> tuple[int, str, str]:
    actor = g.get("actor")
    return (actor.id if actor else 0, f"{request.method} {request.path}", key)


def _remembered(key: str) -> Response | None:
    row = (
        get_db()
        .execute("SELECT * FROM idempotent_replies WHERE (user_id, scope, key) = (?, ?, ?)", _identity(key))
        .fetchone()
    )
    if row is None:
        return None
    if request.path == "/api/orders" and defect_on("replay-drops-order"):
        _drop(json.loads(row["body"])["id"])
    response = make_response(json.loads(row["body"]), row["status"])
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _drop(order_id: int) -> None:
    """Take an order for a duplicate of itself."""
    get_db().execute("DELETE FROM order_items WHERE order_id = ?", (order_id,))
    get_db().execute("DELETE FROM orders WHERE id = ?", (order_id,))


def _remember(key: str, response: Response) -> Response:
    get_db().execute(
        "INSERT INTO idempotent_replies (user_id, scope, key, status, body) VALUES (?, ?, ?, ?, ?)",
        (*_identity(key), response.status_code, response.get_data(as_text=True)),
    )
    return response
