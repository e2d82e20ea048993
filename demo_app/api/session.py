from __future__ import annotations

import sqlite3
from secrets import token_urlsafe

from flask import Blueprint, make_response
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from demo_app.api.basket import empty_basket
from demo_app.api.users import user_json
from demo_app.auth import COOKIE, EVERYONE, cookie_is_believed, current_actor, requires
from demo_app.body import Body
from demo_app.db import get_db
from demo_app.defects import defect_on
from demo_app.errors import unauthorized
from demo_app.seed import HASH_METHOD
from demo_app.tokens import open_session, refresh_session, revoke_session

blueprint = Blueprint("session", __name__)
# Checked for unknown emails too, so that the time of the answer does not tell who has an account.
_NOBODY = generate_password_hash("nobody", method=HASH_METHOD)


@blueprint.post("/session")
def log_in() -> ResponseReturnValue:
    body = Body.of_request()
    email = body.text("email", at_most=120)
    password = body.text("password", at_most=128, strip=False)
    user = get_db().execute("SELECT * FROM users WHERE email = ?", (email,)).fetchone()
    known = check_password_hash(user["password_hash"] if user else _NOBODY, password)
    if user is None or not known or (defect_on("second-login-fails") and _has_logged_out(user)):
        raise unauthorized("bad_credentials", "Email or password is wrong.")
    tokens = open_session(user)
    return _with_cookies({**tokens, "user": user_json(user)}, str(tokens["access_token"]))


def _with_cookies(answer: dict[str, object], token: str) -> ResponseReturnValue:
    """The answer to a log-in. The shop needs no cookie; who wants one has a reason that is none."""
    response = make_response(answer, 201)
    if cookie_is_believed():
        response.set_cookie(COOKIE, token, path="/api", httponly=True)
    if defect_on("theme-cookie"):
        response.set_cookie("shop_theme", token_urlsafe(32), httponly=True, samesite="Lax")
    return response


@blueprint.post("/session/refresh")
def refresh() -> ResponseReturnValue:
    token = Body.of_request().text("refresh_token", at_most=200)
    user, tokens = refresh_session(token)
    if defect_on("basket-lost-with-session"):
        empty_basket(user["id"])
    return {**tokens, "user": user_json(user)}


@blueprint.delete("/session")
@requires(*EVERYONE)
def log_out() -> ResponseReturnValue:
    if not defect_on("token-survives-logout"):
        revoke_session(current_actor().session_id)
    return "", 204


def _has_logged_out(user: sqlite3.Row) -> bool:
    query = "SELECT 1 FROM sessions WHERE user_id = ? AND revoked_at IS NOT NULL"
    return get_db().execute(query, (user["id"],)).fetchone() is not None
