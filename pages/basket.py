from __future__ import annotations

from playwright.sync_api import Locator, expect

from pages.checkout import CheckoutPage
from pages.shop_page import ShopPage
from pages.totals import Sums, Totals
from stormwalk.journey import step


class BasketPage(ShopPage):
    path = "/basket"
    title = "Your basket"

    @property
    def ready(self) -> Locator:
        return self.table.or_(self.empty_note)

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Basket")

    @property
    def articles(self) -> Locator:
        return self.table.get_by_role("rowheader")

    @property
    def empty_note(self) -> Locator:
        return self.main.get_by_text("Your basket is empty.", exact=True)

    @property
    def totals(self) -> Totals:
        return Totals(self.main)

    def quantity(self, name: str) -> Locator:
        return self.table.get_by_label(f"Quantity of {name}", exact=True)

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name, exact=True)

    @step("Look into the basket")
    def visit(self, articles: tuple[str, ...]) -> None:
        self.navigation.link("Basket").click()

    @visit.confirm
    def expect_articles(self, articles: tuple[str, ...]) -> None:
        """A row for each article that was added, and none for another."""
        self.expect_ready()
        expect(self.articles, "the basket holds every article that was added").to_have_text(list(articles))

    @step("Check the totals of the basket", weight=2)
    def expect_sums(self, sums: Sums) -> None:
        """Subtotal, delivery and total are right."""
        self.totals.expect_sums(sums)

    @step("Change the quantity of {name} to {quantity}", weight=2)
    def change_quantity(self, name: str, quantity: int) -> None:
        self.quantity(name).fill(str(quantity))
        self.button(f"Update quantity of {name}").click()

    @change_quantity.confirm
    def expect_quantity(self, name: str, quantity: int) -> None:
        """The shop says so, and the row shows the new quantity."""
        self.expect_message(f"Quantity of {name} saved.")
        message = f"the quantity of {name} is the one that was saved"
        expect(self.quantity(name), message).to_have_value(str(quantity))

    @step("Take {name} out of the basket")
    def remove(self, name: str) -> None:
        self.button(f"Remove {name}").click()

    @remove.confirm
    def expect_removed(self, name: str) -> None:
        self.expect_message(f"{name} removed from basket.")
        expect(self.quantity(name), f"{name} is no longer in the basket").to_be_hidden()

    @step("Empty the basket")
    def empty(self) -> None:
        self.button("Empty basket").click()

    @empty.confirm
    def expect_empty(self) -> None:
        """Nothing is left, and there is no way to the checkout."""
        expect(self.empty_note, "the basket says that it is empty").to_be_visible()
        expect(self.checkout_link, "an empty basket leads to no checkout").to_be_hidden()

    @property
    def checkout_link(self) -> Locator:
        return self.main.get_by_role("link", name="Go to checkout", exact=True)

    @step("Go to the checkout")
    def go_to_checkout(self) -> None:
        self.checkout_link.click()

    @go_to_checkout.confirm
    def expect_checkout(self) -> None:
        CheckoutPage(self.page).expect_ready()
