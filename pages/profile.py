from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


class ProfilePage(ShopPage):
    path = "/profile"
    title = "Your profile"

    @property
    def form(self) -> Locator:
        return self.main.get_by_role("form", name="Profile", exact=True)

    @property
    def ready(self) -> Locator:
        return self.form

    @property
    def email(self) -> Locator:
        return self.form.get_by_label("Email", exact=True)

    @property
    def name(self) -> Locator:
        return self.form.get_by_label("Name", exact=True)

    @property
    def address(self) -> Locator:
        return self.form.get_by_label("Delivery address", exact=True)

    @property
    def save_button(self) -> Locator:
        return self.form.get_by_role("button", name="Save changes", exact=True)

    @step("Open one's own profile")
    def visit(self, email: str) -> None:
        self.account.root.get_by_role("link", name="Profile", exact=True).click()

    @visit.confirm
    def expect_own(self, email: str) -> None:
        """The profile is one's own, and is filled in."""
        self.expect_ready()
        expect(self.email, "the profile is one's own").to_have_value(email)

    @step("Change name and address", weight=2)
    def change(self, name: str, address: str) -> None:
        self.name.fill(name)
        self.address.fill(address)
        self.save_button.click()

    @change.confirm
    def expect_said(self, name: str, address: str) -> None:
        self.expect_message("Your profile is saved.")

    @step("Reload, and see that the profile is saved", weight=2)
    def read_again(self, name: str, address: str) -> None:
        self.page.reload()

    @read_again.confirm
    def expect_saved(self, name: str, address: str) -> None:
        """What was saved is there again."""
        # The form is empty until it has been read, and then it is full.
        expect(self.email, "the profile is read again").not_to_have_value("")
        expect(self.name, "the new name is still there after a reload").to_have_value(name)
        expect(self.address, "the new address is still there after a reload").to_have_value(address)
