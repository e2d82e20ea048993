from __future__ import annotations

from typing import ClassVar

from playwright.sync_api import Locator, expect

from pages.navigation import Account, Navigation
from stormwalk.page import PageObject


class ShopPage(PageObject):
    """What every page of the shop has: a heading, navigations, and a place for messages."""

    title: ClassVar[str] = ""

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def heading(self) -> Locator:
        return self.main.get_by_role("heading", level=1)

    @property
    def message(self) -> Locator:
        return self.page.get_by_role("status", name="Message", exact=True)

    @property
    def navigation(self) -> Navigation:
        return Navigation(self.page.get_by_role("navigation", name="Main"))

    @property
    def account(self) -> Account:
        return Account(self.page.get_by_role("navigation", name="Account"))

    def expect_ready(self) -> None:
        """Waits for the heading and for what the page is about."""
        expect(self.heading, f"the page has the heading “{self.title}”").to_have_text(self.title)
        expect(self.ready, f"the page “{self.title}” shows what it is about").to_be_visible()

    def expect_message(self, text: str) -> None:
        """Waits until the shop says so."""
        expect(self.message, f"the shop says “{text}”").to_have_text(text)
