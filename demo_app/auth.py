from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue

from demo_app.db import get_db
from demo_app.errors import ApiError, unauthorized
from demo_app.tokens import Claims, read_access_token

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]


class Role(StrEnum):
    """What a signed-in user may be; whoever is not signed in has no role."""

    SHOPPER = "shopper"
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"


EVERYONE = tuple(Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The user who makes this call."""

    id: int
    email: str
    role: Role
    session_id: int


def requires(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let only these roles call the view; checked before anything of the request is read."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            actor = _authenticate()
            if actor.role not in roles:
                raise ApiError(403, "forbidden", "Your role does not allow this.")
            g.actor = actor
            return view(*args, **kwargs)

        return guarded

    return decorate


def current_actor() -> Actor:
    actor: Actor = g.actor
    return actor


def _authenticate() -> Actor:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthorized("login_required", "Please log in.")
    claims = read_access_token(token.strip())
    return _actor_of(claims, _live_user(claims))


def _live_user(claims: Claims) -> sqlite3.Row:
    user: sqlite3.Row | None = (
        get_db()
        .execute(
            "SELECT users.* FROM sessions JOIN users ON users.id = user_id"
            " WHERE sessions.id = ? AND users.id = ? AND revoked_at IS NULL",
            (claims.session_id, claims.user_id),
        )
        .fetchone()
    )
    if user is None:
        raise unauthorized("session_ended", "Your session has ended. Please log in again.")
    return user


def _actor_of(claims: Claims, user: sqlite3.Row) -> Actor:
    if user["token_version"] != claims.version:
        raise unauthorized("token_outdated", "Your rights have changed. Please refresh the token.")
    return Actor(id=user["id"], email=user["email"], role=Role(user["role"]), session_id=claims.session_id)
