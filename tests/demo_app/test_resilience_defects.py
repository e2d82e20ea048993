"""Each resilience defect shows under its fault, and the clean shop bears up under the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from demo_app.defects import DEFECTS, DefectKind
from tests.demo_app.visit import Visit, visit

pytestmark = pytest.mark.catalogue


@dataclass(frozen=True, slots=True)
class Case:
    """What happens to the visitor, and what comes of it in the clean shop and in the one with the defect."""

    defect: str
    look: Callable[[Visit], Any]
    clean: Any
    bitten: Any


def _at_checkout(visit: Visit) -> None:
    visit.fill_basket()
    visit.sign_in()
    visit.page.goto("/checkout")
    visit.page.get_by_label("Recipient").fill("Canary")
    visit.page.get_by_label("Delivery address").fill("7 Nest")


def _lost_reply(visit: Visit) -> Any:
    """The number of orders, after the user has pressed Retry where it is offered."""
    visit.lose_reply("POST", "/api/orders")
    _at_checkout(visit)
    visit.press("Place order")
    confirmation = visit.page.get_by_role("status", name="Confirmation")
    retry = visit.page.get_by_role("button", name="Retry")
    expect(confirmation.or_(retry)).to_be_visible()
    if retry.is_visible():
        retry.click()
    expect(confirmation).to_be_visible()
    return visit.orders()


def _failed_order(visit: Visit) -> Any:
    """What the page shows of an order that has failed: alert, thanks, what was typed, the button."""
    visit.fail("POST", "/api/orders")
    _at_checkout(visit)
    visit.press("Place order")
    thanks = visit.page.get_by_role("status", name="Confirmation")
    expect(visit.alert.or_(thanks)).to_be_visible()
    if thanks.is_visible():
        return "thanks", visit.orders()
    button = visit.page.locator("form[aria-label=Delivery] button")
    return visit.page.get_by_label("Recipient").input_value(), button.is_enabled()


def _lost_add(visit: Visit) -> Any:
    visit.lose_reply("POST", "/api/basket/items")
    visit.sign_in()
    visit.page.goto("/products/1")
    visit.press("Add to basket")
    assert visit.told() == "Storm Lantern added to basket."
    return visit.api("GET", "/api/basket")["count"]


def _failed_add(visit: Visit) -> Any:
    visit.fail("POST", "/api/basket/items")
    visit.sign_in()
    visit.page.goto("/products/1")
    with visit.page.expect_response("**/api/basket/items"):
        visit.press("Add to basket")
    return visit.until(lambda: visit.alert.count(), 1)


def _failed_profile(visit: Visit) -> Any:
    visit.sign_in()
    visit.page.goto("/profile")
    visit.page.get_by_label("Name").fill("Nia Newer")
    visit.fail("PATCH", "/api/me")
    visit.page.get_by_role("button", name="Save changes").click()
    return visit.told()


def _in_basket(visit: Visit) -> None:
    visit.fill_basket()
    visit.sign_in()
    visit.page.goto("/basket")


def _failed_quantity(visit: Visit) -> Any:
    visit.fail("PATCH", "/api/basket/items/1")
    _in_basket(visit)
    visit.page.get_by_label("Quantity of Storm Lantern", exact=True).fill("3")
    visit.press("Update quantity of Storm Lantern")
    return visit.told()


def _failed_removal(visit: Visit) -> Any:
    visit.fail("DELETE", "/api/basket/items/1")
    _in_basket(visit)
    visit.press("Remove Storm Lantern")
    visit.until(lambda: visit.errors or visit.alert.count())
    return visit.alert.count(), len(visit.errors)


def _failed_dashboard(visit: Visit) -> Any:
    visit.fail("GET", "/api/dashboard")
    visit.sign_in()
    visit.page.goto("/dashboard")
    visit.until(lambda: visit.alert.count(), 1)
    return visit.alert.count(), visit.page.get_by_text("Loading…").count()


def _failed_orders(visit: Visit) -> Any:
    visit.fail("GET", "/api/orders")
    visit.sign_in()
    visit.page.goto("/orders")
    empty = visit.page.get_by_text("You have no orders yet.")
    expect(visit.alert.or_(empty)).to_be_visible()
    return empty.count()


def _slow_basket(visit: Visit) -> Any:
    held: list[Route] = []
    _in_basket(visit)
    expect(visit.page.get_by_label("Total", exact=True)).to_be_visible()
    visit.api("PATCH", "/api/basket/items/1", {"quantity": 2})
    visit.strike("GET", "/api/basket", held.append)
    visit.page.goto("/checkout")
    visit.page.wait_for_timeout(500)
    held[0].fallback()
    return visit.page.get_by_label("Total", exact=True).inner_text()


def _failed_products(see: Callable[[Visit], Any], status: int = 500) -> Callable[[Visit], Any]:
    def look(visit: Visit) -> Any:
        visit.fail("GET", "/api/products?q=", status)
        visit.page.goto("/")
        visit.until(lambda: visit.alert.count() or not visit.page.locator("body *").count())
        return see(visit)

    return look


def _too_wide(visit: Visit) -> bool:
    return bool(visit.page.evaluate("document.documentElement.scrollWidth > innerWidth + 100"))


def _after_the_fault(visit: Visit) -> bool:
    visit.page.unroute_all()
    visit.page.reload()
    return visit.until(lambda: visit.page.get_by_role("article").count(), 2)


def _without_logo(visit: Visit) -> Any:
    visit.strike("GET", "/favicon.svg", lambda route: route.fulfill(status=404))
    visit.page.goto("/")
    expect(visit.page.locator("article").first).to_be_attached()
    return visit.page.get_by_role("heading", level=1).count()


def _hanging(visit: Visit) -> Any:
    visit.page.route("**/api/products?q=", lambda _: None)
    visit.page.goto("/")
    return visit.until(lambda: visit.alert.count(), 8)


def _obeys_retry_after(visit: Visit) -> Any:
    visit.fail("GET", "/api/products?q=", 429, retry_after="1")
    visit.page.goto("/")
    visit.until(lambda: len(visit.struck) > 2)
    return all(later - earlier > 0.9 for earlier, later in pairwise(visit.struck))


def _at_moving_order(visit: Visit) -> None:
    visit.fill_basket()
    number = visit.api("POST", "/api/orders", {"recipient": "C", "address": "A"})["id"]
    visit.sign_in()
    visit.page.goto(f"/orders/{number}")


def _cut_stream(visit: Visit) -> Any:
    visit.fail("GET", "/events", 503)
    _at_moving_order(visit)
    visit.until(lambda: len(visit.struck) > 10 or visit.alert.count(), 30)  # the alert says that it has given up
    return len(visit.struck) > 10


def _stopped_stream(visit: Visit) -> Any:
    visit.fail("GET", "/events", 503, retry_after="60")
    _at_moving_order(visit)
    visit.until(lambda: visit.errors or visit.alert.count())
    return visit.alert.count(), len(visit.errors)


def _ended_session(visit: Visit) -> Any:
    _at_checkout(visit)
    visit.api("DELETE", "/api/session")
    visit.press("Place order")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Log in")
    visit.page.get_by_label("Email").fill(visit.email)
    visit.page.get_by_label("Password").fill("Passw0rd-Nia")
    visit.main.get_by_role("button", name="Log in").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Checkout")
    return visit.page.get_by_label("Recipient").input_value()


def _failed_me(visit: Visit) -> Any:
    """Where the user is, and which links of an admin are there."""
    visit.sign_in()
    visit.fail("GET", "/api/me")
    visit.page.goto("/orders")
    login = visit.page.get_by_role("heading", name="Log in", exact=True)
    expect(visit.alert.or_(login)).to_be_visible()
    return login.count(), visit.page.get_by_role("link", name="Users", exact=True).count()


CASES = (
    Case("order-without-idempotency-key", _lost_reply, 1, 2),
    Case("order-repeated-blindly", _lost_reply, 1, 2),
    Case("replay-drops-order", _lost_reply, 1, 0),
    Case("basket-add-key-renewed", _lost_add, 1, 2),
    Case("order-queued-and-forgotten", _failed_order, ("Canary", True), ("thanks", 0)),
    Case("input-cleared-on-error", _failed_order, ("Canary", True), ("", True)),
    Case("button-stays-disabled", _failed_order, ("Canary", True), ("Canary", False)),
    Case("profile-saved-too-early", _failed_profile, "alert", "Your profile is saved."),
    Case("quantity-saved-whatever-comes", _failed_quantity, "alert", "Quantity of Storm Lantern saved."),
    Case("add-failure-swallowed", _failed_add, True, False),
    Case("removal-failure-unhandled", _failed_removal, (1, 0), (0, 1)),
    Case("dashboard-spins-for-ever", _failed_dashboard, (1, 0), (0, 1)),
    Case("orders-failure-looks-empty", _failed_orders, 0, 1),
    Case("checkout-shows-cached-basket", _slow_basket, "€69.00", "€39.40"),
    Case("blank-page-on-error", _failed_products(lambda visit: visit.page.locator("body *").count() == 0), False, True),
    Case("alert-breaks-layout", _failed_products(_too_wide), False, True),
    Case("stack-shown-in-alert", _failed_products(lambda visit: "api.js:" in visit.alert.inner_text()), False, True),
    Case("retries-without-back-off", _failed_products(lambda visit: len(visit.struck) > 10, 503), False, True),
    Case("breaker-never-closes", _failed_products(_after_the_fault), True, False),
    Case("page-hidden-until-logo", _without_logo, 1, 0),
    Case("calls-without-time-out", _hanging, True, False),
    Case("retry-after-ignored", _obeys_retry_after, True, False),
    Case("stream-reconnects-at-once", _cut_stream, False, True),
    Case("stream-failure-unhandled", _stopped_stream, (1, 0), (0, 1)),
    Case("draft-lost-with-session", _ended_session, "Canary", "Nia New"),
    Case("logged-out-by-a-failure", _failed_me, (0, 0), (1, 0)),
    Case("navigation-fails-open", _failed_me, (0, 0), (0, 1)),
)
# What is tried without a browser, in test_resilience_api.
BY_API = {"basket-lost-with-session", "fails-open-when-permissions-are-down", "trace-in-refusal"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.defect)
def test_a_defect_shows_under_its_fault(chromium: Browser, case: Case) -> None:
    seen = []
    for names in ((), (case.defect,)):
        with visit(chromium, *names) as visitor:
            seen.append(case.look(visitor))
    assert seen == [case.clean, case.bitten]


def test_every_resilience_defect_is_tried() -> None:
    assert {case.defect for case in CASES} | BY_API == {
        defect.name for defect in DEFECTS if defect.kind is DefectKind.RESILIENCE
    }
