from __future__ import annotations

from journeys.goods import SOCKS, WHISTLE, sums_of
from journeys.people import ADDRESS, NAME, fill_basket
from pages.basket import BasketPage
from pages.checkout import CheckoutPage
from pages.login import LoginPage
from pages.orders import OrdersPage
from stormwalk.fixtures import Walker

BASKET = (WHISTLE.name, SOCKS.name)
SUMS = sums_of((SOCKS, 2))


def test_hasty_shopper(shopper: Walker) -> None:
    """A shopper changes their mind about the basket, and clicks twice on the order.

    What must not happen: a second order.
    """
    fill_basket(shopper.api, WHISTLE.number, 1)
    fill_basket(shopper.api, SOCKS.number, 2)
    login, basket, checkout, orders = (
        LoginPage(shopper.page),
        BasketPage(shopper.page),
        CheckoutPage(shopper.page),
        OrdersPage(shopper.page),
    )
    login.visit()
    login.log_in(shopper.account)
    basket.visit(BASKET)
    basket.remove(WHISTLE.name)
    basket.expect_sums(SUMS)
    basket.go_to_checkout()
    checkout.fill_in(NAME, ADDRESS)
    checkout.place_order_twice()
    checkout.expect_bought(SUMS, NAME, ADDRESS)
    number = checkout.order_number()
    orders.find(number, SUMS.total)
    orders.expect_only(number)
    basket.visit(())
