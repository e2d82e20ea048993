from __future__ import annotations

from collections.abc import Callable

from journeys.goods import LANTERN
from journeys.people import NAME, buy
from pages.api_session import ApiSession
from pages.dashboard import DashboardPage
from pages.login import LoginPage
from pages.orders import OrdersPage
from pages.support import SupportPage
from stormwalk.fixtures import Walker

LINKS = ("Products", "All orders", "Dashboard")


def test_support(shopper: Walker, walk_as: Callable[[str], Walker]) -> None:
    """Support refunds an order; the shopper sees it, and the figures follow.

    What must not happen: a shopper refunds their own order.
    """
    order = buy(shopper.api, LANTERN.number)
    login = LoginPage(shopper.page)
    login.visit()
    login.log_in(shopper.account)
    ApiSession(shopper.page, shopper.api).expect_refused("shopper", 403, (("POST", f"/orders/{order.number}/refund"),))
    refund(walk_as("sid"), order.number, order.total)
    see_it_refunded(shopper, order.number)


def refund(walker: Walker, number: str, total: int) -> None:
    login, dashboard, orders = LoginPage(walker.page), DashboardPage(walker.page), SupportPage(walker.page)
    growth = {"Orders refunded": 1, "Amount refunded": total}
    login.visit()
    login.log_in(walker.account)
    dashboard.navigation.expect_links(walker.account.role, LINKS)
    dashboard.visit("support")
    before = {label: dashboard.amount(label) for label in growth}
    orders.find(number, NAME)
    orders.refund(number)
    orders.read_again(number)
    dashboard.visit("support")
    dashboard.expect_growth(before, growth)


def see_it_refunded(walker: Walker, number: str) -> None:
    orders, dashboard = OrdersPage(walker.page), DashboardPage(walker.page)
    orders.look_for_refund(number)
    dashboard.visit("shopper")
    dashboard.expect_figures({"Orders placed": "1", "Total spent": "€0.00"})
