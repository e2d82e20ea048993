from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint
from flask.typing import ResponseReturnValue

from demo_app.api.users import find_user, user_json
from demo_app.audit import record
from demo_app.auth import EVERYONE, Role, current_actor, requires, requires_by
from demo_app.body import MAX_PRICE_CENTS, Body
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict, not_found
from demo_app.settings import read_settings

blueprint = Blueprint("admin", __name__)


def _readers_of_users() -> tuple[Role, ...]:
    return (Role.ADMIN, Role.SUPPORT) if defect_on("admin-list-open-to-support") else (Role.ADMIN,)


@blueprint.get("/admin/users")
@requires_by(_readers_of_users)
def list_users() -> ResponseReturnValue:
    more = ("password_hash",) if defect_on("password-hash-in-user-list") else ()
    rows = get_db().execute("SELECT * FROM users ORDER BY id LIMIT 1000")
    return {"users": [user_json(row) | {field: row[field] for field in more} for row in rows]}


def _role_of(body: Body) -> str:
    return body.choice("role", [role.value for role in Role])


@blueprint.put("/admin/users/<id:user_id>/role")
@requires(Role.ADMIN, reads=_role_of)
def change_role(user_id: int) -> ResponseReturnValue:
    role = _role_of(Body.of_request())
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


def _readers_of_settings() -> tuple[Role, ...]:
    return EVERYONE if defect_on("settings-break-for-outsiders") else (Role.ADMIN,)


@blueprint.get("/admin/settings")
@requires_by(_readers_of_settings)
def show_settings() -> ResponseReturnValue:
    actor = current_actor()
    if actor.role is not Role.ADMIN and actor.role in _readers_of_settings():
        raise RuntimeError(f"no settings are kept for the role {actor.role}")
    return asdict(read_settings())


def _settings_of(body: Body) -> dict[str, object]:
    return {
        "shop_name": body.text("shop_name", at_most=60),
        "support_email": body.email("support_email"),
        "free_delivery_from_cents": body.integer("free_delivery_from_cents", at_least=0, at_most=MAX_PRICE_CENTS),
    }


@blueprint.put("/admin/settings")
@requires(Role.ADMIN, reads=_settings_of)
def change_settings() -> ResponseReturnValue:
    values = _settings_of(Body.of_request())
    with transaction() as db:
        db.executemany("UPDATE settings SET value = ? WHERE name = ?", [(str(v), k) for k, v in values.items()])
        record("settings changed", "settings", ", ".join(f"{key}: {value}" for key, value in values.items()))
    return asdict(read_settings())
