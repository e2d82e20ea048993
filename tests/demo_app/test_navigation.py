"""A click is not lost when the page learns something new between the press and the release of the button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from stormwalk.browser import check_launch, find_browser, launch_options
from tests.demo_app.shop import running_shop


@pytest.fixture
def page() -> Iterator[Page]:
    """The dashboard of Mia, on the way to being opened."""
    found = find_browser(headed=False)
    with running_shop() as (shop, _), sync_playwright() as playwright:
        options = launch_options(found, headed=False, sandbox=check_launch(found).sandbox)
        page = playwright.chromium.launch(**options).new_page(base_url=shop.url)
        page.goto("/login")
        page.get_by_label("Email").fill("mia@shop.test")
        page.get_by_label("Password").fill("Passw0rd-Mia")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("Figures for the role")).to_be_visible()
        yield page


@pytest.mark.parametrize(("link", "heading"), [("Sales report", "Sales report"), ("Profile", "Your profile")])
def test_a_link_pressed_before_the_user_is_read_again_still_works(page: Page, link: str, heading: str) -> None:
    held: list[Route] = []
    page.route("**/api/me", lambda route: held.append(route))
    page.reload()
    expect(page.get_by_text("Figures for the role")).to_be_visible()
    page.get_by_role("link", name=link, exact=True).hover()
    page.mouse.down()
    with page.expect_response("**/api/me"):
        held[0].continue_()
    page.wait_for_function("document.querySelector('nav a') && new Promise(requestAnimationFrame)")
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
