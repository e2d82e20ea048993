from __future__ import annotations

from typing import Any

import pytest

from tests.demo_app.shop import Shop

PRODUCT = {"name": "N", "category": "C", "description": "D", "price_cents": 100, "stock": 1}
ITEMS, ORDERS, PRODUCTS, USERS = "/api/basket/items", "/api/orders", "/api/products", "/api/users"
NEW_USER = {"email": "bad@shop.test", "name": "Bad", "password": "Passw0rd-Bad"}

BAD = [
    ("shopper", "POST", ITEMS, {}, 422),
    ("shopper", "POST", ITEMS, [], 422),
    ("shopper", "POST", ITEMS, "text", 422),
    ("shopper", "POST", ITEMS, None, 415),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": -1}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": 0}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": 1.5}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": True}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": "1"}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 1, "quantity": 10**30}, 422),
    ("shopper", "POST", ITEMS, {"product_id": "1; DROP TABLE users"}, 422),
    ("shopper", "POST", ITEMS, {"product_id": 999999}, 404),
    ("shopper", "POST", ITEMS, {"product_id": 12}, 409),
    ("shopper", "PATCH", f"{ITEMS}/11", {"quantity": 3}, 404),
    ("shopper", "POST", ORDERS, {"recipient": "", "address": "x"}, 422),
    ("shopper", "POST", ORDERS, {"recipient": "x" * 81, "address": "x"}, 422),
    ("shopper", "POST", ORDERS, {"recipient": {"a": 1}, "address": []}, 422),
    ("shopper", "POST", ORDERS, {"recipient": "\ud800", "address": "x"}, 422),
    ("shopper", "POST", ORDERS, {"recipient": "a\x00b", "address": "x"}, 422),
    ("shopper", "GET", f"{ORDERS}/99999999999999999999999999", None, 404),
    ("shopper", "GET", f"{ORDERS}/-1", None, 404),
    ("shopper", "GET", f"{ORDERS}/1%20OR%201=1", None, 404),
    ("shopper", "PUT", ORDERS, {}, 405),
    ("shopper", "PATCH", "/api/me", {"name": None}, 422),
    ("shopper", "PUT", "/api/me/password", {"old_password": "wrong", "new_password": "Passw0rd-New"}, 422),
    ("manager", "POST", PRODUCTS, PRODUCT | {"price_cents": 0}, 422),
    ("manager", "POST", PRODUCTS, PRODUCT | {"price_cents": -5}, 422),
    ("manager", "POST", PRODUCTS, PRODUCT | {"stock": -1}, 422),
    ("manager", "POST", PRODUCTS, PRODUCT | {"name": "   "}, 422),
    ("manager", "PATCH", f"{PRODUCTS}/1", {"price_cents": None}, 422),
    ("manager", "PATCH", f"{PRODUCTS}/999999", {"price_cents": 1}, 404),
    ("support", "POST", f"{ORDERS}/999999/refund", None, 404),
    ("admin", "PUT", "/api/admin/users/1/role", {"role": "king"}, 422),
    ("admin", "PUT", "/api/admin/users/1/role", {"role": ["admin"]}, 422),
    ("admin", "PUT", "/api/admin/users/999999/role", {"role": "admin"}, 404),
    ("admin", "PUT", "/api/admin/settings", {"shop_name": "x"}, 422),
    ("anonymous", "POST", USERS, NEW_USER | {"email": "no email"}, 422),
    ("anonymous", "POST", USERS, NEW_USER | {"email": "a@b"}, 422),
    ("anonymous", "POST", USERS, NEW_USER | {"password": "short"}, 422),
    ("anonymous", "POST", USERS, NEW_USER | {"name": 7}, 422),
    ("anonymous", "POST", "/api/session", {"email": ["x"], "password": {}}, 422),
    ("anonymous", "POST", "/api/session/refresh", {"refresh_token": "nonsense"}, 401),
    ("anonymous", "GET", "/api/nothing", None, 404),
]


@pytest.mark.parametrize(("role", "method", "path", "body", "status"), BAD)
def test_bad_input_is_refused_as_json(
    shop: Shop, tokens: dict[str, str | None], role: str, method: str, path: str, body: Any, status: int
) -> None:
    response = shop.call(method, path, body, token=tokens[role])
    assert response.status_code == status, response.text
    assert response.json()["error"].keys() >= {"code", "message"}


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"{", 400), (b"", 400), (b"\xff\xfe", 400), (b"[" * 50_000, 400), (b'"' + b"x" * 70_000 + b'"', 413)],
    ids=["cut", "empty", "no text", "deep", "huge"],
)
def test_a_body_that_is_no_json_is_refused(shop: Shop, shopper: str, data: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {shopper}", "Content-Type": "application/json"}
    response = shop.raw("POST", ITEMS, data=data, headers=headers)
    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_rights_are_checked_before_the_body(shop: Shop, tokens: dict[str, str | None]) -> None:
    huge = b"x" * 70_000
    assert shop.raw("POST", PRODUCTS, data=huge).status_code == 401
    headers = {"Authorization": f"Bearer {tokens['shopper']}"}
    assert shop.raw("PATCH", f"{PRODUCTS}/999999", data=huge, headers=headers).status_code == 403


def test_a_very_long_idempotency_key_is_refused(shop: Shop, shopper: str) -> None:
    assert shop.call("POST", ITEMS, {"product_id": 1}, token=shopper, key="k" * 201).status_code == 422
