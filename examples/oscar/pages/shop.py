"""The pages of the shop that customers see."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from stormwalk.config import Actor
from stormwalk.journey import step
from stormwalk.page import PageObject


class ShopPage(PageObject):
    """What stands on every page: who is signed in, and what the shop says."""

    @property
    def main(self) -> Locator:
        return self.page.locator(".page")

    @property
    def heading(self) -> Locator:
        return self.page.get_by_role("heading", level=1)

    @property
    def log_out_link(self) -> Locator:
        return self.page.get_by_role("link", name="Logout", exact=True)

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
        return self.page.get_by_role("button", name="Register", exact=True)

    @step("Sign up", weight=4, signs_in=True)
    def sign_up(self, actor: Actor) -> None:
        self.open()
        password = actor.password.get_secret_value()
        self.page.locator("[name=registration-email]").fill(actor.username)
        self.page.locator("[name=registration-password1]").fill(password)
        self.page.locator("[name=registration-password2]").fill(password)
        self.ready.click()

    @sign_up.confirm
    def expect_welcome(self, actor: Actor) -> None:
        expect(self.log_out_link, "whoever has signed up is signed in").to_be_visible()

    @step("Log in as {actor.role}", weight=4, signs_in=True)
    def log_in(self, actor: Actor) -> None:
        self.open()
        self.page.locator("[name=login-username]").fill(actor.username)
        self.page.locator("[name=login-password]").fill(actor.password.get_secret_value())
        self.page.get_by_role("button", name="Log In", exact=True).click()

    @log_in.confirm
    def expect_signed_in(self, actor: Actor) -> None:
        # The dashboard, where those go who work here, has a button for it.
        button = self.page.get_by_role("button", name="Log out", exact=True)
        expect(self.log_out_link.or_(button), "one is signed in, and can log out again").to_be_visible()


class CataloguePage(ShopPage):
    path = "/catalogue/"

    @step("Open the catalogue")
    def visit(self) -> None:
        self.open()

    @step("Open the book {title}")
    def open_book(self, title: str) -> None:
        self.main.get_by_role("heading", name=title).get_by_role("link").click()

    @open_book.confirm
    def expect_book(self, title: str) -> None:
        expect(self.heading, f"the page of {title} opens").to_have_text(title)

    @step("Add {title} to the basket", weight=2)
    def add(self, title: str) -> None:
        self.main.get_by_role("button", name="Add to basket", exact=True).click()

    @add.confirm
    def expect_added(self, title: str) -> None:
        said = self.page.locator("#messages").get_by_text(f"{title} has been added to your basket.")
        expect(said, "the shop says that it is in the basket").to_be_visible()


class BasketPage(ShopPage):
    path = "/basket/"

    @step("Look into the basket")
    def visit(self, title: str) -> None:
        self.open()

    @visit.confirm
    def expect_article(self, title: str) -> None:
        expect(self.main.get_by_role("heading", name=title), "the basket holds the book").to_be_visible()

    @step("Go to the checkout")
    def go_to_checkout(self) -> None:
        self.main.get_by_role("link", name="Proceed to checkout").click()

    @go_to_checkout.confirm
    def expect_checkout(self) -> None:
        expect(self.heading, "the checkout asks where to send it").to_have_text("Shipping address")


class CheckoutPage(ShopPage):
    @step("Say where to send it", weight=2)
    def fill_in_address(self, name: str) -> None:
        lines = {
            "First name": name,
            "Last name": "Walker",
            "First line of address": "1 Storm Lane",
            "City": "Porthaven",
        }
        for label, value in {**lines, "Post/Zip-code": "NW1 6XE"}.items():
            self.main.get_by_label(label).fill(value)
        self.main.get_by_label("Country").select_option(label="United Kingdom")
        self.main.get_by_role("button", name="Continue").click()

    @fill_in_address.confirm
    def expect_payment(self, name: str) -> None:
        expect(self.heading, "there is nothing to pay yet").to_have_text("Enter payment details")

    @step("Go on to the preview")
    def go_to_preview(self) -> None:
        self.main.get_by_role("link", name="Continue").click()

    @go_to_preview.confirm
    def expect_preview(self) -> None:
        expect(self.place_order_button, "the order can be placed").to_be_visible()

    @property
    def place_order_button(self) -> Locator:
        return self.main.get_by_role("button", name="Place order")

    @step("Place the order", weight=5)
    def place_order(self) -> None:
        self.place_order_button.click()

    @place_order.confirm
    def expect_confirmed(self) -> None:
        expect(self.main, "the shop thanks for the order").to_contain_text("Your order has been placed")


class OrdersPage(ShopPage):
    path = "/accounts/orders/"

    @step("Find the order among one's own", weight=2)
    def find_only_order(self) -> None:
        self.open()

    @find_only_order.confirm
    def expect_one(self) -> None:
        expect(self.main.locator("tbody").get_by_role("link"), "there is exactly one order").to_have_count(1)
