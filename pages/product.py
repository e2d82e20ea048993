from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.login import LoginPage
from pages.money import euros
from pages.shop_page import ShopPage
from stormwalk.journey import step


class ProductPage(ShopPage):
    path = "/products"
    title = "Product"

    @property
    def price(self) -> Locator:
        return self.main.get_by_test_id("price")

    @property
    def stock(self) -> Locator:
        return self.main.get_by_test_id("stock")

    @property
    def quantity(self) -> Locator:
        return self.main.get_by_label("Quantity", exact=True)

    @property
    def add_button(self) -> Locator:
        return self.main.get_by_role("button", name="Add to basket", exact=True)

    @property
    def log_in_link(self) -> Locator:
        return self.main.get_by_role("link", name="Log in to buy", exact=True)

    @step("See what it costs")
    def expect_price(self, price: int) -> None:
        """The product costs this many cents."""
        expect(self.price, "the product has the price of the catalogue").to_have_text(euros(price))

    @step("Reload, and see the new price", weight=3)
    def expect_new_price(self, price: int) -> None:
        """The price that a manager has just saved is the one that others see."""
        self.page.reload()
        expect(self.price, "a visitor sees the new price").to_have_text(euros(price))

    @step("Reload, and see that what was bought is out of stock", weight=2)
    def expect_stock(self, pieces: int) -> None:
        """So many are left."""
        self.page.reload()
        message = "the articles that were bought have left the stock"
        expect(self.stock, message).to_have_text(f"{pieces} in stock")

    @step("Be asked to log in before buying", role_check=True)
    def choose_to_log_in(self) -> None:
        expect(self.add_button, "a visitor finds no button to buy").to_be_hidden()
        self.log_in_link.click()

    @choose_to_log_in.confirm
    def expect_login(self) -> None:
        LoginPage(self.page).expect_ready()

    @step("Be back at the product that one came from", weight=2)
    def expect_back(self, name: str) -> None:
        """After logging in, the page is open that one wanted to see."""
        expect(self.heading, "after logging in, the page opens that one came from").to_have_text(name)

    @step("Add {quantity} of {name} to the basket", weight=2)
    def add(self, name: str, quantity: int) -> None:
        self.quantity.fill(str(quantity))
        self.add_button.click()

    @add.confirm
    def expect_added(self, name: str, quantity: int) -> None:
        self.expect_message(f"{name} added to basket.")
