from __future__ import annotations

from collections.abc import Callable

import pytest

from examples.oscar.pages.dashboard import DashboardPage
from examples.oscar.pages.shop import AccountPage
from stormwalk.api import ApiClient
from stormwalk.fixtures import Walker

ADDRESS = {"last_name": "Walker", "line1": "1 Storm Lane", "line4": "Porthaven", "postcode": "NW1 6XE"}
# Who may go where in the dashboard, and where not.
DOORS = {
    "partner": (("/dashboard/orders/", "/dashboard/catalogue/"), ("/dashboard/users/", "/dashboard/offers/")),
    "staff": (("/dashboard/",), ("/dashboard/orders/", "/dashboard/users/", "/dashboard/partners/")),
}


def test_support(walk_as: Callable[[str], Walker]) -> None:
    """Support reads the order of a customer in the dashboard."""
    walker = walk_as("support")
    number = buy_one(walk_as("alice").api, "Wendy")
    AccountPage(walker.page).log_in(walker.account)
    dashboard = DashboardPage(walker.page)
    dashboard.find_order(number)
    dashboard.read_order(number, "Wendy")


@pytest.mark.parametrize("name", DOORS)
def test_doors(walk_as: Callable[[str], Walker], name: str) -> None:
    """Partner and staff enter what is theirs in the dashboard, and are turned away from the rest."""
    walker = walk_as(name)
    AccountPage(walker.page).log_in(walker.account)
    dashboard, (open_to, closed_to) = DashboardPage(walker.page), DOORS[name]
    for path in open_to:
        dashboard.enter(path, name)
    for path in closed_to:
        dashboard.try_door(path, name)


def test_visitor(visitor: Walker) -> None:
    """Whoever has no account is asked to log in everywhere but in the catalogue."""
    dashboard = DashboardPage(visitor.page)
    dashboard.enter("/catalogue/", "everybody")
    for path in (
        "/accounts/orders/",
        "/accounts/profile/",
        "/checkout/",
        "/dashboard/",
        "/dashboard/orders/",
        "/admin/",
    ):
        dashboard.try_as_visitor(path)


def buy_one(api: ApiClient, name: str) -> str:
    """An order of whoever the client is, made through the API; its number."""
    api.sign_in()
    basket = api.get("/api/basket/").json()["url"]
    assert api.post("/api/basket/add-product/", json={"url": "/api/products/1/", "quantity": 1}).ok
    address = {"first_name": name, "country": "/api/countries/GB/", **ADDRESS}
    bought = api.post("/api/checkout/", json={"basket": basket, "shipping_address": address})
    assert bought.ok, f"the order is taken: {bought.status_code} {bought.text[:200]}"
    return str(bought.json()["number"])
