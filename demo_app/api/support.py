from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from demo_app.api.orders import find_order, order_json, restock
from demo_app.audit import record
from demo_app.auth import Role, current_actor, requires, requires_by
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict
from demo_app.idempotency import idempotent

blueprint = Blueprint("support", __name__)
CLOSED = ("cancelled", "refunded")


@blueprint.get("/support/orders")
@requires(Role.SUPPORT, Role.ADMIN)
def list_all() -> ResponseReturnValue:
    query = (
        "SELECT orders_now.*, users.email AS customer_email, users.name AS customer_name FROM orders_now"
        " JOIN users ON users.id = user_id ORDER BY orders_now.id DESC LIMIT 500"
    )
    return {
        "orders": [
            order_json(row) | {"customer_name": row["customer_name"], "customer_email": row["customer_email"]}
            for row in get_db().execute(query).fetchall()
        ]
    }


def _refunders() -> set[Role]:
    roles = {Role.SUPPORT, Role.ADMIN}
    if defect_on("refund-open-to-manager"):
        roles.add(Role.MANAGER)
    if defect_on("support-locked-out-of-refund"):
        roles.discard(Role.SUPPORT)
    return roles


@blueprint.post("/orders/<id:order_id>/refund")
@requires_by(_refunders)
@idempotent
def refund(order_id: int) -> ResponseReturnValue:
    with transaction() as db:
        order = find_order(order_id, current_actor())
        if order["status_now"] in CLOSED:
            raise conflict("not_refundable", f"This order is already {order['status_now']}.")
        if defect_on("refund-not-recorded"):
            return order_json(order) | {"status": "refunded"}
        db.execute("UPDATE orders SET status = 'refunded' WHERE id = ?", (order_id,))
        if order["status_now"] != "shipped":
            restock(order_id)
        record("order refunded", f"order {order_id}", f"{order['total_cents']} cents")
    return order_json(find_order(order_id, current_actor()))
