from __future__ import annotations

from playwright.sync_api import Locator, expect

from stormwalk.journey import step
from stormwalk.page import Region


class Navigation(Region):
    """The links to the parts of the shop. Each role sees its own."""

    def link(self, name: str) -> Locator:
        return self.root.get_by_role("link", name=name, exact=True)

    @step("See the links of the role {role} and no others", role_check=True)
    def expect_links(self, role: str, names: tuple[str, ...]) -> None:
        """Exactly these links are there."""
        message = f"the navigation holds the links of the role {role} and no others"
        expect(self.root.get_by_role("link"), message).to_have_text(list(names))


class Account(Region):
    """The corner of the page that says who is signed in."""

    @property
    def log_in_link(self) -> Locator:
        return self.root.get_by_role("link", name="Log in", exact=True)

    @property
    def who(self) -> Locator:
        return self.root.get_by_text("Signed in as")

    @property
    def log_out_button(self) -> Locator:
        return self.root.get_by_role("button", name="Log out", exact=True)

    @step("See one's own name in the navigation")
    def expect_name(self, name: str) -> None:
        """The navigation names who is signed in."""
        expect(self.who, "the navigation names who is signed in").to_have_text(f"Signed in as {name}")

    @step("Log out", weight=3)
    def log_out(self) -> None:
        self.log_out_button.click()

    @log_out.confirm
    def expect_logged_out(self) -> None:
        """The shop says so, and names nobody any more."""
        said = self.page.get_by_role("status", name="Message", exact=True)
        expect(said, "the shop says that one is logged out").to_have_text("You are logged out.")
        expect(self.who, "after logging out, the navigation names nobody").to_be_hidden()
        expect(self.log_in_link, "after logging out, one can log in again").to_be_visible()
