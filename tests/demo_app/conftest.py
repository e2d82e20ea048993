from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from stormwalk.browser import check_launch, find_browser, launch_options
from tests.demo_app.shop import ACTORS, Shop, running_shop


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    with running_shop() as (shop, _process):
        yield shop


@pytest.fixture(scope="session")
def tokens(shop: Shop) -> dict[str, str | None]:
    """An access token for each role; none for the anonymous one."""
    return {"anonymous": None, **{role: shop.token(name) for role, name in ACTORS.items()}}


@pytest.fixture
def shopper(shop: Shop) -> str:
    """The token of a shopper whom no other test knows."""
    return str(shop.new_shopper()["access_token"])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    found = find_browser(headed=False)
    with sync_playwright() as playwright:
        options = launch_options(found, headed=False, sandbox=check_launch(found).sandbox)
        yield playwright.chromium.launch(**options)
