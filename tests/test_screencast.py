"""Live frames are there for whoever watches, and nothing at all happens for nobody."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from stormwalk.errors import StoreError
from stormwalk.screencast import FRAME_EVERY_S, Screencast
from tests.walking import COLOURS, Site, colour_of

_PATIENCE_S = 20.0


class Viewer:
    """Somebody who may watch, and what they were shown."""

    def __init__(self) -> None:
        self.watches = False
        self.measured = False
        self.broken = False
        self.frames: list[tuple[bytes, float]] = []
        self.looked = 0
        self.cast = Screencast(self._put, self._is_watched, lambda: self.measured)

    def _put(self, jpeg: bytes, at: float) -> None:
        self.frames.append((jpeg, at))
        if self.broken:
            raise StoreError("the store is locked")

    def _is_watched(self) -> bool:
        self.looked += 1
        return self.watches

    def looks(self, page: Page) -> None:
        """Waits, while Playwright's loop turns, until the thread has looked twice more."""
        seen = self.looked
        turn(page, lambda: self.looked >= seen + 2)


def turn(page: Page, until: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not until():
        assert time.monotonic() < end
        page.wait_for_timeout(20)


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    viewer = Viewer()
    yield viewer
    viewer.cast.close()


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Next")


def _shows(viewer: Viewer, page: Page, colour: Any) -> bool:
    """Chromium keeps back what changes while two frames are on their way, until something else changes."""
    page.evaluate("document.body.style.boxShadow = `inset 0 0 0 ${1 + Date.now() % 3}px black`")
    return bool(colour_of(viewer.frames[-1][0]) == colour)


def test_who_watches_sees_what_the_page_shows_now(viewer: Viewer, page: Page) -> None:
    viewer.cast.turn_to(page)
    viewer.watches = True
    turn(page, lambda: bool(viewer.frames))
    button(page).click()
    turn(page, lambda: _shows(viewer, page, COLOURS[0]))

    jpeg, at = viewer.frames[-1]
    with Image.open(io.BytesIO(jpeg)) as picture:
        assert picture.format == "JPEG"
        assert max(picture.size) <= 640
    assert viewer.frames[0][1] <= at <= time.time()


def test_a_page_in_motion_is_shown_about_twice_a_second(viewer: Viewer, page: Page) -> None:
    page.evaluate("setInterval(() => { document.body.style.background = `hsl(${Date.now() % 360} 80% 50%)` }, 16)")
    viewer.cast.turn_to(page)
    viewer.watches = True
    turn(page, lambda: bool(viewer.frames))
    began = time.monotonic()
    turn(page, lambda: len(viewer.frames) >= 6)

    # Two may be on their way at the same time.
    assert len(viewer.frames) <= (time.monotonic() - began) / FRAME_EVERY_S + 3


def test_nothing_is_asked_of_the_browser_while_nobody_watches(
    viewer: Viewer, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(type(page.context._impl_obj), "new_cdp_session", lambda *given: asked.append(given))
    viewer.cast.turn_to(page)
    viewer.looks(page)
    button(page).click()
    viewer.looks(page)

    assert (asked, viewer.frames) == ([], [])


def test_ends_when_nobody_watches_any_more(viewer: Viewer, page: Page) -> None:
    viewer.cast.turn_to(page)
    viewer.watches = True
    turn(page, lambda: bool(viewer.frames))
    viewer.watches = False
    viewer.looks(page)
    shown = len(viewer.frames)
    button(page).click()
    viewer.looks(page)

    assert len(viewer.frames) == shown


def test_a_measured_walk_is_not_filmed_and_the_next_one_is(viewer: Viewer, page: Page) -> None:
    viewer.watches = viewer.measured = True
    viewer.cast.turn_to(page)
    viewer.looks(page)
    viewer.cast.turn_to(page)
    viewer.looks(page)
    assert viewer.frames == []

    viewer.measured = False
    viewer.cast.turn_to(page)
    turn(page, lambda: bool(viewer.frames))


def test_follows_the_journey_from_page_to_page(viewer: Viewer, page: Page, context: BrowserContext) -> None:
    viewer.watches = True
    viewer.cast.turn_to(page)
    turn(page, lambda: bool(viewer.frames))
    other = context.new_page()
    other.goto("/?colour=3")
    viewer.cast.turn_to(other)
    turn(other, lambda: colour_of(viewer.frames[-1][0]) == COLOURS[3])
    viewer.cast.turn_to(None)
    page.close()
    other.close()
    last = context.new_page()
    last.goto("/?colour=2")
    viewer.cast.turn_to(last)
    turn(last, lambda: colour_of(viewer.frames[-1][0]) == COLOURS[2])


def test_a_page_that_goes_away_takes_nothing_with_it(viewer: Viewer, chromium: Browser, site: Site) -> None:
    viewer.watches = True
    for _ in range(3):
        context = chromium.new_context(base_url=site.url)
        page = context.new_page()
        viewer.cast.turn_to(page)
        page.goto("/")
        context.close()
    again = chromium.new_context(base_url=site.url)
    viewer.cast.turn_to(again.new_page())
    again.pages[0].goto("/?colour=1")
    turn(again.pages[0], lambda: bool(viewer.frames) and colour_of(viewer.frames[-1][0]) == COLOURS[1])
    again.close()


def test_a_store_that_refuses_a_frame_ends_nothing(viewer: Viewer, page: Page) -> None:
    viewer.broken = viewer.watches = True
    viewer.cast.turn_to(page)
    turn(page, lambda: bool(viewer.frames))
    viewer.broken = False
    button(page).click()
    turn(page, lambda: _shows(viewer, page, COLOURS[0]))
