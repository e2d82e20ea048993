from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from flask import Blueprint
from flask.typing import ResponseReturnValue

from demo_app.api.products import find_product
from demo_app.auth import Role, current_actor, requires
from demo_app.body import MAX_QUANTITY, Body
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import conflict, invalid, not_found
from demo_app.idempotency import idempotent
from demo_app.settings import read_settings

blueprint = Blueprint("basket", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """The lines of one shopper's basket and what they cost together."""

    lines: tuple[sqlite3.Row, ...]
    revision: int
    delivery_cents: int

    @property
    def subtotal_cents(self) -> int:
        return sum(line["price_cents"] * line["quantity"] for line in self.lines)

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents + self.delivery_cents


def read_basket(user_id: int) -> Basket:
    query = (
        "SELECT products.*, quantity FROM basket_items JOIN products ON products.id = product_id"
        " WHERE user_id = ? AND NOT deleted ORDER BY product_id"
    )
    lines = tuple(get_db().execute(query, (user_id,)))
    user = get_db().execute("SELECT basket_revision FROM users WHERE id = ?", (user_id,)).fetchone()
    subtotal = sum(line["price_cents"] * line["quantity"] for line in lines)
    delivery = read_settings().delivery_cents(subtotal) if lines else 0
    return Basket(lines=lines, revision=user["basket_revision"], delivery_cents=delivery)


def empty_basket(user_id: int) -> None:
    with transaction() as db:
        db.execute("DELETE FROM basket_items WHERE user_id = ?", (user_id,))
        _revise(user_id)


@blueprint.get("/basket")
@requires(Role.SHOPPER)
def show_basket() -> ResponseReturnValue:
    return _basket_json()


@blueprint.post("/basket/items")
@requires(Role.SHOPPER)
@idempotent
def add_item() -> ResponseReturnValue:
    body = Body.of_request()
    product_id = body.integer("product_id", at_least=1, at_most=2**31 - 1)
    quantity = body.integer("quantity", at_least=1, at_most=MAX_QUANTITY) if body.has("quantity") else 1
    user_id = current_actor().id
    with transaction() as db:
        if defect_on("basket-loses-item"):
            db.execute("DELETE FROM basket_items WHERE user_id = ? AND product_id <> ?", (user_id, product_id))
        _set_quantity(product_id, _quantity(product_id) + quantity)
    return _basket_json(), 201


@blueprint.patch("/basket/items/<id:product_id>")
@requires(Role.SHOPPER)
def change_item(product_id: int) -> ResponseReturnValue:
    quantity = Body.of_request().integer("quantity", at_least=1, at_most=MAX_QUANTITY)
    with transaction():
        if not _quantity(product_id):
            raise not_found("product in your basket")
        if not defect_on("quantity-change-ignored"):
            _set_quantity(product_id, quantity)
    return _basket_json()


@blueprint.delete("/basket/items/<id:product_id>")
@requires(Role.SHOPPER)
def remove_item(product_id: int) -> ResponseReturnValue:
    user_id = current_actor().id
    with transaction() as db:
        db.execute("DELETE FROM basket_items WHERE user_id = ? AND product_id = ?", (user_id, product_id))
        _revise(user_id)
    return _basket_json()


@blueprint.delete("/basket")
@requires(Role.SHOPPER)
def remove_all() -> ResponseReturnValue:
    empty_basket(current_actor().id)
    return _basket_json()


def _basket_json() -> dict[str, object]:
    basket = read_basket(current_actor().id)
    return {
        "items": [_line_json(line) for line in basket.lines],
        "count": sum(line["quantity"] for line in basket.lines),
        "subtotal_cents": basket.subtotal_cents,
        "delivery_cents": basket.delivery_cents,
        "total_cents": basket.total_cents,
        "revision": basket.revision,
    }


def _line_json(line: sqlite3.Row) -> dict[str, object]:
    return {
        "product_id": line["id"],
        "name": line["name"],
        "category": line["category"],
        "quantity": line["quantity"],
        "unit_price_cents": line["price_cents"],
        "line_total_cents": line["price_cents"] * line["quantity"],
    }


def _quantity(product_id: int) -> int:
    query = "SELECT quantity FROM basket_items WHERE user_id = ? AND product_id = ?"
    row = get_db().execute(query, (current_actor().id, product_id)).fetchone()
    return row["quantity"] if row else 0


def _set_quantity(product_id: int, quantity: int) -> None:
    product = find_product(product_id)
    if quantity > MAX_QUANTITY:
        raise invalid("quantity", f"You can order at most {MAX_QUANTITY} of one product.")
    if quantity > product["stock"]:
        raise conflict("out_of_stock", f"Only {product['stock']} of {product['name']} left in stock.")
    user_id = current_actor().id
    get_db().execute(
        "INSERT INTO basket_items (user_id, product_id, quantity) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET quantity = excluded.quantity",
        (user_id, product_id, quantity),
    )
    _revise(user_id)


def _revise(user_id: int) -> None:
    get_db().execute("UPDATE users SET basket_revision = basket_revision + 1 WHERE id = ?", (user_id,))
