from __future__ import annotations

from pages.api_session import ApiSession
from pages.catalogue import CataloguePage
from pages.doors import Doors
from stormwalk.fixtures import Walker

LINKS = ("Products",)
DOORS = (
    "/basket",
    "/checkout",
    "/orders",
    "/orders/1001",
    "/dashboard",
    "/profile",
    "/support",
    "/manage/products",
    "/manage/sales",
    "/admin/users",
    "/admin/audit",
    "/admin/settings",
)
ENDPOINTS = (
    ("GET", "/me"),
    ("PATCH", "/me"),
    ("PUT", "/me/password"),
    ("DELETE", "/session"),
    ("GET", "/basket"),
    ("POST", "/basket/items"),
    ("DELETE", "/basket"),
    ("GET", "/orders"),
    ("POST", "/orders"),
    ("GET", "/orders/1001"),
    ("GET", "/orders/1001/events"),
    ("POST", "/orders/1001/cancel"),
    ("POST", "/orders/1001/refund"),
    ("GET", "/support/orders"),
    ("GET", "/dashboard"),
    ("POST", "/products"),
    ("PATCH", "/products/1"),
    ("DELETE", "/products/1"),
    ("GET", "/reports/sales"),
    ("GET", "/reports/sales.csv"),
    ("GET", "/admin/users"),
    ("PUT", "/admin/users/1/role"),
    ("GET", "/admin/audit"),
    ("GET", "/admin/settings"),
    ("PUT", "/admin/settings"),
)


def test_visitor(visitor: Walker) -> None:
    """A visitor looks around, and is turned away at every door.

    What must not happen: a visitor finds a button to buy, or any answer behind a door.
    """
    catalogue, doors = CataloguePage(visitor.page), Doors(visitor.page)
    catalogue.visit()
    catalogue.expect_nothing_to_buy()
    catalogue.navigation.expect_links("visitor", LINKS)
    for path in DOORS:
        doors.try_as_visitor(path)
    ApiSession(visitor.page, visitor.api).expect_refused("visitor", 401, ENDPOINTS)
