from __future__ import annotations

import sqlite3
from dataclasses import replace

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue

from demo_app.api.basket import Basket, empty_basket, read_basket
from demo_app.auth import Actor, Role, current_actor, requires
from demo_app.body import Body
from demo_app.db import get_db, now_ms, now_text, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict, not_found
from demo_app.idempotency import idempotent

blueprint = Blueprint("orders", __name__)
READERS = (Role.SHOPPER, Role.SUPPORT, Role.ADMIN)
OPEN = ("paid", "packed")


def order_json(order: sqlite3.Row) -> dict[str, object]:
    items = get_db().execute("SELECT * FROM order_items WHERE order_id = ? ORDER BY product_id", (order["id"],))
    fields = ("recipient", "address", "subtotal_cents", "delivery_cents", "total_cents", "created_at")
    return {
        "id": order["id"],
        "user_id": order["user_id"],
        "status": order["status_now"],
        **{field: order[field] for field in fields},
        "items": [_item_json(item) for item in items],
    }


def find_order(order_id: int, actor: Actor, *, of_anybody: bool = False) -> sqlite3.Row:
    """Return an order that the actor may see; another's is concealed behind the same 404 as none."""
    row: sqlite3.Row | None = get_db().execute("SELECT * FROM orders_now WHERE id = ?", (order_id,)).fetchone()
    if row is None or not (of_anybody or actor.role is not Role.SHOPPER or row["user_id"] == actor.id):
        raise not_found("order")
    return row


def restock(order_id: int) -> None:
    get_db().execute(
        "UPDATE products SET stock = stock + quantity FROM order_items WHERE order_id = ? AND products.id = product_id",
        (order_id,),
    )


@blueprint.post("/orders")
@requires(Role.SHOPPER)
@idempotent
def place_order() -> ResponseReturnValue:
    body = Body.of_request()
    recipient, address = body.text("recipient", at_most=80), body.text("address")
    try:
        with transaction():
            order = _store(_priced(read_basket(current_actor().id), body), recipient, address)
            if defect_on("order-not-stored"):
                get_db().execute("DELETE FROM order_items WHERE order_id = ?", (order["id"],))
                get_db().execute("DELETE FROM orders WHERE id = ?", (order["id"],))
    except sqlite3.IntegrityError as error:
        raise conflict("out_of_stock", "A product of your basket has just been sold out.") from error
    return order, 201


@blueprint.get("/orders")
@requires(Role.SHOPPER)
def list_own() -> ResponseReturnValue:
    query = "SELECT * FROM orders_now WHERE user_id = ? ORDER BY id DESC LIMIT 200"
    return {"orders": [order_json(row) for row in get_db().execute(query, (current_actor().id,)).fetchall()]}


@blueprint.get("/orders/<id:order_id>")
@requires(*READERS)
def read_order(order_id: int) -> ResponseReturnValue:
    return order_json(find_order(order_id, current_actor(), of_anybody=defect_on("cross-user-order-read")))


@blueprint.post("/orders/<id:order_id>/cancel")
@requires(Role.SHOPPER)
@idempotent
def cancel_order(order_id: int) -> ResponseReturnValue:
    of_anybody = defect_on("cross-user-cancel")
    with transaction() as db:
        order = find_order(order_id, current_actor(), of_anybody=of_anybody)
        if order["status_now"] not in OPEN:
            raise conflict("not_cancellable", f"This order is {order['status_now']} and cannot be cancelled.")
        db.execute("UPDATE orders SET status = 'cancelled' WHERE id = ?", (order_id,))
        restock(order_id)
    return order_json(find_order(order_id, current_actor(), of_anybody=of_anybody))


def _priced(basket: Basket, body: Body) -> Basket:
    """The basket as it is to be paid for."""
    if not (body.has("total_cents") and defect_on("total-from-order-body")):
        return basket
    total = body.integer("total_cents", at_least=0, at_most=2**31 - 1)
    return replace(basket, delivery_cents=total - basket.subtotal_cents)


def _store(basket: Basket, recipient: str, address: str) -> dict[str, object]:
    if not basket.lines:
        raise conflict("basket_empty", "Your basket is empty.")
    actor = current_actor()
    order_id = _insert_order(basket, recipient, address)
    for line in basket.lines:
        _insert_item(order_id, line)
    if not _page_empties_basket():
        empty_basket(actor.id)
    return order_json(find_order(order_id, actor))


def _page_empties_basket() -> bool:
    return defect_on("order-without-idempotency-key") or defect_on("order-repeated-blindly")


def _insert_order(basket: Basket, recipient: str, address: str) -> int:
    total = basket.total_cents + (100 if defect_on("wrong-order-total") else 0)
    times = now_text(), *_warehouse_times()
    cursor = get_db().execute(
        "INSERT INTO orders (user_id, status, recipient, address, subtotal_cents, delivery_cents, total_cents,"
        " created_at, packed_at_ms, shipped_at_ms) VALUES (?, 'paid', ?, ?, ?, ?, ?, ?, ?, ?)",
        (current_actor().id, recipient, address, basket.subtotal_cents, basket.delivery_cents, total, *times),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _insert_item(order_id: int, line: sqlite3.Row) -> None:
    db = get_db()
    db.execute(
        "INSERT INTO order_items (order_id, product_id, name, unit_price_cents, quantity) VALUES (?, ?, ?, ?, ?)",
        (order_id, line["id"], line["name"], line["price_cents"], line["quantity"]),
    )
    if defect_on("stock-not-reduced"):
        return
    # The table's own check refuses a stock below nothing, whoever else buys at the same moment.
    db.execute("UPDATE products SET stock = stock - ? WHERE id = ?", (line["quantity"], line["id"]))


def _warehouse_times() -> tuple[int | None, int | None]:
    if defect_on("order-status-stuck"):
        return None, None
    step = current_app.config["SHOP"].order_step_ms
    return now_ms() + step, now_ms() + 2 * step


def _item_json(item: sqlite3.Row) -> dict[str, object]:
    return {
        "product_id": item["product_id"],
        "name": item["name"],
        "quantity": item["quantity"],
        "unit_price_cents": item["unit_price_cents"],
        "line_total_cents": item["unit_price_cents"] * item["quantity"],
    }
