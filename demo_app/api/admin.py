from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint
from flask.typing import ResponseReturnValue

from demo_app.api.users import find_user, user_json
from demo_app.audit import record
from demo_app.auth import Role, current_actor, requires
from demo_app.body import MAX_PRICE_CENTS, Body
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict, not_found
from demo_app.settings import read_settings

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin/users")
@requires(Role.ADMIN)
def list_users() -> ResponseReturnValue:
    rows = get_db().execute("SELECT * FROM users ORDER BY id LIMIT 1000")
    return {"users": [user_json(row) for row in rows]}


@blueprint.put("/admin/users/<id:user_id>/role")
@requires(Role.ADMIN)
def change_role(user_id: int) -> ResponseReturnValue:
    role = Body.of_request().choice("role", [role.value for role in Role])
    with transaction() as db:
        user = find_user(user_id)
        if user is None:
            raise not_found("user")
        if user_id == current_actor().id:
            raise conflict("own_role", "You cannot change your own role.")
        if user["role"] == role:
            return user_json(user)
        if not defect_on("role-change-ignored"):
            # The new version outdates the user's access tokens, so the change takes effect at once.
            query = "UPDATE users SET role = ?, token_version = token_version + 1 WHERE id = ?"
            db.execute(query, (role, user_id))
        record("role changed", user["email"], f"{user['role']} -> {role}")
    return user_json(user) | {"role": role}


@blueprint.get("/admin/audit")
@requires(Role.ADMIN)
def list_audit() -> ResponseReturnValue:
    rows = get_db().execute("SELECT * FROM audit ORDER BY id DESC LIMIT 500")
    return {"entries": [dict(row) for row in rows]}


@blueprint.get("/admin/settings")
@requires(Role.ADMIN)
def show_settings() -> ResponseReturnValue:
    return asdict(read_settings())


@blueprint.put("/admin/settings")
@requires(Role.ADMIN)
def change_settings() -> ResponseReturnValue:
    body = Body.of_request()
    values = {
        "shop_name": body.text("shop_name", at_most=60),
        "support_email": body.email("support_email"),
        "free_delivery_from_cents": body.integer("free_delivery_from_cents", at_least=0, at_most=MAX_PRICE_CENTS),
    }
    with transaction() as db:
        db.executemany("UPDATE settings SET value = ? WHERE name = ?", [(str(v), k) for k, v in values.items()])
        record("settings changed", "settings", ", ".join(f"{key}: {value}" for key, value in values.items()))
    return asdict(read_settings())
