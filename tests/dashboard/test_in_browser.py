"""The pages as a browser shows them: for everybody, at every width, in both themes, whatever the texts say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Dialog, Page, Request, expect

from stormwalk.store import Store
from tests.dashboard import hostile, tales
from tests.dashboard.serving import Served, served

STEP = f"/runs/{tales.RUN}/journeys/2/steps/4"
PAGES = ["/", f"/runs/{tales.RUN}", "/runs", STEP, f"/runs/{tales.STORM}/stop", "/no-such-page"]
TOKEN = "a-token-that-nobody-guesses"


@dataclass(slots=True)
class Opened:
    """A page, and what it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("console", lambda line: self.complaints.append(line.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self._refuse(dialog))
        self.page.on("request", lambda request: self._see(request))

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _see(self, request: Request) -> None:
        if not request.url.startswith("http://127.0.0.1:"):
            self.complaints.append(request.url)


@contextmanager
def opened(
    browser: Browser, url: str, *, width: int = 1280, theme: Any = "light", javascript: bool = True
) -> Iterator[Opened]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme, java_script_enabled=javascript
    )
    found = Opened(context.new_page())
    found.listen()
    found.page.goto(url)
    yield found
    context.close()


def connected(page: Page) -> None:
    """Waits until the page hears the server; a page without a stream hears nothing."""
    if page.locator("#conn").count():
        expect(page.locator("#conn")).to_have_attribute("data-state", re.compile("live|over"))


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(path: str, theme: str, chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, dashboard.url + path, theme=theme) as there:
        connected(there.page)
        assert violations(there.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_lightbox_and_on_a_phone(
    theme: str, chromium: Browser, dashboard: Served
) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}?journey=manager", theme=theme, width=390) as there:
        connected(there.page)
        assert violations(there.page) == []
        there.page.locator("#frames a").last.click()
        expect(there.page.get_by_role("dialog")).to_contain_text("The confirmation was not shown")
        assert violations(there.page) == []


