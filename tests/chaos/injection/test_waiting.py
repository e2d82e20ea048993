from __future__ import annotations

import time

import pytest
from playwright.sync_api import Browser

from chaos.injection.waiting import Waiting, park, timers_wake_greenlets
from tests.chaos.town import Town


def routed(chromium: Browser, town: Town, waiting: str) -> tuple[list[float], bool]:
    """Ten calls at once, each of them held for 300 ms; how long each was held, and whether all overlapped."""
    context = chromium.new_context(base_url=town.url)
    wait = Waiting(context) if waiting == "loop" else Waiting(context, prove=lambda _: False)
    held: list[float] = []
    most = 0
    now = 0

    def hold(route: object) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        begun = time.monotonic()
        wait.wait(300)
        held.append((time.monotonic() - begun) * 1000)
        now -= 1
        route.fallback()  # type: ignore[attr-defined]

    context.route("**/api/**", hold)
    page = context.new_page()
    page.goto("/")
    page.evaluate("() => Promise.all(Array.from({length: 10}, (_, n) => call('/api/thing?n=' + n)))")
    wait.close()
    context.close()
    return held, most == 10


def test_timers_of_the_loop_wake_a_parked_handler(chromium: Browser) -> None:
    """The private ground that `park` stands on; a Playwright that changes it fails here."""
    context = chromium.new_context()

    assert timers_wake_greenlets(context)
    context.close()


@pytest.mark.parametrize("waiting", ["loop", "anchor"])
def test_waits_are_never_too_short_and_overlap(waiting: str, chromium: Browser, town: Town) -> None:
    held, overlapped = routed(chromium, town, waiting)

    assert min(held) >= 300
    assert overlapped


def test_whoever_is_outside_of_a_handler_cannot_be_parked(chromium: Browser) -> None:
    from chaos.injection.waiting import Sleeper

    with pytest.raises(RuntimeError, match="only a handler can be parked"):
        park(Sleeper(), 1)
