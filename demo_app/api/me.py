from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from demo_app.api.users import find_user, user_json
from demo_app.auth import EVERYONE, Role, current_actor, requires
from demo_app.body import Body
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import invalid
from demo_app.seed import HASH_METHOD

blueprint = Blueprint("me", __name__)


def _me() -> dict[str, object]:
    actor = current_actor()
    user = find_user(actor.id)
    assert user is not None
    count = "SELECT coalesce(sum(quantity), 0) AS items FROM basket_items WHERE user_id = ?"
    items = get_db().execute(count, (actor.id,)).fetchone()["items"]
    return user_json(user) | {"basket_items": items} | (_legend() if defect_on("me-same-for-all") else {})


def _legend() -> dict[str, object]:
    """What each role may do, told to all of them alike."""
    roles = {
        role.value: f"The role {role.value} has its own pages; an admin gives it and takes it back." for role in Role
    }
    return {"legend": [{"role": role, "means": means, "given_by": "admin"} for role, means in roles.items()] * 4}


@blueprint.get("/me")
@requires(*EVERYONE)
def read_me() -> ResponseReturnValue:
    return _me()


@blueprint.patch("/me")
@requires(*EVERYONE)
def change_me() -> ResponseReturnValue:
    body = Body.of_request()
    old = _me()
    echo = body.fields if defect_on("body-echoed") else {}
    name = body.text("name", at_most=80) if body.has("name") else old["name"]
    address = body.text("address", at_least=0) if body.has("address") else old["address"]
    if defect_on("profile-change-not-saved"):
        return old | {"name": name, "address": address}
    with transaction() as db:
        db.execute("UPDATE users SET name = ?, address = ? WHERE id = ?", (name, address, current_actor().id))
        if body.has("role") and defect_on("role-from-profile-body"):
            role = body.choice("role", [role.value for role in Role])
            db.execute("UPDATE users SET role = ? WHERE id = ?", (role, current_actor().id))
    return _me() | echo


@blueprint.put("/me/password")
@requires(*EVERYONE)
def change_password() -> ResponseReturnValue:
    body = Body.of_request()
    old, new = body.text("old_password", at_most=128, strip=False), body.password("new_password")
    user = find_user(current_actor().id)
    assert user is not None
    if not check_password_hash(user["password_hash"], old):
        raise invalid("old_password", "The old password is wrong.")
    with transaction() as db:
        hashed = generate_password_hash(new, method=HASH_METHOD)
        db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (hashed, user["id"]))
    return "", 204
