"""The dashboard of those who work in the shop, and its doors."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from examples.oscar.pages.shop import ShopPage
from stormwalk.journey import step


class DashboardPage(ShopPage):
    @step("Find the newest order among those of all customers", role_check=True)
    def find_order(self, number: str) -> None:
        self.page.goto("/dashboard/orders/")
        expect(self.page.get_by_role("link", name=number).first, "the newest order is listed").to_be_visible()

    @step("Read the order", role_check=True, weight=2)
    def read_order(self, number: str, name: str) -> None:
        self.page.goto(f"/dashboard/orders/{number}/")
        expect(self.page.locator("body"), "the order names who gets it").to_contain_text(name)

    @step("Enter {path} as {role}", role_check=True)
    def enter(self, path: str, role: str) -> None:
        self.page.goto(path)
        expect(self.page, f"{role} may open it").to_have_url(path)
        # What answers in the place of a page, a refusal or an error of the server, does not bear the shop's name.
        expect(self.page, f"{role} is shown the page").to_have_title(re.compile("Oscar"))

    @step("Try {path} as {role}", role_check=True)
    def try_door(self, path: str, role: str) -> None:
        self.page.goto(path)
        expect(self.refusal, f"{role} is turned away").to_be_visible()

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("heading", name="403 Forbidden")

    @step("Try {path} without an account", role_check=True)
    def try_as_visitor(self, path: str) -> None:
        self.page.goto(path)
        expect(self.page.locator("[type=password]").first, "whoever is nobody is asked to log in").to_be_visible()
