"""No click is lost: neither one before the page's script is there, nor one while the page learns something new."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from stormwalk.browser import check_launch, find_browser, launch_options
from tests.demo_app.shop import running_shop


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a shop, with nobody signed in."""
    found = find_browser(headed=False)
    with running_shop() as (shop, _), sync_playwright() as playwright:
        options = launch_options(found, headed=False, sandbox=check_launch(found).sandbox)
        yield playwright.chromium.launch(**options).new_page(base_url=shop.url)


@pytest.fixture
def held(page: Page) -> Iterator[list[Route]]:
    """Holds back whatever matches the routes that a test sets, and forgets them at its end."""
    held: list[Route] = []
    yield held
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize(("path", "button", "link"), [("login", "Log in", "/signup"), ("signup", "Sign up", "/login")])
def test_a_form_cannot_be_sent_before_its_script_is_there(
    page: Page, held: list[Route], path: str, button: str, link: str
) -> None:
    page.route(f"**/js/pages/{path}.js", lambda route: held.append(route))
    page.goto(f"/{path}?next=/products/1%3Fa%3Db", wait_until="commit")
    send = page.get_by_role("main").get_by_role("button", name=button)
    expect(send).to_be_disabled()
    other = page.get_by_role("main").get_by_role("link")
    expect(other).to_have_attribute("href", f"{link}?next=%2Fproducts%2F1%3Fa%3Db")
    held[0].continue_()
    expect(send).to_be_enabled()


@pytest.mark.parametrize(
    ("path", "module", "field"), [("/login", "login", "Email"), ("/?q=lamp", "catalogue", "Search products")]
)
def test_what_was_typed_before_the_script_was_there_stays(
    page: Page, held: list[Route], path: str, module: str, field: str
) -> None:
    page.route(f"**/js/pages/{module}.js", lambda route: held.append(route))
    page.goto(path, wait_until="commit")
    page.get_by_label(field).fill("lantern")
    held[0].continue_()
    expect(page.get_by_role("link", name="Products")).to_be_visible()
    expect(page.get_by_label(field)).to_have_value("lantern")


def test_the_search_of_the_address_is_in_the_field(page: Page) -> None:
    page.goto('/?q="torch"')
    expect(page.get_by_label("Search products")).to_have_value('"torch"')
    page.get_by_label("Search products").fill("lantern")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 product", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Search products")).to_have_value('"torch"')
    expect(page.get_by_text("No products match")).to_be_visible()


@pytest.mark.parametrize(("link", "heading"), [("Sales report", "Sales report"), ("Profile", "Your profile")])
def test_a_link_pressed_before_the_user_is_read_again_still_works(
    page: Page, held: list[Route], link: str, heading: str
) -> None:
    _open_dashboard(page)
    page.route("**/api/me", lambda route: held.append(route))
    page.reload()
    expect(page.get_by_text("Figures for the role")).to_be_visible()
    page.get_by_role("link", name=link, exact=True).hover()
    page.mouse.down()
    with page.expect_response("**/api/me"):
        held[0].continue_()
    page.wait_for_function("new Promise(requestAnimationFrame)")
    page.unroute_all(behavior="ignoreErrors")
    page.mouse.up()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def _open_dashboard(page: Page) -> None:
    page.goto("/login?next=/dashboard")
    page.get_by_label("Email").fill("mia@shop.test")
    page.get_by_label("Password").fill("Passw0rd-Mia")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Figures for the role")).to_be_visible()
