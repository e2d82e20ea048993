from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.money import euros
from pages.shop_page import ShopPage
from stormwalk.journey import step


class OrdersPage(ShopPage):
    path = "/orders"
    title = "Your orders"

    @property
    def ready(self) -> Locator:
        return self.table.or_(self.main.get_by_text("You have no orders yet.", exact=True))

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Your orders")

    @property
    def orders(self) -> Locator:
        return self.table.get_by_role("rowheader")

    def order(self, number: str) -> Locator:
        link = self.page.get_by_role("link", name=f"Order {number}", exact=True)
        return self.table.get_by_role("row").filter(has=link)

    @step("Find the order in the list", weight=3)
    def find(self, number: str, total: int) -> None:
        self.navigation.link("Your orders").click()

    @find.confirm
    def expect_order(self, number: str, total: int) -> None:
        """The list holds the order, with its total."""
        self.expect_ready()
        expect(self.order(number), f"the confirmed order {number} is in the list").to_be_visible()
        expect(self.order(number), "the list shows the order's total").to_contain_text(euros(total))

    @step("See one order and no second", weight=4)
    def expect_only(self, number: str) -> None:
        """The list holds this order and no other."""
        message = "there is one order, however often one has clicked"
        expect(self.orders, message).to_have_text([f"Order {number}"])

    @step("See that the order is refunded", weight=3)
    def look_for_refund(self, number: str) -> None:
        self.navigation.link("Your orders").click()

    @look_for_refund.confirm
    def expect_refunded(self, number: str) -> None:
        """To the shopper the order is refunded too."""
        expect(self.order(number), "the shopper sees that the order is refunded").to_contain_text("refunded")
