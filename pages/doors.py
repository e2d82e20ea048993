from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Locator, expect

from pages.login import LoginPage
from pages.shop_page import ShopPage
from stormwalk.journey import step


class Doors(ShopPage):
    """The pages that not everybody may open, as seen by somebody who tries all the same."""

    title = "You do not have access to this page"

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert").get_by_role("heading", name=self.title, exact=True)

    @step("Try {path} without an account", role_check=True)
    def try_as_visitor(self, path: str) -> None:
        self.page.goto(path)

    @try_as_visitor.confirm
    def expect_login(self, path: str) -> None:
        """The log-in page opens, and remembers where one wanted to go."""
        LoginPage(self.page).expect_asked()
        message = "the log-in page remembers where one wanted to go"
        expect(self.page, message).to_have_url(f"/login?next={quote(path, safe='')}")

    @step("Try {path} as {role}", role_check=True)
    def try_as(self, role: str, path: str) -> None:
        self.page.goto(path)

    @try_as.confirm
    def expect_refused(self, role: str, path: str) -> None:
        """The page says no, and shows no data."""
        expect(self.refusal, f"the role {role} has no access to {path}").to_be_visible()
        expect(self.main.get_by_role("table"), "a refused page shows no data").to_have_count(0)
