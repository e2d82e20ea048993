"""Each access defect bites alone and among all others, and nothing of it is there in the clean shop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from demo_app.defects import BY_NAME, DEFECTS, DefectKind
from tests.demo_app.api import Api, badly_signed, stripped, unsigned

NEW = {"email": "n@shop.test", "name": "Nia", "password": "Passw0rd-N"}


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried, what the clean shop says to it, and what the shop with the defect says."""

    defect: str
    probe: Callable[[Api], Any]
    clean: Any
    bitten: Any


def _other_order(shop: Api) -> Any:
    number = shop.buy(shop.token("Sam"))["id"]
    sara = shop.token("Sara")
    read = shop.call("GET", f"/api/orders/{number}", token=sara)
    return (
        read.status_code,
        "Canary" in read.text,
        shop.status("GET", f"/api/orders/{number}/events", token=sara) == 200,
    )


def _other_cancel(shop: Api) -> Any:
    sam = shop.token("Sam")
    path = f"/api/orders/{shop.buy(sam)['id']}"
    return shop.status("POST", f"{path}/cancel", token=shop.token("Sara")), _status(shop, path, sam)


def _status(shop: Api, path: str, token: str) -> Any:
    return shop.json("GET", path, token=token)["status"]


def _users_as(name: str) -> Callable[[Api], Any]:
    return lambda shop: shop.status("GET", "/api/admin/users", token=shop.token(name))


def _signup(shop: Api) -> Any:
    return shop.json("POST", "/api/users", NEW | {"role": "manager"})["role"]


def _profile(shop: Api) -> Any:
    sam = shop.token("Sam")
    shop.json("PATCH", "/api/me", {"role": "support"}, token=sam)
    return shop.json("GET", "/api/me", token=sam)["role"]


def _total(shop: Api) -> Any:
    sam = shop.token("Sam")
    return shop.json("GET", f"/api/orders/{shop.buy(sam, total_cents=1)['id']}", token=sam)["total_cents"]


def _refresh(shop: Api) -> Any:
    session = shop.log_in("Sam").get_json()
    shop.json("DELETE", "/api/session", token=session["access_token"])
    renewed = shop.call("POST", "/api/session/refresh", {"refresh_token": session["refresh_token"]})
    token = (renewed.get_json() or {}).get("access_token", "")
    return [shop.status("GET", "/api/me", token=one) for one in (session["access_token"], token)]


def _token(change: Callable[[str], str]) -> Callable[[Api], Any]:
    return lambda shop: shop.status("GET", "/api/me", token=change(shop.token("Mia")))


def _exports(shop: Api) -> Any:
    tokens = ["", shop.token("Sam"), shop.token("Sid")]
    return [shop.status("GET", "/api/reports/sales.csv", token=token) for token in tokens]


def _refund_as(name: str) -> Callable[[Api], Any]:
    return lambda shop: (
        shop.status("POST", "/api/orders/1003/refund", token=shop.token(name)),
        shop.json("GET", "/api/orders/1003", token=shop.token("Ada"))["status"],
    )


def _hashes(shop: Api) -> Any:
    return "password_hash" in shop.json("GET", "/api/admin/users", token=shop.token("Ada"))["users"][0]


def _supplier(shop: Api) -> Any:
    product = shop.json("GET", "/api/products/1")
    return "supplier_email" in product, "supplier_email" in shop.json("GET", "/api/products")["products"][0]


def _method_override(shop: Api) -> Any:
    headers = {"X-HTTP-Method-Override": "PATCH"}
    sent = [("POST", "/api/products/1", shop.token("Sam")), ("GET", "/api/products/2", shop.token("Sid"))]
    sent += [("GET", "/api/products/3", "")]
    for method, path, token in sent:
        shop.call(method, path, {"price_cents": 7}, token=token, headers=headers)
    return [shop.json("GET", f"/api/products/{number}")["price_cents"] == 7 for number in (1, 2, 3)]


def _original_url(shop: Api) -> Any:
    headers = {"X-Original-URL": "/api/admin/audit?x=1"}
    sam = shop.token("Sam")
    return ["entries" in shop.call("GET", "/", token=token, headers=headers).text for token in (sam, "")]


def _old_role(shop: Api) -> Any:
    ada, suki = shop.token("Ada"), shop.token("Suki")
    shop.json("PUT", "/api/admin/users/4/role", {"role": "shopper"}, token=ada)
    return shop.status("GET", "/api/support/orders", token=suki)


