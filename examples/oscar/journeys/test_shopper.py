from __future__ import annotations

import secrets
from collections.abc import Callable

from pydantic import SecretStr

from examples.oscar.pages.shop import AccountPage, BasketPage, CataloguePage, CheckoutPage, OrdersPage
from stormwalk.config import Actor
from stormwalk.fixtures import Walker

BOOK = "Journey Testing"


def test_shopper(walk_as: Callable[[Actor], Walker]) -> None:
    """A customer signs up, buys a book, finds the order and logs out."""
    name = f"walker-{secrets.token_hex(4)}"
    actor = Actor(name=name, role="customer", username=f"{name}@shop.test", password=SecretStr("Passw0rd-new"))
    page = walk_as(actor).page
    catalogue, checkout, orders = CataloguePage(page), CheckoutPage(page), OrdersPage(page)
    AccountPage(page).sign_up(actor)
    catalogue.open_book(BOOK)
    catalogue.add(BOOK)
    BasketPage(page).check_out(BOOK)
    checkout.fill_in_address("Wanda")
    checkout.place_order()
    orders.find_only_order()
    orders.log_out()
