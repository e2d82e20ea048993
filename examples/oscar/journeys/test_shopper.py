from __future__ import annotations

from examples.oscar.pages.shop import AccountPage, BasketPage, CataloguePage, CheckoutPage, OrdersPage
from stormwalk.fixtures import Walker

BOOK = "Journey Testing"


def test_shopper(newcomer: Walker) -> None:
    """A customer signs up, buys a book, finds the order and logs out."""
    page, actor = newcomer.page, newcomer.account
    catalogue, basket, checkout = CataloguePage(page), BasketPage(page), CheckoutPage(page)
    AccountPage(page).sign_up(actor)
    catalogue.visit()
    catalogue.open_book(BOOK)
    catalogue.add(BOOK)
    basket.visit(BOOK)
    basket.go_to_checkout()
    checkout.fill_in_address("Wanda")
    checkout.go_to_preview()
    checkout.place_order()
    orders = OrdersPage(page)
    orders.find_only_order()
    orders.log_out()
