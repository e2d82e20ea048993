"""What of the access entries of the catalogue a browser shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from demo_app.defects import CATALOGUE, DECOYS, DefectKind
from tests.demo_app.shop import running_shop

DEFECTS = [one.name for one in CATALOGUE if one.kind is DefectKind.ACCESS and not one.decoy]


@pytest.fixture
def page_of(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of a shop with these entries on."""
    shops = []

    def open_page(*names: str) -> Page:
        shops.append(running_shop("--defects", ",".join(names)))
        shop, _ = shops[-1].__enter__()
        return chromium.new_page(base_url=shop.url)

    yield open_page
    for shop in shops:
        shop.__exit__(None, None, None)


def _log_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.get_by_label("Email").fill(f"{name.lower()}@shop.test")
    page.get_by_label("Password").fill(f"Passw0rd-{name}")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("status", name="Message")).to_contain_text("Welcome")


@pytest.mark.parametrize(("names", "shown"), [([], 0), (["audit-link-for-manager"], 1), (DEFECTS, 1)])
def test_the_audit_trail_is_shown_to_a_manager_and_denied(
    page_of: Callable[..., Page], names: list[str], shown: int
) -> None:
    page = page_of(*names)
    _log_in(page, "Mia")
    link = page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit trail")
    expect(link).to_have_count(shown)
    if shown:
        link.click()
        expect(page.get_by_role("alert")).to_contain_text("You do not have access to this page")


def test_the_settings_stand_in_the_source_and_not_before_the_eye(page_of: Callable[..., Page]) -> None:
    page = page_of("settings-in-page")
    assert "help@shop.test" in page.request.get("/admin/settings").text()
    page.goto("/admin/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_with_every_decoy_on_an_address_without_a_page_says_so(page_of: Callable[..., Page]) -> None:
    page = page_of(*(decoy.name for decoy in DECOYS))
    answer = page.goto("/no/such/page")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("alert")).to_contain_text("There is no such page.")
    _log_in(page, "Sam")
    page.goto("/admin/users")
    expect(page.get_by_role("alert")).to_contain_text("You do not have access to this page")
