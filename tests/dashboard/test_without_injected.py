"""What the application did, without what we did to it: response times, and the lines of the error log."""

from __future__ import annotations

from dataclasses import replace

from playwright.sync_api import Browser, expect

from dashboard.courses import chart_view, endpoint_views
from dashboard.snapshot import changes
from dashboard.state import RunState
from stormwalk.events import CallFinished, Event
from tests.dashboard import tales
from tests.dashboard.serving import Served
from tests.dashboard.test_in_browser import connected, opened
from tests.dashboard.test_showing import folded


def late(journey: str, index: int, felt: float, injected: float, at: float) -> list[Event]:
    """A call that a fault has held back."""
    struck = tales.blows(journey, index, "latency")
    decision = replace(struck.decision, at=at, observed_ms=injected, went_on=True)
    call = replace(tales.call("/api/orders", felt, 201, "POST"), started_at=at - injected / 1000)
    return [
        replace(struck, decision=decision, at=at),
        CallFinished(at=at, worker="gw0", journey=journey, step=index, call=call),
    ]


def slow_run() -> RunState:
    storm = [*tales.storm_begins(), *tales.storm_walk("a", "latency"), tales.step_begins("a", 1)]
    return folded(*storm, *late("a", 1, 540.0, 500.0, storm[0].at + 1), *late("a", 1, 560.0, 500.0, storm[0].at + 2))


def test_times_are_shown_as_felt_and_without_what_was_injected() -> None:
    shown = endpoint_views(slow_run())[0]

    assert (shown.p50, shown.p95) == ("550", "560")
    assert (shown.own50, shown.own95) == ("50", "60")
    assert shown.own_line != shown.line


def test_the_chart_has_both_courses_on_one_scale() -> None:
    chart = chart_view(slow_run(), "POST /api/orders")

    assert chart is not None
    heights = [[float(point.split(",")[1]) for point in line.split()] for line in (chart.p50, chart.own_p50)]
    assert max(heights[0]) < min(heights[1]), "what was injected is above what was not"


def test_what_a_fault_has_ended_took_no_time_of_the_application() -> None:
    run = folded(*tales.tried_again())

    assert [(one.p50, one.own50) for one in endpoint_views(run)] == [("35", "30")]


def test_the_browser_complains_once_of_a_call_that_we_ended_and_the_rest_is_the_application() -> None:
    lines = changes(folded(*tales.tried_again()), 0, {}).log

    assert [(one.message, one.ours) for one in lines] == [
        ("Failed to load resource: net::ERR_FAILED", "ours"),
        ("TypeError: no order", ""),
    ]


def test_the_log_hides_what_our_own_faults_caused_with_a_script_and_without(
    chromium: Browser, dashboard: Served
) -> None:
    address = f"{dashboard.url}/runs/{tales.TRIED_AGAIN}"
    for script in (True, False):
        with opened(chromium, address, javascript=script) as there:
            page, lines = there.page, there.page.locator("#lines li:visible")
            if script:
                connected(page)
            expect(lines).to_have_count(2)
            page.locator("#log").get_by_label("Without injected").check()
            if not script:
                page.get_by_role("button", name="Filter").click()
            expect(lines).to_have_count(1)
            expect(lines).to_contain_text("TypeError: no order")


def test_the_times_are_switched_without_a_script(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.TRIED_AGAIN}", javascript=False) as there:
        row = there.page.locator("#api tbody tr").first
        expect(row.locator("td:visible").nth(1)).to_have_text("35", use_inner_text=True)
        there.page.locator("#api").get_by_label("Without injected").check()
        expect(row.locator("td:visible").nth(1)).to_have_text("30", use_inner_text=True)


def test_a_normal_run_has_nothing_to_leave_out(chromium: Browser, dashboard: Served) -> None:
    with opened(chromium, f"{dashboard.url}/runs/{tales.RUN}") as there:
        expect(there.page.get_by_label("Without injected")).to_have_count(0)
        expect(there.page.locator("#api").get_by_role("columnheader", name="control")).to_have_count(0)
