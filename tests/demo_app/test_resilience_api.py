"""What of resilience needs no browser: the fault hooks of the shop, and the defects of its API."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.demo_app.api import Api
from tests.demo_app.shop import running_shop

HOOK = "/fault-hooks/permissions"


def _after_renewal(shop: Api) -> Any:
    session = shop.log_in("Sam").get_json()
    shop.json("POST", "/api/basket/items", {"product_id": 1}, token=session["access_token"])
    renewed = shop.json("POST", "/api/session/refresh", {"refresh_token": session["refresh_token"]})
    return shop.json("GET", "/api/basket", token=renewed["access_token"])["count"]


@pytest.mark.parametrize(("names", "count"), [((), 1), (("basket-lost-with-session",), 0)])
def test_a_renewed_session_has_the_basket(names: tuple[str, ...], count: int) -> None:
    assert _after_renewal(Api(*names)) == count


@pytest.mark.parametrize(("names", "shown"), [((), False), (("trace-in-refusal",), True)])
def test_a_refusal_names_no_file_of_the_server(names: tuple[str, ...], shown: bool) -> None:
    answer = Api(*names).call("POST", "/api/orders", {})
    assert answer.status_code == 401
    assert ('File "' in answer.get_json()["error"].get("help", "")) is shown


def test_there_is_no_hook_unless_it_was_asked_for() -> None:
    assert [Api().status(method, HOOK) for method in ("GET", "PUT", "DELETE")] == [404, 404, 404]


@pytest.mark.parametrize(
    ("names", "shopper"), [((), 503), (("fails-open-when-permissions-are-down",), 200)], ids=["clean", "open"]
)
def test_nobody_gets_in_while_permissions_cannot_be_checked(names: tuple[str, ...], shopper: int) -> None:
    shop = Api(*names, fault_hooks=True)
    sam, ada = shop.token("Sam"), shop.token("Ada")
    assert shop.json("PUT", HOOK, {"fail": True}) == {"fail": True, "delay_ms": 0}
    assert shop.status("GET", "/api/admin/users", token=sam) == shopper
    assert shop.status("GET", "/api/admin/users", token=ada) == (200 if names else 503)
    assert shop.status("GET", "/api/admin/users") == 401
    assert shop.json("DELETE", HOOK) == {"fail": False, "delay_ms": 0} == shop.json("GET", HOOK)
    assert [shop.status("GET", "/api/admin/users", token=token) for token in (sam, ada)] == [403, 200]


def test_the_check_of_permissions_can_be_slow() -> None:
    shop = Api(fault_hooks=True)
    shop.json("PUT", HOOK, {"delay_ms": 300})
    before = time.monotonic()
    assert shop.status("GET", "/api/admin/users", token=shop.token("Sam")) == 403
    assert time.monotonic() - before >= 0.3


@pytest.mark.parametrize("body", [{"fail": "yes"}, {"fail": 1}, {"delay_ms": -1}, {"delay_ms": 10**9}, []])
def test_a_hook_refuses_what_it_does_not_understand(body: Any) -> None:
    shop = Api(fault_hooks=True)
    assert shop.status("PUT", HOOK, body) == 422
    assert shop.json("GET", HOOK) == {"fail": False, "delay_ms": 0}


def test_the_option_adds_the_hooks() -> None:
    with running_shop("--fault-hooks") as (shop, _):
        assert shop.json("PUT", HOOK, {"fail": True})["fail"] is True


def test_the_figures_of_the_dashboard_can_be_slow() -> None:
    shop = Api("slow-but-busy")
    sam = shop.token("Sam")
    before = time.monotonic()
    assert shop.json("GET", "/api/dashboard", token=sam)["role"] == "shopper"
    assert time.monotonic() - before >= 1.2
