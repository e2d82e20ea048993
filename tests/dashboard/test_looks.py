"""How the page of a run looks: nothing cut off, nothing squeezed, the bar above the film, a mark for each step."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.courses import chart_view
from dashboard.showing import bar_of
from dashboard.snapshot import changes
from stormwalk.events import RunFinished
from stormwalk.model import Status
from stormwalk.store import Store
from tests.chaos.storming import wait_until
from tests.dashboard import tales
from tests.dashboard.serving import Served, served
from tests.dashboard.test_in_browser import connected, opened
from tests.dashboard.test_showing import folded

HALVES = "[...document.querySelectorAll('.pile')].map(each => each.getBoundingClientRect().width)"
CUT = """[...document.querySelectorAll('#api .scroll, #lines, #latest .scroll')]
    .filter(each => each.scrollWidth > each.clientWidth).map(each => each.id || each.closest('section').id)"""


@pytest.mark.parametrize("width", [390, 800, 1000, 1280, 1600])
@pytest.mark.parametrize("run", [tales.RUN, tales.TRIED_AGAIN])
def test_no_panel_is_squeezed_and_no_column_cut_off(run: str, width: int, chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{run}", width=width) as there:
        connected(there.page)
        whole = there.page.evaluate("document.querySelector('.run').getBoundingClientRect().width")
        left, right = there.page.evaluate(HALVES)
        assert (left, right) == (whole, whole) if width <= 1240 else left + right > whole - 20
        cut = there.page.evaluate(CUT)
        assert [one for one in cut if not (one == "latest" and width == 390)] == []


def test_the_columns_of_times_are_under_their_names_on_a_phone(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.TRIED_AGAIN}", width=390) as there:
        expect(there.page.locator("#chart")).to_have_text(
            "No call in the last minutes that are drawn; the table has them all."
        )
        table = there.page.locator("#api table")
        names = table.locator("thead th:visible").all_inner_texts()
        assert [one for one in names if one != "Last minutes"] == ["Endpoint", "Calls", "p50", "p95"]
        expect(table.locator("tbody tr").first.locator("td:visible")).to_have_count(len(names) - 1)


def test_the_lightbox_never_sets_an_address_in_single_letters(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.TRIED_AGAIN}") as there:
        connected(there.page)
        there.page.locator("#frames a").first.click()
        call = there.page.get_by_role("dialog").locator(".calls li").first
        expect(call).to_contain_text("net::ERR_CONNECTION_RESET")
        box = call.locator(".ep").bounding_box()
        assert box is not None
        assert box["width"] > 100
        assert box["height"] < 50


def test_what_takes_longer_is_wider_and_a_minute_leaves_room_for_the_rest() -> None:
    assert [bar_of(ms) for ms in (0.0, 60.0, 120.0, 60_000.0, 1e9)] == ["t0", "t0", "t4", "t40", "t47"]


def test_a_step_is_late_only_where_no_control_was_as_slow() -> None:
    def walked(ms: float) -> str:
        controls = [
            event
            for key, took in (("c1", 100.0), ("c2", 900.0), ("c3", 100.0))
            for event in (*tales.storm_walk(key, ""), tales.step_begins(key, 1), tales.step_ends(key, 1, ms=took))
        ]
        storm = [*tales.storm_walk("a", "latency"), tales.step_begins("a", 1), tales.step_ends("a", 1, ms=ms)]
        return changes(folded(*tales.storm_begins(), *controls, *storm), 0, {}).steps[-1].late

    assert (walked(400.0), walked(950.0)) == ("", "late")


def test_a_tile_has_a_mark_for_each_step() -> None:
    run = folded(tales.started(), tales.begins("a"), *tales.step("a", 1), *tales.step("a", 2, status=Status.FAILED))

    assert changes(run, 0, {}).workers[0].marks == "pf--"


def test_the_bar_above_the_film_grows_with_it(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}?journey=shopper") as there:
        connected(there.page)
        expect(there.page.locator("#slices li")).to_have_count(4)
        there.page.get_by_role("link", name="A manager changes a price", exact=True).click()
        expect(there.page.locator("#slices li.s-failed")).to_have_count(1)


def test_names_of_lines_never_stand_upon_each_other() -> None:
    run = folded(*tales.storm_begins(), *tales.storm_walk("c", ""), *tales.step("c", 1))
    chart = chart_view(run, "GET /api/products")

    assert chart is not None
    assert chart.middle == chart.last_y, "both lines end at the same height"
    assert round(abs(chart.p50_y - chart.control_y)) >= 13


def test_a_worker_that_fell_silent_while_others_went_on_is_said_to_be_lost() -> None:
    """Its browser was killed, perhaps, and its tile would look busy until the end of the run."""
    beginning = [tales.started(), tales.begins("a"), tales.begins("b", "gw1")]
    later = replace(tales.step_begins("b", 1, "gw1"), at=time.time() + 250)
    lost, there = changes(folded(*beginning, later), 0, {}).workers

    assert lost.look == "lost"
    assert lost.calm.startswith("nothing heard for 4 min")
    assert (there.look, there.calm) == ("running", "")
    assert changes(folded(*beginning), 0, {}).workers[0].look == "running"


def test_of_a_picture_that_is_missing_it_is_said_why(chromium: Browser, tmp_path: Path) -> None:
    def said(page: Page) -> list[str]:
        words = "all => all.map(each => getComputedStyle(each, '::after').content.replaceAll('\"', ''))"
        return list(page.locator("#frames .fm .shot").evaluate_all(words))

    skipped = tales.step_ends("a", 2, status=Status.SKIPPED)
    with Store.open(tmp_path / "store.db") as store:
        store.append(
            tales.RUN, [tales.started(), tales.begins("a"), tales.step_begins("a", 1), tales.step_ends("a", 1)]
        )
        store.append(tales.RUN, [skipped, tales.step_begins("a", 3)])
        with served(tmp_path / "store.db", tmp_path) as running:
            with opened(chromium, running.url) as there:
                assert said(there.page)[:3] == ["no picture yet", "not reached", "none"]
            store.append(
                tales.RUN, [tales.step_ends("a", 3), tales.ends("a"), RunFinished(at=time.time(), exit_code=0)]
            )
            with opened(chromium, running.url) as there:
                # The page shows what is known, and hears the rest.
                wait_until(there.page, lambda: said(there.page)[:3] == ["no picture", "not reached", "no picture"])
