from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from pages.sign_up import SignUpPage
from stormwalk.config import Actor
from stormwalk.journey import step


class LoginPage(ShopPage):
    path = "/login"
    title = "Log in"

    @property
    def ready(self) -> Locator:
        return self.log_in_button

    @property
    def email(self) -> Locator:
        return self.main.get_by_label("Email", exact=True)

    @property
    def password(self) -> Locator:
        return self.main.get_by_label("Password", exact=True)

    @property
    def log_in_button(self) -> Locator:
        return self.main.get_by_role("button", name="Log in", exact=True)

    @property
    def sign_up_link(self) -> Locator:
        return self.main.get_by_role("link", name="Create one", exact=True)

    @step("Open the log-in page")
    def visit(self) -> None:
        self.open()

    @step("Choose to create an account")
    def choose_to_sign_up(self) -> None:
        self.sign_up_link.click()

    @choose_to_sign_up.confirm
    def expect_sign_up(self) -> None:
        SignUpPage(self.page).expect_ready()

    @step("Log in as {actor.role}", weight=4, signs_in=True)
    def log_in(self, actor: Actor) -> None:
        self._send(actor)

    @log_in.confirm
    def expect_welcome(self, actor: Actor) -> None:
        """The shop greets, and offers to log out."""
        expect(self.message, "the shop greets whoever has logged in").to_contain_text("Welcome, ")
        expect(self.account.log_out_button, "one can log out again").to_be_visible()

    @step("Log in a second time", weight=4, signs_in=True)
    def log_in_again(self, actor: Actor) -> None:
        self._send(actor)

    @log_in_again.confirm
    def expect_second_welcome(self, actor: Actor) -> None:
        expect(self.message, "the right password works after a log-out too").to_contain_text("Welcome, ")

    def expect_asked(self) -> None:
        """Waits until a protected page has led here."""
        expect(self.heading, "who is not logged in is led to the log-in page").to_have_text(self.title)
        self.expect_message("Please log in to see this page.")

    def _send(self, actor: Actor) -> None:
        self.email.fill(actor.username)
        self.password.fill(actor.password.get_secret_value())
        self.log_in_button.click()
