"""The pages of the shop that customers see."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from stormwalk.config import Actor
from stormwalk.journey import step
from stormwalk.page import PageObject


class ShopPage(PageObject):
    @property
    def main(self) -> Locator:
        return self.page.locator(".page")

    @property
    def log_out_link(self) -> Locator:
        return self.page.get_by_role("link", name="Logout", exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def fill(self, **fields: str) -> None:
        """Fields by their names: two forms on one page have the same labels."""
        for name, value in fields.items():
            self.page.locator(f"[name={name.replace('__', '-')}]").fill(value)

    @step("Log out", weight=3)
    def log_out(self) -> None:
        self.log_out_link.click()

    @log_out.confirm
    def expect_logged_out(self) -> None:
        expect(self.log_out_link, "nobody is signed in any more").to_be_hidden()
        expect(self.page.get_by_role("link", name="Login or register"), "one can log in again").to_be_visible()


class AccountPage(ShopPage):
    path = "/accounts/login/"

    @property
    def ready(self) -> Locator:
        return self.button("Register")

    @step("Sign up", weight=4, signs_in=True)
    def sign_up(self, actor: Actor) -> None:
        self.open()
        password = actor.password.get_secret_value()
        self.fill(
            registration__email=actor.username, registration__password1=password, registration__password2=password
        )
        self.ready.click()

    @sign_up.confirm
    def expect_welcome(self, actor: Actor) -> None:
        expect(self.log_out_link, "whoever has signed up is signed in").to_be_visible()

    @sign_up.retry
    def log_in_instead(self, actor: Actor) -> None:
        """Whoever does not know whether it has worked."""
        self.fill_in_log_in(actor)

    @step("Log in as {actor.role}", weight=4, signs_in=True)
    def log_in(self, actor: Actor) -> None:
        self.fill_in_log_in(actor)

    def fill_in_log_in(self, actor: Actor) -> None:
        self.open()
        self.fill(login__username=actor.username, login__password=actor.password.get_secret_value())
        self.button("Log In").click()

    @log_in.confirm
    def expect_signed_in(self, actor: Actor) -> None:
        # The dashboard, where those go who work here, has a button for it.
        ways_out = self.log_out_link.or_(self.button("Log out"))
        expect(ways_out, "one is signed in, and can log out again").to_be_visible()


class CataloguePage(ShopPage):
    path = "/catalogue/"

    @step("Open the book {title} in the catalogue")
    def open_book(self, title: str) -> None:
        self.open()
        self.main.get_by_role("heading", name=title).get_by_role("link").click()

    @open_book.confirm
    def expect_book(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1), f"the page of {title} opens").to_have_text(title)

    @step("Add {title} to the basket", weight=2)
    def add(self, title: str) -> None:
        self.main.get_by_role("button", name="Add to basket", exact=True).click()

    @add.confirm
    def expect_added(self, title: str) -> None:
        total = self.page.locator(".basket-mini")
        expect(total, f"the basket, which was empty, is worth what {title} costs").not_to_contain_text("£0.00")


class BasketPage(ShopPage):
    path = "/basket/"

    @step("Go to the checkout with {title} in the basket")
    def check_out(self, title: str) -> None:
        self.open()
        expect(self.main.get_by_role("heading", name=title), "the basket holds the book").to_be_visible()
        self.main.get_by_role("link", name="Proceed to checkout").click()

    @check_out.confirm
    def expect_checkout(self, title: str) -> None:
        expect(self.main.get_by_label("First name"), "the checkout asks where to send it").to_be_visible()


class CheckoutPage(ShopPage):
    @step("Say where to send it", weight=2)
    def fill_in_address(self, name: str) -> None:
        self.send_address(name)

    @fill_in_address.retry
    def fill_in_address_again(self, name: str) -> None:
        """An address that is said twice does nothing twice."""
        self.page.goto("/checkout/shipping-address/")
        self.send_address(name)

    def send_address(self, name: str) -> None:
        self.fill(first_name=name, last_name="Walker", line1="1 Storm Lane", line4="Porthaven", postcode="NW1 6XE")
        self.main.get_by_label("Country").select_option(label="United Kingdom")
        self.button("Continue").click()

    @fill_in_address.confirm
    def expect_payment(self, name: str) -> None:
        expect(self.main.get_by_role("link", name="Continue"), "there is nothing to pay yet").to_be_visible()

    @step("Go on to the preview")
    def go_to_preview(self) -> None:
        self.main.get_by_role("link", name="Continue").click()

    @go_to_preview.confirm
    def expect_preview(self) -> None:
        expect(self.button("Place order"), "the order can be placed").to_be_visible()

    @step("Place the order", weight=5)
    def place_order(self) -> None:
        self.button("Place order").click()

    @place_order.confirm
    def expect_confirmed(self) -> None:
        expect(self.main, "the shop thanks for the order").to_contain_text("Your order has been placed")


class OrdersPage(ShopPage):
    @step("Find the order among one's own", weight=2)
    def find_only_order(self) -> None:
        self.page.goto("/accounts/orders/")
        expect(self.main.locator("tbody").get_by_role("link"), "there is exactly one order").to_have_count(1)
