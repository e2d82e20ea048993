from __future__ import annotations

import sqlite3

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.security import generate_password_hash

from demo_app.auth import Role
from demo_app.body import Body
from demo_app.db import get_db, now_text, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict
from demo_app.idempotency import idempotent
from demo_app.seed import HASH_METHOD

blueprint = Blueprint("users", __name__)


def user_json(user: sqlite3.Row) -> dict[str, object]:
    return {key: user[key] for key in ("id", "email", "name", "address", "role", "created_at")}


def find_user(user_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = get_db().execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
    return row


@blueprint.post("/users")
@idempotent
def sign_up() -> ResponseReturnValue:
    body = Body.of_request()
    email, name, password = body.email(), body.text("name", at_most=80), body.password()
    if defect_on("signup-loses-name"):
        name = ""
    role = Role.SHOPPER.value
    if body.has("role") and defect_on("role-from-signup-body"):
        role = body.choice("role", [role.value for role in Role])
    with transaction() as db:
        if db.execute("SELECT 1 FROM users WHERE email = ?", (email,)).fetchone():
            raise conflict("email_taken", "There is already an account with this email.")
        cursor = db.execute(
            "INSERT INTO users (email, name, password_hash, role, created_at) VALUES (?, ?, ?, ?, ?)",
            (email, name, generate_password_hash(password, method=HASH_METHOD), role, now_text()),
        )
        user = find_user(cursor.lastrowid or 0)
    assert user is not None
    return user_json(user), 201
