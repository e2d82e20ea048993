from __future__ import annotations

import sqlite3
from collections.abc import Callable

from flask import Blueprint, make_response, request
from flask.typing import ResponseReturnValue

from demo_app.audit import record
from demo_app.auth import Role, requires
from demo_app.body import MAX_PRICE_CENTS, MAX_STOCK, Body
from demo_app.db import get_db, transaction
from demo_app.defects import defect_on
from demo_app.errors import not_found
from demo_app.idempotency import idempotent

blueprint = Blueprint("products", __name__)
FIELDS = ("name", "category", "description", "price_cents", "stock")


def product_json(product: sqlite3.Row) -> dict[str, object]:
    return {"id": product["id"], **{field: product[field] for field in FIELDS}}


def find_product(product_id: int) -> sqlite3.Row:
    """Return a product that is on sale; raise 404 for any other."""
    query = "SELECT * FROM products WHERE id = ? AND NOT deleted"
    row: sqlite3.Row | None = get_db().execute(query, (product_id,)).fetchone()
    if row is None:
        raise not_found("product")
    return row


@blueprint.get("/products")
def list_products() -> ResponseReturnValue:
    query = "" if defect_on("product-search-ignores-query") else request.args.get("q", "").strip()[:100]
    rows = get_db().execute(
        "SELECT * FROM products WHERE NOT deleted AND (instr(lower(name), lower(:q))"
        " OR instr(lower(category), lower(:q)) OR instr(lower(description), lower(:q))) ORDER BY id",
        {"q": query},
    )
    return _public({"products": [product_json(row) for row in rows]})


@blueprint.get("/products/<id:product_id>")
def read_product(product_id: int) -> ResponseReturnValue:
    product = product_json(find_product(product_id))
    if defect_on("supplier-email-in-product"):
        product["supplier_email"] = f"orders-{product_id}@supplier.test"
    return _public(product)


def _public(answer: dict[str, object]) -> ResponseReturnValue:
    """What everybody may read, however it is dressed up."""
    if not defect_on("public-products"):
        return answer
    response = make_response(answer | {"kept_by": ["manager", "admin"]})
    response.headers.update({"Cache-Control": "private, no-cache", "Vary": "Authorization"})
    response.add_etag()
    return response.make_conditional(request)


def _new_product(body: Body) -> dict[str, object]:
    return _values(body, FIELDS)


@blueprint.post("/products")
@requires(Role.MANAGER, Role.ADMIN, reads=_new_product)
@idempotent
def create_product() -> ResponseReturnValue:
    values = _new_product(Body.of_request())
    with transaction() as db:
        cursor = db.execute(
            "INSERT INTO products (name, category, description, price_cents, stock) VALUES (?, ?, ?, ?, ?)",
            [values[field] for field in FIELDS],
        )
        product = find_product(cursor.lastrowid or 0)
        record("product created", f"product {product['id']}", str(values["name"]))
    return product_json(product), 201


@blueprint.patch("/products/<id:product_id>")
@requires(Role.MANAGER, Role.ADMIN)
def change_product(product_id: int) -> ResponseReturnValue:
    body = Body.of_request()
    with transaction() as db:
        old = product_json(find_product(product_id))
        new = old | _values(body, [field for field in FIELDS if body.has(field)])
        stored = new | ({"price_cents": old["price_cents"]} if defect_on("price-change-not-saved") else {})
        db.execute(
            "UPDATE products SET name = ?, category = ?, description = ?, price_cents = ?, stock = ? WHERE id = ?",
            [*(stored[field] for field in FIELDS), product_id],
        )
        record("product changed", f"product {product_id}", _difference(old, new))
    return new


@blueprint.delete("/products/<id:product_id>")
@requires(Role.MANAGER, Role.ADMIN)
def delete_product(product_id: int) -> ResponseReturnValue:
    with transaction() as db:
        product = find_product(product_id)
        db.execute("UPDATE products SET deleted = 1 WHERE id = ?", (product_id,))
        db.execute("DELETE FROM basket_items WHERE product_id = ?", (product_id,))
        record("product deleted", f"product {product_id}", product["name"])
    return "", 204


def _values(body: Body, fields: tuple[str, ...] | list[str]) -> dict[str, object]:
    read: dict[str, Callable[[], object]] = {
        "name": lambda: body.text("name", at_most=80),
        "category": lambda: body.text("category", at_most=40),
        "description": lambda: body.text("description", at_most=500),
        "price_cents": lambda: body.integer("price_cents", at_least=1, at_most=MAX_PRICE_CENTS),
        "stock": lambda: body.integer("stock", at_least=0, at_most=MAX_STOCK),
    }
    return {field: read[field]() for field in fields}


def _difference(old: dict[str, object], new: dict[str, object]) -> str:
    changed = [f"{field}: {old[field]} -> {new[field]}" for field in FIELDS if old[field] != new[field]]
    return ", ".join(changed) or "nothing"
