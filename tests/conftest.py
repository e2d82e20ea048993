from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect, sync_playwright

from stormwalk.browser import check_launch, find_browser, launch_options
from tests.walking import Site

pytest_plugins = ["pytester", "tests.standing_still", "tests.time_left"]


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The small application to walk."""
    with Site() as site:
        yield site


@pytest.fixture(autouse=True)
def usual_patience() -> Iterator[None]:
    """How long `expect` waits is set for the whole process; what a test has made of it is not the next one's."""
    yield
    expect.set_options(timeout=5_000)


def launch(kind: BrowserType) -> Browser:
    found = find_browser(headed=False)
    return kind.launch(**launch_options(found, headed=False, sandbox=check_launch(found).sandbox))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless browser. For one module only: two of Playwright's sync worlds cannot live in one process."""
    with sync_playwright() as playwright:
        launched = launch(playwright.chromium)
        yield launched
        launched.close()


@pytest.fixture
def context(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=site.url)
    yield context
    context.close()


@pytest.fixture
def doomed(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    """A context in a browser of its own, which may not survive the test."""
    browser = launch(chromium.browser_type)
    yield browser.new_context(base_url=site.url)
    browser.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The shop, opened."""
    page = context.new_page()
    page.goto("/")
    return page
