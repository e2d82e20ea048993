from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


class CataloguePage(ShopPage):
    path = "/"
    title = "Products"

    @property
    def ready(self) -> Locator:
        return self.main.get_by_text(re.compile(r"^(\d+ products?|No products match)"))

    @property
    def search_field(self) -> Locator:
        return self.main.get_by_role("searchbox", name="Search products")

    @property
    def search_button(self) -> Locator:
        return self.main.get_by_role("button", name="Search", exact=True)

    @property
    def products(self) -> Locator:
        return self.main.get_by_role("list", name="Products").get_by_role("article")

    @property
    def names(self) -> Locator:
        return self.products.get_by_role("heading")

    @property
    def add_buttons(self) -> Locator:
        return self.products.get_by_role("button", name="Add to basket", exact=True)

    def product(self, name: str) -> Locator:
        return self.main.get_by_role("article", name=name, exact=True)

    @step("Open the catalogue")
    def visit(self) -> None:
        self.page.goto(self.path)

    @visit.confirm
    def expect_open(self) -> None:
        self.expect_ready()

    @step("Go back to the products")
    def go_back(self) -> None:
        self.navigation.link("Products").click()

    @go_back.confirm
    def expect_products(self) -> None:
        self.expect_ready()

    @step("Search for {query}")
    def search(self, query: str, finds: tuple[str, ...]) -> None:
        self.search_field.fill(query)
        self.search_button.click()

    @search.confirm
    def expect_only(self, query: str, finds: tuple[str, ...]) -> None:
        """What matches is listed, and nothing else."""
        expect(self.names, f"the search for “{query}” lists what matches and nothing else").to_have_text(list(finds))

    @step("Open the product {name}")
    def open_product(self, name: str) -> None:
        self._open(name)

    @open_product.confirm
    def expect_product(self, name: str) -> None:
        expect(self.heading, f"the page of {name} opens").to_have_text(name)

    @step("Open the new product")
    def open_new(self, name: str) -> None:
        self._open(name)

    @open_new.confirm
    def expect_new(self, name: str) -> None:
        self.expect_product(name)

    @step("Add {name} to the basket", weight=2)
    def add(self, name: str) -> None:
        self.product(name).get_by_role("button", name="Add to basket", exact=True).click()

    @add.confirm
    def expect_added(self, name: str) -> None:
        self.expect_message(f"{name} added to basket.")

    @step("Look around without being able to buy", role_check=True)
    def expect_nothing_to_buy(self) -> None:
        """There are products and no button to buy one."""
        expect(self.ready, "there are products to look at").to_have_text(re.compile(r"^\d+ products$"))
        expect(self.add_buttons, "a visitor finds no button to buy").to_have_count(0)

    @step("Find no more what is off the market")
    def expect_absent(self, name: str) -> None:
        """The catalogue is there, and the product is not in it."""
        self.expect_ready()
        expect(self.product(name), "what was deleted is no longer sold").to_be_hidden()

    def _open(self, name: str) -> None:
        self.product(name).get_by_role("link", name=name, exact=True).click()
