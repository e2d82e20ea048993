from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


class UsersPage(ShopPage):
    path = "/admin/users"
    title = "Users"

    @property
    def ready(self) -> Locator:
        return self.table

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Users")

    def user(self, email: str) -> Locator:
        header = self.page.get_by_role("rowheader", name=email, exact=True)
        return self.table.get_by_role("row").filter(has=header)

    def role(self, email: str) -> Locator:
        return self.table.get_by_label(f"Role of {email}", exact=True)

    def save_button(self, email: str) -> Locator:
        return self.table.get_by_role("button", name=f"Save role of {email}", exact=True)

    @step("Open the list of users", role_check=True)
    def visit(self) -> None:
        self.navigation.link("Users").click()

    @visit.confirm
    def expect_users(self) -> None:
        self.expect_ready()

    @step("Find no way to change one's own role", role_check=True, weight=2)
    def expect_own_role_fixed(self, email: str) -> None:
        """An admin cannot lock themselves out."""
        expect(self.user(email), "one's own row says so").to_contain_text("admin (you)")
        expect(self.role(email), "nobody can change their own role").to_be_hidden()

    @step("Make the user {role}", weight=4, role_check=True)
    def give_role(self, email: str, role: str) -> None:
        self.role(email).select_option(role)
        self.save_button(email).click()

    @give_role.confirm
    def expect_given(self, email: str, role: str) -> None:
        self.expect_message(f"{email} is now {role}.")
        self._show(email)

    @step("Read the list again, and find the user {role}", weight=3)
    def read_again(self, email: str, role: str) -> None:
        self.page.reload()

    @read_again.confirm
    def expect_role(self, email: str, role: str) -> None:
        """The new role is stored."""
        self.expect_ready()
        message = f"the user is still {role} when the list is read again"
        expect(self.role(email), message).to_have_value(role)
        self._show(email)

    def _show(self, email: str) -> None:
        # The newest user stands last, and the picture of the step should have them.
        self.user(email).scroll_into_view_if_needed()