def test_axe_would_find_something(chromium: Browser, dashboard: Served) -> None:
    """A check of the check: one that finds nothing anywhere would pass all of the above."""
    with opened(chromium, dashboard.url) as there:
        there.page.evaluate("document.querySelector('.prog-l b').style.color = '#eee'")
        there.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
        assert {one.partition(":")[0] for one in violations(there.page)} >= {"button-name", "color-contrast"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_at_the_door_and_before_the_first_run(
    theme: str, chromium: Browser, tmp_path: Path
) -> None:
    with (
        served(tmp_path / "empty.db", tmp_path, token=TOKEN) as locked,
        opened(chromium, locked.url, theme=theme) as there,
        Store.open(tmp_path / "empty.db") as store,
    ):
        assert violations(there.page) == []
        there.page.get_by_label("Token").fill("wrong")
        there.page.get_by_role("button", name="Enter").click()
        expect(there.page.get_by_role("alert")).to_have_text("That is not the token.")
        there.page.get_by_label("Token").fill(TOKEN)
        there.page.get_by_role("button", name="Enter").click()
        expect(there.page.get_by_role("heading", level=1)).to_have_text("No run yet")
        assert violations(there.page) == []
        store.append(tales.STORM, tales.storm_begins())
        expect(there.page.get_by_role("heading", level=1)).to_contain_text("Web shop")


WIDTHS = (390, 640, 900, 1024, 1240, 1440, 1920, 2560)


@pytest.mark.parametrize("path", ["/", f"/runs/{tales.RUN}", "/runs", STEP])
def test_no_page_is_wider_than_its_window(path: str, chromium: Browser, dashboard: Served) -> None:
    too_wide = []
    with opened(chromium, dashboard.url + path) as there:
        connected(there.page)
        for width in WIDTHS:
            there.page.set_viewport_size({"width": width, "height": 900})
            if there.page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
                too_wide.append(width)
        assert (too_wide, there.complaints) == ([], [])


@pytest.mark.parametrize("path", ["/", f"/runs/{tales.RUN}", "/runs", STEP])
def test_pages_read_without_javascript(path: str, chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, dashboard.url + path, javascript=False) as there:
        expect(there.page.get_by_role("heading", level=1)).to_be_visible()
        expect(there.page.locator("main")).to_contain_text("Web shop" if path != STEP else "Place the order")
        assert there.page.locator(".needs-js:visible").count() == 0


def test_without_javascript_a_journey_can_be_chosen_and_the_log_filtered(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}", javascript=False) as there:
        there.page.get_by_role("link", name="A manager changes a price", exact=True).click()
        expect(there.page.locator("#film")).to_contain_text("A manager changes a price")
        there.page.get_by_label("Lines with this text").fill("TypeError")
        there.page.get_by_role("button", name="Filter").click()
        expect(there.page.locator("#lines li")).to_have_count(1)
        there.page.locator("#frames a").last.click()
        expect(there.page.get_by_role("heading", level=1)).to_have_text("4 Place the order")


@pytest.mark.parametrize("late", [False, True], ids=["printed by the server", "told by the stream"])
def test_texts_of_the_application_stay_texts(late: bool, chromium: Browser, tmp_path: Path) -> None:
    """Else a page under test would run its script in the browser of whoever watches it being tested."""
    with Store.open(tmp_path / "hostile.db") as store:
        store.append("hostile", hostile.beginning() if late else [*hostile.beginning(), *hostile.rest()])
        with served(tmp_path / "hostile.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            if late:
                store.append("hostile", hostile.rest())
            page = there.page
            for text in hostile.SHOWN:
                expect(page.locator("main")).to_contain_text(text)
            page.locator("#frames a").first.click()
            expect(page.get_by_role("dialog")).to_contain_text(hostile.CONSOLE)
            expect(page.get_by_role("dialog")).to_contain_text(hostile.REASON)
            page.keyboard.press("Escape")
            page.locator("#access .cl[href]").first.click()
            expect(page.get_by_role("dialog")).to_contain_text(hostile.TITLE)
            expect(page.get_by_role("dialog")).to_contain_text(hostile.ROLE)
            assert page.evaluate("window.pwned") is None
            assert page.locator("img:not([src^='/'])").count() == 0
            assert page.locator("a[href]:not([href^='/']):not([href^='#'])").count() == 0
            assert page.locator("main script, main iframe, main object, main [onerror], main [onload]").count() == 0
            assert [one for one in there.complaints if "404" not in one] == []


def test_the_lightbox_is_walked_with_the_keyboard_and_gives_the_focus_back(
    chromium: Browser, dashboard: Served
) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}?journey=manager") as there:
        page = there.page
        connected(page)
        second = page.locator("#frames a").nth(1)
        second.focus()
        page.keyboard.press("Enter")
        title = page.get_by_role("dialog").get_by_role("heading", level=2)
        expect(title).to_have_text("2 Log in")
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text("3 Add to the basket")
        page.keyboard.press("ArrowRight")
        expect(title).to_have_text("4 Place the order")
        expect(page.get_by_role("button", name="Next step")).to_be_disabled()
        expect(page.get_by_role("dialog")).to_contain_text("503")
        page.keyboard.press("ArrowLeft")
        expect(title).to_have_text("3 Add to the basket")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(second).to_be_focused()


def test_the_theme_follows_the_system_until_somebody_chooses(chromium: Browser, dashboard: Served) -> None:
    def background(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    with opened(chromium, dashboard.url) as light, opened(chromium, dashboard.url, theme="dark") as dark:
        assert background(light.page) != background(dark.page)
        light.page.get_by_role("button", name="Switch light and dark theme").click()
        assert background(light.page) == background(dark.page)
        light.page.reload()
        assert background(light.page) == background(dark.page)


def test_with_reduced_motion_nothing_moves(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, dashboard.url) as there:
        there.page.emulate_media(reduced_motion="reduce")
        connected(there.page)
        moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none').length"
        assert there.page.evaluate(moving) == 0


def test_a_page_of_a_run_that_is_still_being_read_becomes_whole_by_itself(chromium: Browser, tmp_path: Path) -> None:
    events = [event for number in range(700) for event in tales.walk(f"j{number}")]
    with Store.open(tmp_path / "long.db") as store:
        store.append(tales.RUN, [tales.started(), *events])
    with served(tmp_path / "long.db", tmp_path) as running, opened(chromium, running.url) as there:
        expect(there.page.locator("#loading")).to_have_count(0)
        expect(there.page.locator(".prog-l")).to_contain_text("700 of 700 journeys finished")
        expect(there.page.locator(".jy")).to_have_count(40)
        expect(there.page.get_by_text("page 1 of 18")).to_be_visible()
