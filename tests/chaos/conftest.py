from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.chaos.harbour import Harbour, StormProject
from tests.chaos.storming import Stormer
from tests.chaos.town import Town
from tests.plugged import use_our_browser


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


@pytest.fixture
def harbour() -> Iterator[Harbour]:
    """The application that counts its orders. One for each test: a call of the test before may still be on its way."""
    with Harbour() as harbour:
        yield harbour


@pytest.fixture
def storms(pytester: pytest.Pytester, harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> StormProject:
    """Somebody's project over the harbour, for whole runs."""
    use_our_browser(monkeypatch)
    return StormProject(pytester, harbour)
