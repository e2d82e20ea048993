from __future__ import annotations

from itertools import permutations

import pytest

from stormwalk.templates import template_of

LEARNED = [
    ("http://127.0.0.1:8000/api/orders/1003", "/api/orders/{id}"),
    ("https://shop.test:8443/api/orders/1003/lines/7/?page=2#top", "/api/orders/{id}/lines/{id}/"),
    ("/api/orders", "/api/orders"),
    ("/api/orders?token=abc", "/api/orders"),
    ("/api/orders#token=abc", "/api/orders"),
    ("/basket;jsessionid=abc/items", "/basket/items"),
    ("api/orders/5", "/api/orders/{id}"),
    ("//cdn.test/x/5", "/x/{id}"),
    ("", "/"),
    ("http://shop.test", "/"),
    ("http://shop.test?q=1", "/"),
    ("HTTP://SHOP.test/Api", "/Api"),
    ("/api/v1/orders/-1", "/api/v1/orders/{id}"),
    ("/api/orders/%31003", "/api/orders/{id}"),
    ("/api/orders/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/api/orders/{id}"),
    ("/api/orders/507f1f77bcf86cd799439011", "/api/orders/{id}"),
    ("/api/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/api/orders/{id}"),
    ("/reset/Zk3xQ9vLw2TnR7yBc5Dd0", "/reset/{id}"),
    ("/users/[redacted]/orders", "/users/{id}/orders"),
    ("/invoices/1003.pdf", "/invoices/{id}.pdf"),
    ("/static/app.js", "/static/app.js"),
    ("/reports/sales.csv", "/reports/sales.csv"),
    ("/products/rain-jacket-for-long-walks-2", "/products/rain-jacket-for-long-walks-2"),
    ("/effaced/deadbeef/acceededfacade", "/effaced/deadbeef/acceededfacade"),
    ("/a//b/", "/a//b/"),
    ("/proxy/http://shop.test/5", "/proxy/http://shop.test/{id}"),
    ("http://[broken/api/orders/5", "/api/orders/{id}"),
    ("data:image/png;base64,AAAA", "data:"),
    ("blob:http://shop.test/3fa85f64-5717-4562-b3fc-2c963f66afa6", "blob:"),
    ("about:blank", "about:"),
]


@pytest.mark.parametrize(("url", "template"), LEARNED)
def test_by_rule(url: str, template: str) -> None:
    assert template_of(url) == template


@pytest.mark.parametrize(("url", "template"), LEARNED)
def test_a_template_is_its_own(url: str, template: str) -> None:
    assert template_of(template) == template


@pytest.mark.parametrize(
    ("url", "template"),
    [
        ("/shops/porthaven/items", "/shops/{town}/items"),
        ("/shops/porthaven/items/", "/shops/{id}/items/"),
        ("/shops//items", "/shops//items"),
        ("/api/2/orders", "/api/2/orders"),
        ("/api/3/orders", "/api/{version}/orders"),
        ("/shops/7/items?x=1", "/shops/{town}/items"),
    ],
)
def test_declared_ones_come_first(url: str, template: str) -> None:
    declared = ["/shops/{town}/items", "/shops/{id}/items/", "/api/{version}/orders", "/api/2/orders"]
    assert {template_of(url, order) for order in permutations(declared)} == {template}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["a", "aA", "1a-", ".", "a:", ";", "f"])
def test_a_long_url_costs_no_time(piece: str) -> None:
    assert template_of(f"/{piece * 300_000}!").startswith("/")
