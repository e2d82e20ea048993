from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from pages.money import euros
from pages.shop_page import ShopPage
from stormwalk.journey import step


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A product as a manager types it in; `price` is in cents."""

    name: str
    category: str
    description: str
    price: int
    stock: int


class ManageProductsPage(ShopPage):
    path = "/manage/products"
    title = "Manage products"

    @property
    def ready(self) -> Locator:
        return self.table

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Products on sale")

    @property
    def editor(self) -> Locator:
        return self.main.get_by_role("region").filter(has=self.page.get_by_label("Price in euros"))

    def product(self, name: str) -> Locator:
        header = self.page.get_by_role("rowheader", name=name, exact=True)
        return self.table.get_by_role("row").filter(has=header)

    def field(self, label: str) -> Locator:
        return self.editor.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name, exact=True)

    @step("Open the products to manage", role_check=True)
    def visit(self) -> None:
        self.navigation.link("Manage products").click()

    @visit.confirm
    def expect_products(self) -> None:
        self.expect_ready()

    @step("Create a product", weight=4, role_check=True)
    def create(self, draft: Draft) -> None:
        self.button("Add product").click()
        self.field("Name").fill(draft.name)
        self.field("Category").fill(draft.category)
        self.field("Description").fill(draft.description)
        self.field("Price in euros").fill(f"{draft.price / 100:.2f}")
        self.field("Stock").fill(str(draft.stock))
        self.button("Create product").click()

    @create.confirm
    def expect_created(self, draft: Draft) -> None:
        """The shop says so, and lists the product."""
        self.expect_message(f"{draft.name} is created.")
        expect(self.product(draft.name), "the new product has its price").to_contain_text(euros(draft.price))
        self._show(draft.name)

    @step("Change the price of the product", weight=4, role_check=True)
    def change_price(self, name: str, price: int) -> None:
        self.button(f"Edit {name}").click()
        self.field("Price in euros").fill(f"{price / 100:.2f}")
        self.button("Save changes").click()

    @change_price.confirm
    def expect_saved(self, name: str, price: int) -> None:
        """The shop says that it is saved."""
        self.expect_message(f"{name} is saved.")

    @step("Read the products again, and find the new price", weight=3)
    def read_again(self, name: str, price: int) -> None:
        self.page.reload()

    @read_again.confirm
    def expect_price(self, name: str, price: int) -> None:
        """The new price is stored."""
        self.expect_ready()
        message = "the new price is still there when the product is read again"
        expect(self.product(name), message).to_contain_text(euros(price))
        self._show(name)

    @step("Delete the product", weight=2)
    def delete(self, name: str) -> None:
        self.button(f"Delete {name}").click()
        self.button(f"Really delete {name}").click()

    @delete.confirm
    def expect_deleted(self, name: str) -> None:
        """The shop says so, and lists it no longer."""
        self.expect_message(f"{name} is deleted.")
        expect(self.product(name), "what is deleted is no longer on sale").to_be_hidden()

    def _show(self, name: str) -> None:
        # The newest product stands last, and the picture of the step should have it.
        self.product(name).scroll_into_view_if_needed()
