from __future__ import annotations

from pages.api_session import ApiSession
from pages.doors import Doors
from pages.login import LoginPage
from stormwalk.fixtures import Walker

LINKS = ("Products", "Basket", "Your orders", "Dashboard")
DOORS = ("/support", "/manage/products", "/manage/sales", "/admin/users", "/admin/audit", "/admin/settings")
ENDPOINTS = (
    ("GET", "/support/orders"),
    ("POST", "/orders/1001/refund"),
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


def test_shopper_at_staff_doors(shopper: Walker) -> None:
    """A shopper is turned away where only staff may go.

    What must not happen: the navigation offers such a place, or the API answers behind it.
    """
    login, doors = LoginPage(shopper.page), Doors(shopper.page)
    login.visit()
    login.log_in(shopper.account)
    login.navigation.expect_links("shopper", LINKS)
    for path in DOORS:
        doors.try_as("shopper", path)
    ApiSession(shopper.page, shopper.api).expect_refused("shopper", 403, ENDPOINTS)
