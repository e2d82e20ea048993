"""The section Access as a browser shows it from the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from stormwalk.access.results import Access
from stormwalk.reporting import write_reports
from tests.reporting.access_samples import everything, hostile, large, with_access
from tests.reporting.samples import FakeStore
from tests.reporting.test_report_in_browser import chromium, opened

__all__ = ["chromium"]

OF_BOX = "box => [box.scrollWidth > box.clientWidth, box.getBoundingClientRect().right <= innerWidth]"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    checks = {"everything": everything(), "large": large(), "hostile": hostile("<b>" + "W" * 3000)}
    return {name: _written(tmp_path_factory.mktemp(name), check) for name, check in checks.items()}


def _written(root: Path, access: Access) -> Path:
    return write_reports(FakeStore(), with_access(access), root=root).html


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["everything", "large", "hostile"])
def test_it_fits_and_does_not_complain(
    chromium: Browser, pages: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    seen = opened(chromium, pages[name], width=width, scheme=scheme)
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.complaints == []
    seen.page.context.close()


def test_a_phone_scrolls_the_grid_in_its_box_and_keeps_the_names_in_sight(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    page = opened(chromium, pages["large"], width=390).page
    box = page.locator(".axs")
    assert box.evaluate(OF_BOX) == [True, True]
    box.evaluate("box => box.scrollTo(400, 600)")
    corners = (
        "one => { const a = one.getBoundingClientRect(), b = one.closest('.axs').getBoundingClientRect(); return %s }"
    )
    assert abs(page.locator(".ax thead th").nth(3).evaluate(corners % "a.top - b.top")) < 3
    assert abs(page.locator(".ax tbody th.ep").nth(9).evaluate(corners % "a.left - b.left")) < 3
    page.context.close()


def test_a_wide_screen_shows_a_small_grid_whole_and_its_head_stays_below_the_bar(
    chromium: Browser, pages: dict[str, Path]
) -> None:
    page = opened(chromium, pages["everything"], width=1280).page
    page.locator(".ax tbody tr").nth(30).scroll_into_view_if_needed()
    page.locator(".ax tbody tr").nth(30).evaluate("row => row.scrollIntoView({block: 'center'})")
    assert page.locator(".ax thead th").first.evaluate("head => head.getBoundingClientRect().top") == 44
    page.context.close()


def test_it_reads_without_javascript(chromium: Browser, pages: dict[str, Path]) -> None:
    page = opened(chromium, pages["everything"], width=1280, javascript=False).page
    page.get_by_role("cell", name="leak own → let in with 200").wait_for(state="visible")
    page.get_by_label("Not as expected").check()
    assert _rows(page) == 9 - 1  # eight cells and one never judged, two of them in the same row
    page.get_by_role("link", name="leak own → let in with 200").click()
    assert page.locator("article:target h3").text_content() == (
        "GET /api/orders/{id} shows shopper what belongs to another user"
    )
    page.context.close()


def _rows(page: Page) -> int:
    return page.locator(".ax tbody tr:not(.g):visible").count()


def test_the_replay_command_is_copied_as_it_stands(chromium: Browser, pages: dict[str, Path]) -> None:
    page = opened(chromium, pages["everything"], width=1280).page
    article = page.locator("article").filter(has_text="cross-user-read")
    button = article.get_by_role("button", name="Copy: command that replays x7c1e")
    button.click()
    page.get_by_role("status").filter(has_text="ed").wait_for(state="attached")
    assert article.locator(".cmd code").text_content() == "python -m stormwalk access replay x7c1e"
    page.context.close()


def test_what_was_accepted_unfolds_when_a_link_leads_there(chromium: Browser, pages: dict[str, Path]) -> None:
    page = opened(chromium, pages["everything"], width=1280).page
    assert page.locator("tr#a8").is_hidden()
    page.locator("td.x-leak a[href='#a8']").click()
    page.locator("tr#a8").wait_for(state="visible")
    page.context.close()


def test_on_paper_the_whole_grid_is_there(chromium: Browser, pages: dict[str, Path]) -> None:
    page = opened(chromium, pages["large"], width=1000).page
    page.emulate_media(media="print")
    assert page.locator(".axs").evaluate("box => box.scrollHeight === box.clientHeight")
    page.context.close()
