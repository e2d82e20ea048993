from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.chaos.storming import Stormer
from tests.chaos.town import Town


@pytest.fixture(scope="session")
def one_town() -> Iterator[Town]:
    with Town() as town:
        yield town


@pytest.fixture
def town(one_town: Town) -> Town:
    """The application, with nothing that has reached it yet."""
    one_town.forget()
    return one_town


@pytest.fixture
def storming(chromium: Browser, town: Town) -> Iterator[Stormer]:
    """Makes contexts with a storm in them."""
    stormer = Stormer(chromium, town)
    yield stormer
    stormer.close()
