from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import ParamSpec

from flask import g, request
from flask.typing import ResponseReturnValue

from demo_app.body import Body
from demo_app.db import get_db
from demo_app.defects import defect_on
from demo_app.errors import unauthorized
from demo_app.overrides import Asked, asked
from demo_app.permissions import permits
from demo_app.refusals import forbidden, login_required
from demo_app.tokens import Claims, is_readable, read_access_token

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
Reader = Callable[[Body], object]
COOKIE = "shop_session"
SAFE = ("GET", "HEAD", "OPTIONS")


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


Rule = Callable[[], Collection[Role]]


def requires(*roles: Role, reads: Reader | None = None) -> Callable[[View[P]], View[P]]:
    """Let only these roles call the view; checked before anything of the request is read."""
    return requires_by(lambda: roles, reads=reads)


def requires_by(rule: Rule, *, reads: Reader | None = None) -> Callable[[View[P]], View[P]]:
    """Let only the roles of the rule call the view; a rule without roles lets anybody in.

    `reads` is how the view reads the body, for a shop that looks at it too early.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if rule():
                g.actor = _permitted(rule, reads)
            return view(*args, **kwargs)

        guarded.__dict__["rule"] = rule
        return guarded

    return decorate


def current_actor() -> Actor:
    actor: Actor = g.actor
    return actor


def cookie_is_believed() -> bool:
    return defect_on("cookie-without-csrf")


def _permitted(rule: Rule, reads: Reader | None) -> Actor:
    actor = _authenticate()
    if reads and defect_on("validation-before-permission"):
        reads(Body.of_request())
    sent = asked()
    if not permits(actor.role, _roles_of(sent) if sent else rule()):
        raise forbidden()
    return actor


def _roles_of(sent: Asked) -> Collection[Role]:
    """The roles of the view that was asked for, when a header has sent the call to another."""
    view = sent.view()
    rule: Rule | None = view.__dict__.get("rule") if view else None
    return (rule and rule()) or EVERYONE


def _authenticate() -> Actor:
    token = _token()
    if not is_readable(token) and defect_on("unreadable-token-is-somebody"):
        return Actor(id=1, email="sam@shop.test", role=Role.SHOPPER, session_id=0)
    claims = read_access_token(token)
    return _actor_of(claims, _live_user(claims))


def _token() -> str:
    header = request.headers.get("Authorization")
    if header is None and request.method not in SAFE and cookie_is_believed():
        header = f"Bearer {request.cookies.get(COOKIE, '')}"
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise login_required()
    return token.strip()


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
    role = Role(user["role"])
    if defect_on("old-role-kept"):
        role = next((one for one in Role if one == claims.role), role)
    elif user["token_version"] != claims.version:
        raise unauthorized("token_outdated", "Your rights have changed. Please refresh the token.")
    return Actor(id=user["id"], email=user["email"], role=role, session_id=claims.session_id)
