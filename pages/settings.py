from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


class SettingsPage(ShopPage):
    path = "/admin/settings"
    title = "Settings"

    @property
    def form(self) -> Locator:
        return self.main.get_by_role("form", name="Settings", exact=True)

    @property
    def ready(self) -> Locator:
        return self.form

    @property
    def shop_name(self) -> Locator:
        return self.form.get_by_label("Shop name", exact=True)

    @property
    def support_email(self) -> Locator:
        return self.form.get_by_label("Support email", exact=True)

    @property
    def free_delivery_from(self) -> Locator:
        return self.form.get_by_label("Free delivery from (euros)", exact=True)

    @step("Look at the settings of the shop", role_check=True)
    def visit(self) -> None:
        self.navigation.link("Settings").click()

    @visit.confirm
    def expect_settings(self) -> None:
        """Every field is filled in."""
        self.expect_ready()
        for field in (self.shop_name, self.support_email, self.free_delivery_from):
            expect(field, "each setting has a value").not_to_have_value("")
