from __future__ import annotations

import time
from statistics import median

import pytest

from chaos.injection.conditions import OUT_OF_REACH
from tests.chaos.storming import Stormer
from tests.chaos.town import Town

FILE = "/api/file?bytes=40000"


def test_a_thin_line_takes_its_time_and_the_browser_proves_it(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:100 @ /api/**")

    assert stormy.call(FILE)["ms"] >= 300
    assert stormy.count.applied == 1


def test_the_least_latency_holds_until_the_headers_come(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:0,latency=200ms @ /api/**")

    assert stormy.call("/api/thing")["ms"] >= 190
    assert stormy.call("/other")["ms"] < stormy.call("/api/slow?ms=150")["ms"]


@pytest.mark.parametrize("pattern", ["/api/*/items", "/api/{id}/items", "/api/17/it*"])
def test_the_browser_takes_our_patterns(pattern: str, storming: Stormer, town: Town) -> None:
    stormy = storming(f"throttle:0,latency=20ms @ {pattern}")

    stormy.calls("/api/17/items?x=1", "/api/17", "/api/1/7/items")

    assert stormy.count.applied == 1


def test_a_new_page_is_struck_from_its_first_call(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:0,latency=150ms @ /other")
    page = stormy.context.new_page()
    begun = time.monotonic()
    page.goto("/other")

    assert time.monotonic() - begun >= 0.145
    assert (stormy.count.applied, stormy.count.escaped) == (1, ())


def test_the_first_call_of_a_popup_escapes_and_is_counted(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:0,latency=150ms @ /other")
    with stormy.page.expect_popup() as opened:
        stormy.page.evaluate("() => { window.open('/other') }")
    opened.value.wait_for_load_state()

    stormy.storm.lift()

    count = stormy.count
    assert count.matched == 1
    assert count.applied + sum(one.calls for one in count.escaped) == 1
    assert not count.escaped or count.escaped[0].reason == OUT_OF_REACH


def test_what_another_rule_answers_never_passes_the_line(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:0,latency=100ms @ /api/**", "http:503 @ /api/**")

    stormy.call("/api/thing")
    stormy.storm.lift()

    assert [one.applied for one in stormy.storm.counts] == [0, 1]
    assert stormy.storm.counts[0].escaped[0].reason == OUT_OF_REACH


@pytest.mark.parametrize("pattern", ["/api/**", "**"])
def test_offline_is_offline_also_beside_a_condition(pattern: str, storming: Stormer, town: Town) -> None:
    """A condition that matches lets calls through although the browser is offline."""
    stormy = storming(f"throttle:0,latency=50ms @ {pattern}", "offline:2s @ POST /api/orders")

    first = stormy.call("/api/orders", method="POST")
    beside = stormy.call("/api/thing")
    stormy.page.wait_for_function("() => navigator.onLine")
    stormy.page.wait_for_timeout(50)

    assert (first["status"], beside["status"]) == (0, 0)
    assert stormy.call("/api/thing")["ms"] >= 45  # the line is as thin as before


def test_after_the_storm_the_line_is_as_it_was(storming: Stormer, town: Town) -> None:
    stormy = storming("throttle:0,latency=400ms @ /api/**")
    slow = stormy.call("/api/thing")["ms"]

    stormy.storm.lift()

    assert stormy.call("/api/thing")["ms"] < slow


def test_a_slow_computer_needs_longer_and_is_fast_again_afterwards(storming: Stormer, town: Town) -> None:
    stormy = storming("slow-cpu:20")
    # Long enough for the browser to stop it again and again, which is how it makes a computer slow.
    work = """() => { const begun = performance.now(); let n = 0;
      for (let i = 0; i < 2e7; i++) n += i % 7; return performance.now() - begun; }"""
    slow = median(stormy.page.evaluate(work) for _ in range(3))

    stormy.storm.lift()

    # Whatever else a busy machine does, it leaves one of ten alone.
    fast = min(stormy.page.evaluate(work) for _ in range(10))
    assert fast < slow / 2, f"{slow:.0f} ms in the storm, {fast:.0f} ms afterwards"
    assert stormy.count.applied == 1
