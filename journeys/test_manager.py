from __future__ import annotations

import uuid
from collections.abc import Callable

from journeys.people import buy, done
from pages.catalogue import CataloguePage
from pages.doors import Doors
from pages.login import LoginPage
from pages.manage_products import Draft, ManageProductsPage
from pages.product import ProductPage
from pages.sales import SalesPage
from stormwalk.fixtures import Walker

LINKS = ("Products", "Manage products", "Sales report", "Dashboard")
PRICE, NEW_PRICE, STOCK, SOLD = 1250, 1399, 40, 3


def test_manager(shopper: Walker, visitor: Walker, walk_as: Callable[[str], Walker]) -> None:
    """A manager brings a product to market, changes its price, and reads what it sold.

    What must not happen: a manager gets at the users.
    """
    manager = walk_as("mia")
    draft = Draft(
        name=f"Tarp {uuid.uuid4().hex[:8]}", category="Shelter", description="Two by three.", price=PRICE, stock=STOCK
    )
    number = bring_to_market(manager, visitor, draft)
    change_price(manager, visitor, draft.name)
    buy(shopper.api, number, SOLD)
    ProductPage(visitor.page).expect_stock(STOCK - SOLD)
    read_sales(manager, draft.name)
    take_off_the_market(manager, visitor, draft.name)
    Doors(manager.page).try_as("manager", "/admin/users")


def bring_to_market(manager: Walker, visitor: Walker, draft: Draft) -> int:
    """The number of the product."""
    login, products, catalogue = LoginPage(manager.page), ManageProductsPage(manager.page), CataloguePage(visitor.page)
    login.visit()
    login.log_in(manager.account)
    login.navigation.expect_links("manager", LINKS)
    products.visit()
    products.create(draft)
    catalogue.visit()
    catalogue.open_new(draft.name)
    ProductPage(visitor.page).expect_price(PRICE)
    found = done(visitor.api.get(f"/products?q={draft.name}"))
    return int(found["products"][0]["id"])


def change_price(manager: Walker, visitor: Walker, name: str) -> None:
    products = ManageProductsPage(manager.page)
    products.change_price(name, NEW_PRICE)
    products.read_again(name, NEW_PRICE)
    ProductPage(visitor.page).expect_new_price(NEW_PRICE)


def read_sales(manager: Walker, name: str) -> None:
    sales = SalesPage(manager.page)
    sales.visit()
    sales.expect_sold(name, SOLD, SOLD * NEW_PRICE)
    sales.compare_csv()


def take_off_the_market(manager: Walker, visitor: Walker, name: str) -> None:
    products, catalogue = ManageProductsPage(manager.page), CataloguePage(visitor.page)
    products.visit()
    products.delete(name)
    catalogue.visit()
    catalogue.expect_absent(name)
