from __future__ import annotations

from collections.abc import Callable

from pages.admin_users import UsersPage
from pages.api_session import ApiSession
from pages.audit import AuditPage, Entry
from pages.doors import Doors
from pages.login import LoginPage
from pages.settings import SettingsPage
from pages.support import SupportPage
from stormwalk.config import Actor
from stormwalk.fixtures import Walker

LINKS = (
    "Products", "All orders", "Manage products", "Sales report", "Users", "Audit trail", "Settings", "Dashboard",
)  # fmt: skip
SUPPORT_LINKS = ("Products", "All orders", "Dashboard")


def test_admin(shopper: Walker, walk_as: Callable[[str], Walker]) -> None:
    """An admin makes a shopper support, which takes effect at once and is written down, and takes it back.

    What must not happen: an admin changes their own role.
    """
    admin = walk_as("ada")
    email = shopper.account.username
    login = LoginPage(shopper.page)
    login.visit()
    login.log_in(shopper.account)
    Doors(shopper.page).try_as("shopper", "/support")
    start_work(admin)
    promote(admin, email)
    use_the_new_role(shopper)
    take_it_back(admin, email)
    Doors(shopper.page).try_as("shopper", "/support")


def start_work(admin: Walker) -> None:
    login, users, settings = LoginPage(admin.page), UsersPage(admin.page), SettingsPage(admin.page)
    login.visit()
    login.log_in(admin.account)
    login.navigation.expect_links("admin", LINKS)
    settings.visit()
    users.visit()
    users.expect_own_role_fixed(admin.account.username)


def promote(admin: Walker, email: str) -> None:
    users = UsersPage(admin.page)
    users.give_role(email, "support")
    users.read_again(email, "support")
    AuditPage(admin.page).find(role_change(admin.account, email, "shopper -> support"))


def use_the_new_role(user: Walker) -> None:
    ApiSession(user.page, user.api).expect_outdated()
    support = SupportPage(user.page)
    support.visit_anew()
    support.navigation.expect_links("support", SUPPORT_LINKS)


def take_it_back(admin: Walker, email: str) -> None:
    users = UsersPage(admin.page)
    users.visit()
    users.give_role(email, "shopper")
    users.read_again(email, "shopper")
    AuditPage(admin.page).find(role_change(admin.account, email, "support -> shopper"))


def role_change(admin: Actor, email: str, detail: str) -> Entry:
    return Entry(who=admin.username, what="role changed", subject=email, detail=detail)
