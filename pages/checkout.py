from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.money import euros
from pages.order import OrderPage
from pages.shop_page import ShopPage
from pages.totals import Sums, Totals
from stormwalk.journey import step


class CheckoutPage(ShopPage):
    path = "/checkout"
    title = "Checkout"

    @property
    def ready(self) -> Locator:
        return self.place_order_button

    @property
    def articles(self) -> Locator:
        return self.main.get_by_role("table", name="Order summary").get_by_role("rowheader")

    @property
    def recipient(self) -> Locator:
        return self.main.get_by_label("Recipient", exact=True)

    @property
    def address(self) -> Locator:
        return self.main.get_by_label("Delivery address", exact=True)

    @property
    def place_order_button(self) -> Locator:
        return self.main.get_by_role("button", name="Place order", exact=True)

    @property
    def confirmation(self) -> Locator:
        return self.main.get_by_role("status", name="Confirmation")

    def fact(self, label: str) -> Locator:
        return self.main.get_by_label(label, exact=True)

    @step("Check the order before placing it", weight=2)
    def expect_summary(self, articles: tuple[str, ...], sums: Sums) -> None:
        """The checkout lists the articles of the basket and comes to the same total."""
        expect(self.articles, "the checkout lists the articles of the basket").to_have_text(list(articles))
        Totals(self.main).expect_sums(sums)

    @step("Say where to deliver")
    def fill_in(self, recipient: str, address: str) -> None:
        self.recipient.fill(recipient)
        self.address.fill(address)

    @fill_in.confirm
    def expect_filled_in(self, recipient: str, address: str) -> None:
        expect(self.recipient, "the recipient is filled in").to_have_value(recipient)
        expect(self.address, "the delivery address is filled in").to_have_value(address)

    @step("Place the order", weight=5)
    def place_order(self) -> None:
        self.place_order_button.click()

    @place_order.confirm
    def expect_confirmed(self) -> None:
        """The shop confirms the order and gives its number."""
        expect(self.confirmation, "the shop confirms the order").to_be_visible()
        expect(self.heading, "the shop thanks for the order").to_have_text("Thank you for your order")

    @step("Click twice on Place order", weight=5)
    def place_order_twice(self) -> None:
        self.place_order_button.dblclick()

    @place_order_twice.confirm
    def expect_confirmed_once(self) -> None:
        self.expect_confirmed()

    @step("Compare the confirmation with the basket", weight=4)
    def expect_bought(self, sums: Sums, recipient: str, address: str) -> None:
        """The order costs what the basket said, and goes where it should."""
        expect(self.fact("Total"), "the order costs what the checkout said").to_have_text(euros(sums.total))
        deliver_to = self.fact("Deliver to")
        expect(deliver_to, "the order goes to the address that was given").to_have_text(f"{recipient}, {address}")

    @step("Go from the confirmation to the order")
    def follow_order(self, number: str) -> None:
        self.main.get_by_role("link", name=f"Follow order {number}", exact=True).click()

    @follow_order.confirm
    def expect_order(self, number: str) -> None:
        OrderPage(self.page).expect_number(number)

    def order_number(self) -> str:
        """The number of the order that was confirmed."""
        return self.fact("Order number").inner_text()
