"""Every functional defect of the shop, switched on alone, turns a step red for a reason that a person understands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from demo_app.defects import DEFECTS, DefectKind
from stormwalk.model import Status
from tests.journeys.walking import walk

pytestmark = pytest.mark.catalogue


@dataclass(frozen=True, slots=True)
class Found:
    """Which journey finds a defect, at which step, and what the console says of it."""

    defect: str
    journey: str
    step: str
    says: tuple[str, ...]


FOUND = (
    Found(
        "signup-loses-name",
        "shopper",
        "See one's own name in the navigation",
        ("the navigation names who is signed in", "Signed in as Nia Newcomer"),
    ),
    Found(
        "second-login-fails",
        "shopper",
        "Log in a second time",
        ("the right password works after a log-out too", "Email or password is wrong."),
    ),
    Found(
        "logout-keeps-session",
        "shopper",
        "Log out",
        ("after logging out, the navigation names nobody", "Signed in as"),
    ),
    Found(
        "token-survives-logout",
        "shopper",
        "See that the old token is dead",
        ("after logging out, the API still takes the old token", "expected 401, found 200"),
    ),
    Found(
        "login-forgets-page",
        "shopper",
        "Be back at the product that one came from",
        ("after logging in, the page opens that one came from",),
    ),
    Found(
        "visitor-sees-orders-page",
        "visitor",
        "Try /orders without an account",
        ("who is not logged in is led to the log-in page", "Your orders"),
    ),
    Found(
        "product-search-ignores-query",
        "shopper",
        "Search for lantern",
        ("the search for “lantern” lists what matches and nothing else", "Head Torch"),
    ),
    Found(
        "basket-loses-item",
        "shopper",
        "Look into the basket",
        ("the basket holds every article that was added", "Storm Lantern"),
    ),
    Found(
        "quantity-change-ignored",
        "shopper",
        "Change the quantity of Storm Lantern to 2",
        ("the quantity of Storm Lantern is the one that was saved", "'2'", "1"),
    ),
    Found(
        "wrong-order-total",
        "shopper",
        "Compare the confirmation with the basket",
        ("the order costs what the checkout said", "€75.90", "€76.90"),
    ),
    Found(
        "order-not-stored",
        "shopper",
        "Go from the confirmation to the order",
        ("the page of order 1009 opens", "Not found", "There is no such order."),
    ),
    Found(
        "order-status-stuck",
        "shopper",
        "Follow the order until it is shipped",
        ("the order's status becomes shipped by itself", "paid"),
    ),
    Found(
        "stock-not-reduced",
        "manager",
        "Reload, and see that what was bought is out of stock",
        ("the articles that were bought have left the stock", "37 in stock", "40 in stock"),
    ),
    Found(
        "dashboard-of-another-user",
        "shopper",
        "Check one's own figures",
        ("“Orders placed” on the dashboard is one's own", "'1'", "4"),
    ),
    Found(
        "profile-change-not-saved",
        "shopper",
        "Reload, and see that the profile is saved",
        ("the new name is still there after a reload", "Nia Norwich", "Nia Newcomer"),
    ),
    Found(
        "refund-not-recorded",
        "support",
        "Read the list again, and find the order refunded",
        ("the order is still refunded when the list is read again", "shipped"),
    ),
    Found(
        "price-change-not-saved",
        "manager",
        "Read the products again, and find the new price",
        ("the new price is still there when the product is read again", "€13.99", "€12.50"),
    ),
    Found(
        "sales-report-stale",
        "manager",
        "Find the sale of a moment ago in the report",
        ("the sales report counts the order of a moment ago", "€41.97"),
    ),
    Found(
        "sales-csv-loses-row",
        "manager",
        "Download the report and compare it with the page",
        ("the CSV does not hold what the report shows; missing: Tarp",),
    ),
    Found(
        "role-change-ignored",
        "admin",
        "Read the list again, and find the user support",
        ("the user is still support when the list is read again", "shopper"),
    ),
    Found(
        "audit-not-written",
        "admin",
        "Find the change in the audit trail",
        ("the audit trail holds", "role changed", "shopper -> support"),
    ),
)


def test_the_table_holds_every_functional_defect_once() -> None:
    functional = [defect.name for defect in DEFECTS if defect.kind is DefectKind.FUNCTIONAL]
    assert sorted(found.defect for found in FOUND) == sorted(functional)


@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.defect)
def test_a_defect_turns_its_step_red(found: Found, tmp_path: Path) -> None:
    walked = walk(tmp_path, f"journeys/test_{found.journey}.py", defects=found.defect)
    red = walked.red
    assert red is not None, f"no step is red:\n{walked.console}"
    assert (red.name, red.status) == (found.step, Status.FAILED), red.reason
    assert walked.exit_code == 1
    told = _summary(walked.console)
    assert found.step in told
    assert not [words for words in found.says if words not in told], told


def _summary(console: str) -> str:
    """What the console says of the red step, without pytest's traceback above it."""
    return console.partition("Overall Flow Status:")[2]
