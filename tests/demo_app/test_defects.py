from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from demo_app import create_app
from demo_app.defects import BY_NAME, CATALOGUE, DECOYS, DEFECTS, Defect, DefectKind, defect_on
from demo_app.errors import StartError

RULES = {
    "over-permission", "missing-authentication", "cross-user-read", "cross-user-write", "not-concealed",
    "wrongly-denied", "refused-with-success", "server-error", "forbidden-field", "mass-assignment", "method-override",
    "url-override", "garbage-token-accepted", "signature-not-checked", "signature-stripped-accepted",
    "alg-none-accepted", "expired-token-accepted", "token-after-logout", "refresh-after-logout", "role-kept", "csrf",
    "shown-but-denied", "page-opens",
}  # fmt: skip
SIGNS = {
    "blank-page", "endless-spinner", "silent-failure", "false-success", "duplicate-order", "lost-order",
    "uncaught-exception", "input-lost", "stuck-control", "retry-storm", "leaked-internals", "layout-broken",
    "access-opened", "wrong-total", "session-lost", "not-recovered",
}  # fmt: skip
ROOT = Path(__file__).parents[2] / "demo_app"


class Client:
    """The API of a shop in this process: quick enough to make two for each defect."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = self._client.open(path, method=method, json=body, headers=headers)
        return response.get_json(silent=True) or response.get_data(as_text=True) or response.status_code

    def token(self, name: str) -> str:
        body = {"email": f"{name.lower()}@shop.test", "password": f"Passw0rd-{name}"}
        return str(self.call("POST", "/api/session", body).get("access_token", "refused"))

    def buy(self, token: str) -> Any:
        self.call("POST", "/api/basket/items", {"product_id": 1}, token)
        return self.call("POST", "/api/orders", {"recipient": "S", "address": "A"}, token)


def _signup(shop: Client) -> Any:
    return shop.call("POST", "/api/users", {"email": "n@shop.test", "name": "Nia", "password": "Passw0rd-N"})["name"]


def _log_out(shop: Client) -> str:
    token = shop.token("Sam")
    shop.call("DELETE", "/api/session", token=token)
    return token


def _second_login(shop: Client) -> Any:
    _log_out(shop)
    return shop.token("Sam") != "refused"


def _after_logout(shop: Client) -> Any:
    return "error" in shop.call("GET", "/api/me", token=_log_out(shop))


def _search(shop: Client) -> Any:
    return len(shop.call("GET", "/api/products?q=lantern")["products"])


def _two_items(shop: Client) -> Any:
    sam = shop.token("Sam")
    shop.call("POST", "/api/basket/items", {"product_id": 1}, sam)
    return shop.call("POST", "/api/basket/items", {"product_id": 2}, sam)["count"]


def _quantity(shop: Client) -> Any:
    sam = shop.token("Sam")
    shop.call("POST", "/api/basket/items", {"product_id": 1}, sam)
    return shop.call("PATCH", "/api/basket/items/1", {"quantity": 4}, sam)["count"]


def _order_total(shop: Client) -> Any:
    return shop.buy(shop.token("Sam"))["total_cents"]


def _order_list(shop: Client) -> Any:
    sam = shop.token("Sam")
    number = shop.buy(sam)["id"]
    return number in [order["id"] for order in shop.call("GET", "/api/orders", token=sam)["orders"]]


def _status(shop: Client) -> Any:
    sam = shop.token("Sam")
    return shop.call("GET", f"/api/orders/{shop.buy(sam)['id']}", token=sam)["status"]


def _stock(shop: Client) -> Any:
    shop.buy(shop.token("Sam"))
    return shop.call("GET", "/api/products/1")["stock"]


def _dashboard(shop: Client) -> Any:
    return shop.call("GET", "/api/dashboard", token=shop.token("Sam"))["figures"][1]["value"]


def _profile(shop: Client) -> Any:
    sam = shop.token("Sam")
    assert shop.call("PATCH", "/api/me", {"name": "Samuel"}, sam)["name"] == "Samuel"
    return shop.call("GET", "/api/me", token=sam)["name"]


def _refund(shop: Client) -> Any:
    sid = shop.token("Sid")
    assert shop.call("POST", "/api/orders/1003/refund", token=sid)["status"] == "refunded"
    return shop.call("GET", "/api/orders/1003", token=sid)["status"]


def _price(shop: Client) -> Any:
    assert shop.call("PATCH", "/api/products/1", {"price_cents": 1}, shop.token("Mia"))["price_cents"] == 1
    return shop.call("GET", "/api/products/1")["price_cents"]


def _report(shop: Client) -> Any:
    shop.buy(shop.token("Sam"))
    return shop.call("GET", "/api/reports/sales", token=shop.token("Mia"))["units"]


def _csv(shop: Client) -> Any:
    return shop.call("GET", "/api/reports/sales.csv", token=shop.token("Mia"))


def _role(shop: Client) -> Any:
    ada = shop.token("Ada")
    assert shop.call("PUT", "/api/admin/users/1/role", {"role": "support"}, ada)["role"] == "support"
    return shop.call("GET", "/api/admin/users", token=ada)["users"][0]["role"]


def _audit(shop: Client) -> Any:
    shop.call("POST", "/api/orders/1003/refund", token=shop.token("Sid"))
    return len(shop.call("GET", "/api/admin/audit", token=shop.token("Ada"))["entries"])


PROBES: dict[str, Callable[[Client], Any]] = {
    "signup-loses-name": _signup,
    "second-login-fails": _second_login,
    "token-survives-logout": _after_logout,
    "product-search-ignores-query": _search,
    "basket-loses-item": _two_items,
    "quantity-change-ignored": _quantity,
    "wrong-order-total": _order_total,
    "order-not-stored": _order_list,
    "order-status-stuck": _status,
    "stock-not-reduced": _stock,
    "dashboard-of-another-user": _dashboard,
    "profile-change-not-saved": _profile,
    "refund-not-recorded": _refund,
    "price-change-not-saved": _price,
    "sales-report-stale": _report,
    "sales-csv-loses-row": _csv,
    "role-change-ignored": _role,
    "audit-not-written": _audit,
}


@pytest.fixture
def make_client() -> Callable[..., Client]:
    return lambda *defects: Client(create_app(defects=defects, order_step_ms=-1000).test_client())


@pytest.mark.parametrize("name", PROBES)
def test_a_defect_of_the_api_changes_what_the_api_says(make_client: Callable[..., Client], name: str) -> None:
    assert PROBES[name](make_client(name)) != PROBES[name](make_client())


def test_every_functional_defect_is_probed_or_lives_in_the_pages() -> None:
    assert PROBES.keys() | {defect.name for defect in DEFECTS if defect.ui} >= {
        defect.name for defect in DEFECTS if defect.kind is DefectKind.FUNCTIONAL
    }


def test_names_are_unique_and_say_what_to_report() -> None:
    assert len({entry.name for entry in CATALOGUE}) == len(CATALOGUE) == len(BY_NAME)
    assert all(entry.summary and entry.expected for entry in CATALOGUE)


def test_a_decoy_has_no_findings_and_every_other_defect_has_some() -> None:
    assert all(decoy.decoy and not decoy.findings for decoy in DECOYS)
    assert not any(defect.decoy for defect in DEFECTS)
    assert all(defect.findings for defect in DEFECTS if defect.kind is not DefectKind.FUNCTIONAL)


def test_findings_name_rules_and_endpoints_that_there_are() -> None:
    urls = create_app(defects=[]).url_map.iter_rules()
    shapes = {re.sub(r"<[^>]+>", "{id}", str(rule)) for rule in urls}
    for finding in _findings(DefectKind.ACCESS):
        rule, *place = finding.split()
        assert rule in RULES, finding
        if place:
            assert place[0] in ("GET", "POST", "PUT", "PATCH", "DELETE", "PAGE"), finding
            assert place[1] in shapes, finding


def _findings(kind: DefectKind) -> list[str]:
    return [finding for defect in DEFECTS if defect.kind is kind for finding in defect.findings]


def test_every_rule_of_access_has_a_defect_that_breaks_it() -> None:
    broken = {finding.split()[0] for finding in _findings(DefectKind.ACCESS)}
    assert broken | {"token-after-logout"} == RULES


RESILIENCE = [defect for defect in DEFECTS if defect.kind is DefectKind.RESILIENCE]


def test_every_sign_of_trouble_has_a_defect_whose_own_it_is() -> None:
    assert {defect.findings[0].split()[0] for defect in RESILIENCE} == SIGNS
    assert {finding.split()[0] for finding in _findings(DefectKind.RESILIENCE)} == SIGNS


@pytest.mark.parametrize("defect", RESILIENCE, ids=lambda defect: defect.name)
def test_a_resilience_defect_names_fault_and_journey_that_show_it(defect: Defect) -> None:
    assert (ROOT.parent / f"journeys/test_{defect.journey}.py").is_file()
    assert defect.shown_by
    for fault in defect.shown_by:
        assert fault.startswith("hook:") or re.fullmatch(r"[a-z-]+(:\S+( /\S+)?)?( once)? @ .+", fault), fault


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_each_entry_bites_in_one_place(entry: Defect) -> None:
    call, suffix = ("defectOn", "js") if entry.ui else ("defect_on", "py")
    assert sum(file.read_text().count(f'{call}("{entry.name}")') for file in ROOT.rglob(f"*.{suffix}")) == 1


def test_a_misspelt_name_fails_at_once() -> None:
    with create_app(defects=[]).app_context(), pytest.raises(KeyError):
        defect_on("order-not-stord")
    for file in ROOT.rglob("*.js"):
        for name in re.findall(r'defectOn\("([^"]*)"\)', file.read_text()):
            assert BY_NAME[name].ui


def test_the_environment_switches_defects_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO_APP_DEFECTS", "wrong-order-total, audit-not-written")
    assert create_app().config["SHOP"].defects == {"wrong-order-total", "audit-not-written"}
    with pytest.raises(StartError, match="unknown defect"):
        create_app(defects=["nothing"])
