from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.demo_app.shop import Shop, running_shop

ADDRESS = {"recipient": "Nia", "address": "1 Road"}


def test_the_same_key_makes_one_order(shop: Shop, shopper: str) -> None:
    first = shop.order(shopper, key="once")
    again = shop.call("POST", "/api/orders", ADDRESS, token=shopper, key="once")
    assert again.json() == first
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(shop.json("GET", "/api/orders", token=shopper)["orders"]) == 1


def test_the_same_key_at_the_same_moment_makes_one_order(shop: Shop, shopper: str) -> None:
    shop.json("POST", "/api/basket/items", {"product_id": 1, "quantity": 2}, token=shopper)
    with ThreadPoolExecutor(8) as pool:
        replies = list(
            pool.map(lambda _: Shop(shop.url).call("POST", "/api/orders", ADDRESS, token=shopper, key="k"), range(8))
        )
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1


def test_a_key_belongs_to_its_user(shop: Shop) -> None:
    orders = [shop.order(shop.new_shopper()["access_token"], key="shared")["id"] for _ in range(2)]
    assert orders[0] != orders[1]


def test_the_order_costs_what_the_basket_says(shop: Shop, shopper: str) -> None:
    for product, quantity in ((3, 2), (6, 1)):
        shop.json("POST", "/api/basket/items", {"product_id": product, "quantity": quantity}, token=shopper)
    basket = shop.json("PATCH", "/api/basket/items/6", {"quantity": 2}, token=shopper)
    assert (basket["subtotal_cents"], basket["delivery_cents"], basket["total_cents"]) == (4280, 490, 4770)
    order = shop.json("POST", "/api/orders", ADDRESS, token=shopper)
    assert order["total_cents"] == basket["total_cents"]
    assert shop.json("GET", "/api/basket", token=shopper)["items"] == []
    figures = {f["label"]: f["value"] for f in shop.json("GET", "/api/dashboard", token=shopper)["figures"]}
    assert figures == {"Orders placed": 1, "Total spent": 4770, "Items in basket": 0}


def test_an_empty_basket_is_no_order(shop: Shop, shopper: str) -> None:
    assert shop.call("POST", "/api/orders", ADDRESS, token=shopper).json()["error"]["code"] == "basket_empty"


def test_the_last_article_is_sold_once(shop: Shop, tokens: dict[str, str | None]) -> None:
    product = {"name": "Rare", "category": "Kitchen", "description": "One.", "price_cents": 100, "stock": 1}
    rare = shop.json("POST", "/api/products", product, token=tokens["manager"])["id"]
    buyers = [shop.new_shopper()["access_token"] for _ in range(5)]
    for buyer in buyers:
        shop.json("POST", "/api/basket/items", {"product_id": rare}, token=buyer)
    with ThreadPoolExecutor(5) as pool:
        codes = list(
            pool.map(lambda b: Shop(shop.url).call("POST", "/api/orders", ADDRESS, token=b).status_code, buyers)
        )
    assert sorted(codes) == [201, 409, 409, 409, 409]
    assert shop.json("GET", f"/api/products/{rare}")["stock"] == 0
    assert shop.call("DELETE", f"/api/products/{rare}", token=tokens["manager"]).status_code == 204
    assert shop.call("GET", f"/api/products/{rare}").status_code == 404


def test_cancelling_puts_the_articles_back(shop: Shop, shopper: str) -> None:
    before = shop.json("GET", "/api/products/7")["stock"]
    order = shop.order(shopper, product=7, quantity=2)
    assert shop.json("GET", "/api/products/7")["stock"] == before - 2
    path = f"/api/orders/{order['id']}/cancel"
    assert shop.json("POST", path, token=shopper, key="c")["status"] == "cancelled"
    assert shop.json("POST", path, token=shopper, key="c")["status"] == "cancelled"
    assert shop.call("POST", path, token=shopper).status_code == 409
    assert shop.json("GET", "/api/products/7")["stock"] == before


def test_a_refund_is_made_once(shop: Shop, shopper: str, tokens: dict[str, str | None]) -> None:
    order = shop.order(shopper)
    path = f"/api/orders/{order['id']}/refund"
    assert shop.json("POST", path, token=tokens["support"])["status"] == "refunded"
    assert shop.call("POST", path, token=tokens["support"]).json()["error"]["code"] == "not_refundable"


