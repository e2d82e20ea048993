from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.config import Actor
from stormwalk.journey import step


class SignUpPage(ShopPage):
    path = "/signup"
    title = "Sign up"

    @property
    def ready(self) -> Locator:
        return self.sign_up_button

    @property
    def name(self) -> Locator:
        return self.main.get_by_label("Name", exact=True)

    @property
    def email(self) -> Locator:
        return self.main.get_by_label("Email", exact=True)

    @property
    def password(self) -> Locator:
        return self.main.get_by_label("Password", exact=True)

    @property
    def sign_up_button(self) -> Locator:
        return self.main.get_by_role("button", name="Sign up", exact=True)

    @step("Sign up", weight=4)
    def sign_up(self, actor: Actor, name: str) -> None:
        self.name.fill(name)
        self.email.fill(actor.username)
        self.password.fill(actor.password.get_secret_value())
        self.sign_up_button.click()

    @sign_up.confirm
    def expect_account(self, actor: Actor, name: str) -> None:
        """The log-in page opens, with the email filled in."""
        self.expect_message("Your account is ready. Please log in.")
        expect(self.email, "the log-in page knows the email of the new account").to_have_value(actor.username)
