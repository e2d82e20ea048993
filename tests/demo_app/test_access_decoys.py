"""Each access decoy looks as it says, and lets in nobody: alone, and among all others."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from demo_app.catalogue.decoys import ACCESS_DECOYS
from tests.demo_app.api import Api
from tests.demo_app.test_auth import ENDPOINTS

ALL = [decoy.name for decoy in ACCESS_DECOYS]
REFUSED = (302, 401, 403, 404, 405, 422, 429)
PRODUCT = {"name": "N", "category": "C", "description": "D", "price_cents": 100, "stock": 1}


@dataclass(frozen=True, slots=True)
class Case:
    """What looks wrong in the shop with the decoy, and how the same looks in the clean shop."""

    decoy: str
    look: Callable[[Api], Any]
    clean: Any
    dressed: Any


def _me(shop: Api) -> Any:
    answers = [shop.json("GET", "/api/me", token=shop.token(name)) for name in ("Sam", "Ada")]
    legends = [answer.get("legend") for answer in answers]
    return answers[0].keys() == answers[1].keys(), legends[0] is not None and legends[0] == legends[1]


def _product(shop: Api) -> Any:
    answers = [shop.call("GET", "/api/products/1", token=token) for token in ("", shop.token("Ada"))]
    tag = answers[0].headers.get("ETag", "none")
    again = shop.status("GET", "/api/products/1", headers={"If-None-Match": tag})
    return answers[0].data == answers[1].data, answers[0].headers["Cache-Control"], again


def _nowhere(shop: Api) -> Any:
    answers = [shop.call("GET", path) for path in ("/api/nowhere", "/nowhere", "/api/products/999")]
    return [(answer.status_code, answer.mimetype) for answer in answers]


def _refusals(shop: Api) -> Any:
    answers = [shop.call("GET", "/api/admin/users", token=token) for token in ("", shop.token("Sam"))]
    nowhere = shop.call("GET", "/api/nowhere")
    return [(answer.status_code, answer.data == nowhere.data) for answer in answers]


def _length(shop: Api) -> Any:
    answer = shop.call("GET", "/api/admin/users", token=shop.token("Sam"))
    return answer.status_code, len(answer.data) > 20_000


def _led_to_login(shop: Api) -> Any:
    answer = shop.call("GET", "/api/admin/users")
    return answer.status_code, answer.headers.get("Location")


def _burst(shop: Api) -> Any:
    answers = [shop.call("GET", "/api/products/1") for _ in range(300)]
    refused = [answer for answer in answers if answer.status_code == 429]
    time.sleep(1)
    return {answer.headers["Retry-After"] for answer in refused}, shop.status("GET", "/api/products/1")


def _invalid(shop: Api) -> Any:
    sam = shop.token("Sam")
    calls = [("POST", "/api/products"), ("PUT", "/api/admin/settings"), ("PUT", "/api/admin/users/2/role")]
    return [shop.status(method, path, {}, token=sam) for method, path in calls], shop.status(
        "POST", "/api/products", PRODUCT, token=sam
    )


def _cookie(shop: Api) -> Any:
    cookie = shop.log_in("Sam").headers.get("Set-Cookie", "").partition(";")[0]
    headers = {"Cookie": cookie}
    statuses = [shop.status(method, "/api/basket", headers=headers) for method in ("GET", "DELETE")]
    return cookie.partition("=")[0], statuses


def _echo(shop: Api) -> Any:
    sam = shop.token("Sam")
    answer = shop.json("PATCH", "/api/me", {"name": "Sam", "role": "admin"}, token=sam)
    return answer["role"], shop.json("GET", "/api/me", token=sam)["role"]


JSON, HTML = "application/json", "text/html"
CASES = (
    Case("me-same-for-all", _me, (True, False), (True, True)),
    Case("public-products", _product, (True, "no-store", 200), (True, "private, no-cache", 304)),
    Case("spa-shell", _nowhere, [(404, JSON), (404, HTML), (404, JSON)], [(200, HTML), (200, HTML), (404, JSON)]),
    Case("everything-concealed", _refusals, [(401, False), (403, False)], [(404, True), (404, True)]),
    Case("long-refusals", _length, (403, False), (403, True)),
    Case("redirect-to-login", _led_to_login, (401, None), (302, "/login")),
    Case("rate-limited", _burst, (set(), 200), ({"1"}, 200)),
    Case("validation-before-permission", _invalid, ([403, 403, 403], 403), ([422, 422, 422], 403)),
    Case("theme-cookie", _cookie, ("", [401, 401]), ("shop_theme", [401, 401])),
    Case("body-echoed", _echo, ("shopper", "shopper"), ("admin", "shopper")),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.decoy)
def test_a_decoy_looks_as_it_says(case: Case) -> None:
    assert case.look(Api()) == case.clean
    assert case.look(Api(case.decoy)) == case.dressed


def test_every_access_decoy_is_tried() -> None:
    assert {case.decoy for case in CASES} == set(ALL)


@pytest.mark.parametrize("names", [*([name] for name in ALL), ALL], ids=[*ALL, "all"])
def test_no_decoy_lets_anybody_in(names: list[str]) -> None:
    """The whole table of endpoints, an empty body where one is sent."""
    shop = Api(*names)
    tokens = {"anonymous": "", "shopper": shop.token("Sam"), "support": shop.token("Sid")}
    tokens |= {"manager": shop.token("Mia"), "admin": shop.token("Ada")}
    for method, path, allowed in ENDPOINTS:
        for role, token in tokens.items():
            status = shop.status(method, path, None if method in ("GET", "DELETE") else {}, token=token)
            if role not in allowed:
                assert status in REFUSED, f"{method} {path} as {role}: {status}"
            else:
                assert status not in (302, 401, 403, *range(500, 600)), f"{method} {path} as {role}: {status}"
