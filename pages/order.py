from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from pages.totals import Sums, Totals
from stormwalk.journey import step


class OrderPage(ShopPage):
    """One order, which is at `/orders/` and its number."""

    path = "/orders"
    title = "Order"

    @property
    def status(self) -> Locator:
        return self.main.get_by_role("status", name="Order status")

    @property
    def articles(self) -> Locator:
        return self.main.get_by_role("table", name="Articles").get_by_role("rowheader")

    @property
    def refusal(self) -> Locator:
        return self.page.get_by_role("alert")

    def cancel_button(self, number: str) -> Locator:
        return self.main.get_by_role("button", name=f"Cancel order {number}", exact=True)

    def expect_number(self, number: str) -> None:
        """Waits until this order is shown."""
        # The heading is there before the order has been found, its status only afterwards.
        expect(self.status, f"the page of order {number} opens and says how far it is").to_be_visible()
        expect(self.heading, f"the page is that of order {number}").to_have_text(f"Order {number}")

    @step("Check what was ordered", weight=2)
    def expect_articles(self, articles: tuple[str, ...], sums: Sums) -> None:
        """The order holds these articles and comes to these sums."""
        expect(self.articles, "the order holds what was in the basket").to_have_text(list(articles))
        Totals(self.main).expect_sums(sums)

    @step("Follow the order until it is shipped", weight=3)
    def expect_shipped(self, number: str) -> None:
        """The status changes by itself, without a reload; what is shipped can no longer be cancelled."""
        message = "the order's status becomes shipped by itself"
        expect(self.status, message).to_have_text("shipped")
        expect(self.cancel_button(number), "what is shipped cannot be cancelled").to_be_hidden()

    @step("Ask for somebody else's order", role_check=True, weight=3)
    def ask_for_another(self, number: str) -> None:
        self.page.goto(f"{self.path}/{number}")

    @ask_for_another.confirm
    def expect_not_found(self, number: str) -> None:
        """The shop does not even say that there is such an order, and shows nothing of it."""
        expect(self.refusal, "another's order is not shown").to_contain_text("There is no such order.")
        expect(self.articles, "nothing of another's order is shown").to_have_count(0)
