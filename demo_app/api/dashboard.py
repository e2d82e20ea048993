from __future__ import annotations

import time
from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from demo_app.auth import EVERYONE, Actor, Role, current_actor, requires
from demo_app.db import get_db
from demo_app.defects import defect_on

blueprint = Blueprint("dashboard", __name__)
Figure = dict[str, object]
SOLD = "status NOT IN ('cancelled', 'refunded')"


@blueprint.get("/dashboard")
@requires(*EVERYONE)
def show_dashboard() -> ResponseReturnValue:
    actor = current_actor()
    if defect_on("slow-but-busy"):
        time.sleep(1.2)
    return {"role": actor.role, "figures": FIGURES[actor.role](actor)}


def _shopper(actor: Actor) -> list[Figure]:
    user_id = _other_shopper(actor.id) if defect_on("dashboard-of-another-user") else actor.id
    return [
        _count("Orders placed", "SELECT count(*) FROM orders WHERE user_id = ?", user_id),
        _money("Total spent", f"SELECT sum(total_cents) FROM orders WHERE {SOLD} AND user_id = ?", user_id),
        _count("Items in basket", "SELECT sum(quantity) FROM basket_items WHERE user_id = ?", user_id),
    ]


def _support(_actor: Actor) -> list[Figure]:
    return [
        _count("Open orders", "SELECT count(*) FROM orders_now WHERE status_now IN ('paid', 'packed')"),
        _count("Orders refunded", "SELECT count(*) FROM orders WHERE status = 'refunded'"),
        _money("Amount refunded", "SELECT sum(total_cents) FROM orders WHERE status = 'refunded'"),
    ]


def _manager(_actor: Actor) -> list[Figure]:
    return [
        _money("Revenue", f"SELECT sum(total_cents) FROM orders WHERE {SOLD}"),
        _count("Orders sold", f"SELECT count(*) FROM orders WHERE {SOLD}"),
        _count("Products on sale", "SELECT count(*) FROM products WHERE NOT deleted"),
        _count("Low in stock", "SELECT count(*) FROM products WHERE NOT deleted AND stock < 5"),
    ]


def _admin(_actor: Actor) -> list[Figure]:
    return [
        _count("Users", "SELECT count(*) FROM users"),
        _count("Staff", "SELECT count(*) FROM users WHERE role <> 'shopper'"),
        _count("Open sessions", "SELECT count(*) FROM sessions WHERE revoked_at IS NULL"),
        _count("Audit entries", "SELECT count(*) FROM audit"),
    ]


FIGURES: dict[Role, Callable[[Actor], list[Figure]]] = {
    Role.SHOPPER: _shopper,
    Role.SUPPORT: _support,
    Role.MANAGER: _manager,
    Role.ADMIN: _admin,
}


def _count(label: str, query: str, *values: int) -> Figure:
    return {"label": label, "value": _number(query, *values), "unit": "count"}


def _money(label: str, query: str, *values: int) -> Figure:
    return {"label": label, "value": _number(query, *values), "unit": "cents"}


def _number(query: str, *values: int) -> int:
    return get_db().execute(query, values).fetchone()[0] or 0


def _other_shopper(user_id: int) -> int:
    query = "SELECT min(id) FROM users WHERE role = 'shopper' AND id <> ?"
    return _number(query, user_id)
