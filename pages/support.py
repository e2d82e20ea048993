from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


class SupportPage(ShopPage):
    """The orders of all customers."""

    path = "/support"
    title = "All orders"

    @property
    def ready(self) -> Locator:
        return self.table

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="All orders")

    def order(self, number: str) -> Locator:
        link = self.page.get_by_role("link", name=f"Order {number}", exact=True)
        return self.table.get_by_role("row").filter(has=link)

    def refund_button(self, number: str) -> Locator:
        return self.table.get_by_role("button", name=f"Refund order {number}", exact=True)

    @step("Open the page of the new role", weight=3, role_check=True)
    def visit_anew(self) -> None:
        # By the address: the open page still has the links of the old role.
        self.page.goto(self.path)

    @visit_anew.confirm
    def expect_orders(self) -> None:
        self.expect_ready()

    @step("Find the customer's order", role_check=True)
    def find(self, number: str, customer: str) -> None:
        self.navigation.link("All orders").click()

    @find.confirm
    def expect_order(self, number: str, customer: str) -> None:
        """The list holds the order and says whose it is."""
        self.expect_ready()
        expect(self.order(number), "support sees the customer's order").to_contain_text(customer)

    @step("Refund the order", weight=5, role_check=True)
    def refund(self, number: str) -> None:
        self.refund_button(number).click()

    @refund.confirm
    def expect_refunded(self, number: str) -> None:
        """The shop says so; what is refunded cannot be refunded again."""
        self.expect_message(f"Order {number} is refunded.")
        expect(self.order(number), "the list shows the order as refunded").to_contain_text("refunded")
        expect(self.refund_button(number), "what is refunded cannot be refunded again").to_be_hidden()

    @step("Read the list again, and find the order refunded", weight=4)
    def read_again(self, number: str) -> None:
        self.page.reload()

    @read_again.confirm
    def expect_still_refunded(self, number: str) -> None:
        """The refund is stored."""
        self.expect_ready()
        message = "the order is still refunded when the list is read again"
        expect(self.order(number), message).to_contain_text("refunded")
        expect(self.refund_button(number), "what is refunded cannot be refunded again").to_be_hidden()
