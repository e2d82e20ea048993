from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from demo_app.api.users import find_user, user_json
from demo_app.auth import EVERYONE, current_actor, requires
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
    return user_json(user) | {"basket_items": get_db().execute(count, (actor.id,)).fetchone()["items"]}


@blueprint.get("/me")
@requires(*EVERYONE)
def read_me() -> ResponseReturnValue:
    return _me()


@blueprint.patch("/me")
@requires(*EVERYONE)
def change_me() -> ResponseReturnValue:
    body = Body.of_request()
    old = _me()
    name = body.text("name", at_most=80) if body.has("name") else old["name"]
    address = body.text("address", at_least=0) if body.has("address") else old["address"]
    if defect_on("profile-change-not-saved"):
        return old | {"name": name, "address": address}
    with transaction() as db:
        db.execute("UPDATE users SET name = ?, address = ? WHERE id = ?", (name, address, current_actor().id))
    return _me()


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