def _soft_refusal(shop: Api) -> Any:
    answers = [shop.call("GET", "/api/reports/sales", token=token) for token in ("", shop.token("Sam"))]
    return [(answer.status_code, answer.get_json()["error"]["code"]) for answer in answers]


def _concealed(shop: Api) -> Any:
    sara = shop.token("Sara")
    return [shop.status("GET", f"/api/orders/{number}/events", token=sara) for number in (1001, 4711)]


def _settings(shop: Api) -> Any:
    tokens = ["", shop.token("Sam"), shop.token("Ada")]
    return [shop.status("GET", "/api/admin/settings", token=token) for token in tokens]


def _foreign_write(shop: Api) -> Any:
    cookie = shop.log_in("Sam").headers.get("Set-Cookie", "").partition(";")[0]
    headers = {"Cookie": cookie, "Origin": "http://evil.test"}
    return [
        shop.status("POST", "/api/orders/1003/cancel", headers=headers),
        shop.status("GET", "/api/me", headers=headers),
    ]


def _page(shop: Api) -> Any:
    return "help@shop.test" in shop.call("GET", "/admin/settings").text


CASES = (
    Case("cross-user-order-read", _other_order, (404, False, False), (200, True, False)),
    Case("cross-user-cancel", _other_cancel, (404, "paid"), (200, "cancelled")),
    Case("admin-list-open-to-support", _users_as("Sid"), 403, 200),
    Case("role-from-signup-body", _signup, "shopper", "manager"),
    Case("role-from-profile-body", _profile, "shopper", "support"),
    Case("total-from-order-body", _total, 3940, 1),
    Case("refresh-survives-logout", _refresh, [401, 401], [401, 200]),
    Case("alg-none-accepted", _token(unsigned), 401, 200),
    Case("signature-not-checked", _token(badly_signed), 401, 200),
    Case("signature-not-checked", _token(stripped), 401, 200),
    Case("expired-token-accepted", lambda shop: shop.status("GET", "/api/me", token=shop.expired("Mia")), 401, 200),
    Case("unreadable-token-is-somebody", _token(lambda _: "garbage"), 401, 200),
    Case("unreadable-token-is-somebody", _token(lambda _: "x.y.z"), 401, 200),
    Case("sales-export-unguarded", _exports, [401, 403, 403], [200, 200, 200]),
    Case("refund-open-to-manager", _refund_as("Mia"), (403, "paid"), (200, "refunded")),
    Case("password-hash-in-user-list", _hashes, False, True),
    Case("supplier-email-in-product", _supplier, (False, False), (True, False)),
    Case("method-override-skips-check", _method_override, [False, False, False], [True, True, False]),
    Case("original-url-skips-check", _original_url, [False, False], [True, False]),
    Case("old-role-kept", _old_role, 401, 200),
    Case("refusal-with-200", _soft_refusal, [(401, "login_required"), (403, "forbidden")],
         [(200, "login_required"), (200, "forbidden")]),
    Case("order-not-concealed", _concealed, [404, 404], [403, 404]),
    Case("support-locked-out-of-refund", _refund_as("Sid"), (200, "refunded"), (403, "paid")),
    Case("settings-break-for-outsiders", _settings, [401, 403, 200], [401, 500, 200]),
    Case("cookie-without-csrf", _foreign_write, [401, 401], [200, 401]),
    Case("settings-in-page", _page, False, True),
)  # fmt: skip
ALL = [defect.name for defect in DEFECTS if defect.kind is DefectKind.ACCESS]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.defect)
def test_a_defect_bites_alone_and_among_all_others(case: Case) -> None:
    assert case.probe(Api()) == case.clean
    assert case.probe(Api(case.defect)) == case.bitten
    assert case.probe(Api(*ALL)) == case.bitten


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.defect)
def test_no_other_defect_does_the_same(case: Case) -> None:
    others = [name for name in ALL if name != case.defect]
    assert case.probe(Api(*others)) == case.clean


def test_every_access_defect_is_tried_or_lives_in_the_pages() -> None:
    assert {case.defect for case in CASES} == {name for name in ALL if not BY_NAME[name].ui}


def test_an_admin_may_do_with_all_on_what_an_admin_may_do() -> None:
    """Whoever proves a leak needs somebody who is rightly let in."""
    shop = Api(*ALL)
    ada = shop.token("Ada")
    for path in ("/api/admin/users", "/api/admin/audit", "/api/admin/settings", "/api/reports/sales", "/api/me"):
        assert shop.status("GET", path, token=ada) == 200
    assert shop.status("POST", "/api/orders/1003/refund", token=ada) == 200
