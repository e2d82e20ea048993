from __future__ import annotations

from journeys.goods import LANTERN, WHISTLE, sums_of
from journeys.people import ADDRESS, NAME
from pages.api_session import ApiSession
from pages.basket import BasketPage
from pages.catalogue import CataloguePage
from pages.checkout import CheckoutPage
from pages.dashboard import DashboardPage
from pages.doors import Doors
from pages.login import LoginPage
from pages.money import euros
from pages.navigation import Account
from pages.order import OrderPage
from pages.orders import OrdersPage
from pages.product import ProductPage
from pages.profile import ProfilePage
from pages.sign_up import SignUpPage
from stormwalk.config import Actor
from stormwalk.fixtures import Walker

BASKET = (LANTERN.name, WHISTLE.name)
FIRST_SUMS = sums_of((LANTERN, 1), (WHISTLE, 1))
SUMS = sums_of((LANTERN, 2), (WHISTLE, 1))
# A seeded order of somebody else.
NOT_OURS = "1001"


def test_shopper(newcomer: Walker) -> None:
    """A shopper signs up, buys, follows the order, changes the profile and logs out.

    What must not happen: the page of another shopper's order shows it, or the session outlives the log-out.
    """
    page, actor = newcomer.page, newcomer.account
    session = ApiSession(page, newcomer.api)
    find_something_and_join(newcomer)
    session.take_token(actor)
    fill_the_basket(newcomer)
    number = buy_the_basket(newcomer)
    follow_the_order(newcomer, number)
    OrderPage(page).ask_for_another(NOT_OURS)
    change_the_profile(newcomer)
    leave_and_come_back(CataloguePage(page).account, session, actor)


def find_something_and_join(walker: Walker) -> None:
    catalogue, product, login = CataloguePage(walker.page), ProductPage(walker.page), LoginPage(walker.page)
    catalogue.visit()
    catalogue.search("lantern", finds=(LANTERN.name,))
    catalogue.open_product(LANTERN.name)
    product.expect_price(LANTERN.price)
    product.choose_to_log_in()
    login.choose_to_sign_up()
    SignUpPage(walker.page).sign_up(walker.account, NAME)
    login.log_in(walker.account)
    product.expect_back(LANTERN.name)
    product.account.expect_name(NAME)


def fill_the_basket(walker: Walker) -> None:
    product, catalogue, basket = ProductPage(walker.page), CataloguePage(walker.page), BasketPage(walker.page)
    product.add(LANTERN.name, quantity=1)
    catalogue.go_back()
    catalogue.add(WHISTLE.name)
    basket.visit(BASKET)
    basket.expect_sums(FIRST_SUMS)
    basket.change_quantity(LANTERN.name, 2)
    basket.expect_sums(SUMS)


def buy_the_basket(walker: Walker) -> str:
    checkout = CheckoutPage(walker.page)
    BasketPage(walker.page).go_to_checkout()
    checkout.expect_summary(BASKET, SUMS)
    checkout.fill_in(NAME, ADDRESS)
    checkout.place_order()
    checkout.expect_bought(SUMS, NAME, ADDRESS)
    return checkout.order_number()


def follow_the_order(walker: Walker, number: str) -> None:
    orders, order, dashboard = OrdersPage(walker.page), OrderPage(walker.page), DashboardPage(walker.page)
    CheckoutPage(walker.page).follow_order(number)
    order.expect_shipped(number)
    order.expect_articles(BASKET, SUMS)
    orders.find(number, SUMS.total)
    dashboard.visit("shopper")
    figures = {"Orders placed": "1", "Total spent": euros(SUMS.total), "Items in basket": "0"}
    dashboard.expect_figures(figures)


def change_the_profile(walker: Walker) -> None:
    profile = ProfilePage(walker.page)
    profile.visit(walker.account.username)
    profile.change("Nia Norwich", "8 Moved Street, Applewick")
    profile.read_again("Nia Norwich", "8 Moved Street, Applewick")


def leave_and_come_back(account: Account, session: ApiSession, actor: Actor) -> None:
    account.log_out()
    session.expect_dead()
    Doors(account.page).try_as_visitor("/orders")
    LoginPage(account.page).log_in_again(actor)
    account.expect_name("Nia Norwich")
