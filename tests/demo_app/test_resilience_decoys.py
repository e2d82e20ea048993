"""Each resilience decoy looks as it says, and leaves nothing wrong behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Request, Response, expect

from demo_app.catalogue.decoys import RESILIENCE_DECOYS
from tests.demo_app.visit import Visit, visit

pytestmark = pytest.mark.catalogue


@dataclass(frozen=True, slots=True)
class Case:
    """How it looks in the clean shop, and with the decoy."""

    decoy: str
    look: Callable[[Visit], Any]
    clean: Any
    dressed: Any


def _open(visit: Visit) -> tuple[list[str], list[str]]:
    """The pictures that did not come, and the calls that were cut, while the products are shown."""
    missing: list[str] = []
    cut: list[str] = []

    def answered(response: Response) -> None:
        if response.status >= 400:
            missing.append(response.url.removeprefix(visit.shop.url))

    def failed(request: Request) -> None:
        cut.append(request.url.removeprefix(visit.shop.url))

    visit.page.on("response", answered)
    visit.page.on("requestfailed", failed)
    visit.page.goto("/")
    expect(visit.page.get_by_role("article")).to_have_count(12)
    visit.until(lambda: missing or cut, 1.5)
    return missing, cut


def _turning(visit: Visit) -> Any:
    visit.page.goto("/")
    return visit.page.evaluate("document.getAnimations().length")


def _poll(visit: Visit) -> Any:
    beats: list[int] = []

    def heard(response: Response) -> None:
        if "beat=" in response.url:
            beats.append(response.status)

    visit.page.on("response", heard)
    visit.page.goto("/")
    visit.until(lambda: len(beats) > 1, 3)
    return beats[:2]


def _failed_list(visit: Visit, status: int) -> list[str]:
    told: list[str] = []
    visit.page.on("console", lambda line: told.append(line.text))
    visit.fail("GET", "/api/products?q=", status)
    visit.page.goto("/")
    expect(visit.alert).to_be_visible(timeout=15_000)
    return [line for line in told if "Something went wrong" in line]


def _tries(visit: Visit) -> Any:
    _failed_list(visit, 503)
    gaps = [later - earlier for earlier, later in pairwise(visit.struck)]
    return len(gaps), gaps[-1] > gaps[0] * 2


def _busy_after(visit: Visit) -> Any:
    visit.page.goto("/")
    part = visit.page.locator("#products")
    expect(visit.page.get_by_role("article")).to_have_count(12)
    late = part.get_attribute("aria-busy") == "true"
    expect(part).not_to_have_attribute("aria-busy", "true")
    return late


def _failed_removal(visit: Visit) -> Any:
    """Whether the line is there during the call and after it, and whether the message stays."""
    seen: list[bool] = []
    visit.fill_basket()
    visit.sign_in()
    visit.page.goto("/basket")
    line = visit.page.locator("tbody tr")

    def fail(route: Any) -> None:
        seen.append(line.is_visible())
        route.fulfill(status=500, json={})

    visit.strike("DELETE", "/api/basket/items/1", fail)
    visit.press("Remove Storm Lantern")
    expect(visit.alert).to_be_visible()
    seen.append(line.is_visible())
    seen.append(not visit.until(lambda: not visit.alert.count(), 4))
    assert visit.page.get_by_role("button", name="Remove Storm Lantern").is_enabled()
    return seen


CASES = (
    Case("decorative-image-fails", _open, ([], []), (["/static/garland.svg"], [])),
    Case("prefetch-cancelled", _open, ([], []), ([], ["/api/products?q="])),
    Case("rotating-logo", _turning, 0, 1),
    Case("poll-fails-once", _poll, [], [503, 200]),
    Case("console-tells-failures", lambda visit: len(_failed_list(visit, 500)), 0, 1),
    Case("patient-retries", _tries, (3, True), (5, True)),
    Case("spinner-ends-late", _busy_after, False, True),
    Case("removal-rolled-back", _failed_removal, [True, True, True], [False, True, True]),
    Case("short-lived-message", _failed_removal, [True, True, True], [True, True, False]),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.decoy)
def test_a_decoy_looks_as_it_says(chromium: Browser, case: Case) -> None:
    seen = []
    for names in ((), (case.decoy,)):
        with visit(chromium, *names, call_timeout_ms=8000) as visitor:
            seen.append(case.look(visitor))
            assert not visitor.errors
    assert seen == [case.clean, case.dressed]


def test_every_resilience_decoy_is_tried() -> None:
    # That the shop itself is slow is tried without a browser, in test_resilience_api.
    assert {case.decoy for case in CASES} | {"slow-but-busy"} == {decoy.name for decoy in RESILIENCE_DECOYS}