@pytest.fixture
def unhurried() -> Iterator[tuple[Shop, str]]:
    """A shop whose orders take their time, so that a slow machine misses nothing, and a shopper's token."""
    with running_shop("--order-step-ms", "2500") as (shop, _process):
        yield shop, str(shop.new_shopper()["access_token"])


def test_the_stream_tells_each_status_in_order_and_ends(unhurried: tuple[Shop, str]) -> None:
    shop, shopper = unhurried
    order = shop.order(shopper)
    before = time.monotonic()
    response = shop.call("GET", f"/api/orders/{order['id']}/events", token=shopper)
    assert response.headers["Content-Type"].startswith("text/event-stream")
    events = [line for line in response.text.splitlines() if line.startswith(("event", "data"))]
    assert [line for line in events if "status" in line and line.startswith("data")] == [
        f'data: {{"order_id": {order["id"]}, "status": "{status}"}}' for status in ("paid", "packed", "shipped")
    ]
    assert events[-2:] == ["event: end", 'data: {"reason": "settled"}']
    assert time.monotonic() - before > 2.4, "it tells them as they come"


def test_many_streams_do_not_starve_the_shop(unhurried: tuple[Shop, str]) -> None:
    shop, shopper = unhurried
    order = shop.order(shopper)
    path = f"/api/orders/{order['id']}/events"
    with ThreadPoolExecutor(30) as pool:
        streams = [pool.submit(Shop(shop.url).call, "GET", path, token=shopper) for _ in range(30)]
        assert shop.call("GET", "/api/products").status_code == 200
        # Streams for which there is no seat end at once; the others are open until the order has settled.
        assert not all(stream.done() for stream in streams)
        assert all(stream.result().status_code == 200 for stream in streams)


def test_the_csv_holds_what_the_report_holds(shop: Shop, tokens: dict[str, str | None]) -> None:
    report = shop.json("GET", "/api/reports/sales", token=tokens["manager"])
    lines = list(csv.DictReader(shop.call("GET", "/api/reports/sales.csv", token=tokens["manager"]).text.splitlines()))
    assert [{k: str(v) for k, v in row.items()} for row in report["rows"]] == lines


def test_searching_finds_by_name_category_and_description(shop: Shop) -> None:
    for query, names in (
        ("COMPASS", ["Pocket Compass", "Brass Barometer"]),
        ("lantern", ["Storm Lantern"]),
        ("Kitchen", ["Steel Flask", "Camp Kettle"]),
        ("%", []),
        ("' OR 1=1 --", []),
    ):
        found = [p["name"] for p in shop.raw("GET", "/api/products", params={"q": query}).json()["products"]]
        assert found == [name for name in found if name in names], query
        assert bool(found) == bool(names)


def test_the_profile_and_the_password_can_be_changed(shop: Shop) -> None:
    session = shop.new_shopper()
    token, email = session["access_token"], session["user"]["email"]
    assert shop.json("PATCH", "/api/me", {"name": "Nia Newer"}, token=token)["name"] == "Nia Newer"
    body = {"old_password": "Passw0rd-Nia", "new_password": "Passw0rd-Two"}
    assert shop.call("PUT", "/api/me/password", body, token=token).status_code == 204
    assert shop.session(email, "Passw0rd-Two")["user"]["name"] == "Nia Newer"


def test_settings_are_kept_and_audited(shop: Shop, tokens: dict[str, str | None]) -> None:
    old = shop.json("GET", "/api/admin/settings", token=tokens["admin"])
    assert shop.json("PUT", "/api/admin/settings", old | {"shop_name": "X"}, token=tokens["admin"])["shop_name"] == "X"
    assert shop.json("PUT", "/api/admin/settings", old, token=tokens["admin"]) == old
    entries = shop.json("GET", "/api/admin/audit", token=tokens["admin"])["entries"]
    assert [entry["action"] for entry in entries[:2]] == ["settings changed"] * 2


@pytest.mark.parametrize("name", ["Sara", "Suki", "Max", "Abe"])
def test_each_role_has_a_second_actor(shop: Shop, name: str) -> None:
    assert shop.json("GET", "/api/me", token=shop.token(name))["name"].startswith(name)
