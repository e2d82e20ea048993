"""What is said of an exception: whose fault it is, and why, in one line. The exceptions are Playwright's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from stormwalk.errors import ApplicationStoppedAnswering
from stormwalk.failures import Failure, explain
from stormwalk.model import Status
from tests.walking import Site

FAILED, ERROR, SKIPPED = Status.FAILED, Status.ERROR, Status.SKIPPED
THANKS = 'get_by_role("heading", name="Thanks")'
VEIL = "document.body.insertAdjacentHTML('beforeend', '<div id=veil style=\"position:fixed;inset:0\"></div>')"
AGAIN = "run it again; if it happens again, try another browser (--browser-path)"


@pytest.fixture(scope="module")
def shop(chromium: Browser, site: Site) -> Iterator[Page]:
    page = chromium.new_page(base_url=site.url)
    page.goto("/")
    page.set_default_timeout(300)
    yield page
    page.close()


def raised_by(act: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - any exception, also Ctrl-C's
        act()
    return caught.value


def thanks(page: Page, message: str | None = None) -> None:
    expect(page.get_by_role("heading", name="Thanks"), message).to_be_visible(timeout=200)


def sold_out(page: Page) -> None:
    page.locator("[role=alert]").evaluate(
        "alert => { alert.hidden = false; setTimeout(() => alert.hidden = true, 400) }"
    )
    try:
        thanks(page)
    finally:
        expect(page.get_by_role("alert")).to_be_hidden()


def covered(page: Page) -> None:
    page.evaluate(VEIL)
    try:
        page.get_by_role("button", name="Next").click()
    finally:
        page.evaluate("veil.remove()")


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (
            lambda page: expect(page.get_by_role("heading")).to_have_text("Thanks", timeout=200),
            "Locator expected to have text 'Thanks'; Actual value: Shop [get_by_role(\"heading\")]",
        ),
        (thanks, f"Locator expected to be visible; it is not on the page [{THANKS}]"),
        (
            lambda page: thanks(page, "the order is confirmed"),
            f"expected: the order is confirmed; it is not on the page [{THANKS}]",
        ),
        (sold_out, f"Locator expected to be visible; it is not on the page [{THANKS}]; the page says: Sold out"),
        (
            lambda page: expect(page.get_by_label("Colour")).to_have_value("x", timeout=200),
            'Locator expected to have Value \'x\'; Actual value: "" [get_by_label("Colour")]',
        ),
        (
            lambda page: expect(page).to_have_title("Thanks", timeout=200),
            "Page title expected to be 'Thanks'; Actual value: Shop",
        ),
        (
            lambda page: expect(page.get_by_role("button")).to_be_visible(timeout=200),
            "Locator expected to be visible; Error: strict mode violation:"
            ' get_by_role("button") resolved to 8 elements: [get_by_role("button")]',
        ),
        (
            lambda page: page.get_by_role("button").click(),
            'Locator.click: Error: strict mode violation: get_by_role("button") resolved to 8 elements:',
        ),
        (
            lambda page: page.get_by_role("button", name="Never").click(),
            'could not click within 0.3 s (element is not enabled) [get_by_role("button", name="Never")]',
        ),
        (
            lambda page: page.get_by_role("button", name="Nowhere").click(),
            'could not click within 0.3 s [get_by_role("button", name="Nowhere")]',
        ),
        (
            covered,
            'could not click within 0.3 s (<div id="veil"></div> intercepts pointer events)'
            ' [get_by_role("button", name="Next")]',
        ),
        (
            lambda page: page.wait_for_url("**/thanks"),
            'could not wait for url within 0.3 s [navigation to "**/thanks" until "load"]',
        ),
        (
            lambda page: page.evaluate("null.x"),
            "Page.evaluate: TypeError: Cannot read properties of null (reading 'x')",
        ),
    ],
)
def test_what_the_application_does_wrong_is_a_failure(shop: Page, act: Callable[[Page], None], reason: str) -> None:
    assert failure_of(raised_by(lambda: act(shop))) == (FAILED, reason)


def failure_of(error: BaseException) -> tuple[Status, str]:
    failure = explain(error)
    return failure.status, failure.reason


def test_an_address_that_is_slow_or_empty_is_named(chromium: Browser, site: Site) -> None:
    page = chromium.new_page()
    slow = raised_by(lambda: page.goto(f"{site.url}/slow?seconds=1", timeout=200))
    empty = raised_by(lambda: chromium.new_page().goto(f"{site.url}/reset"))

    assert failure_of(slow) == (FAILED, f'could not open within 0.2 s ["{site.url}/slow?seconds=1"]')
    assert failure_of(empty) == (FAILED, f"Page.goto: net::ERR_EMPTY_RESPONSE at {site.url}/reset")


def test_what_cannot_be_reached_is_an_error(chromium: Browser) -> None:
    page = chromium.new_page()

    status, reason = failure_of(raised_by(lambda: page.goto("http://127.0.0.1:1999/")))

    assert status is ERROR
    assert reason == (
        "the application cannot be reached (Page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:1999/):"
        " is it running, and at this address?"
    )


def test_a_crashed_and_a_closed_page_are_errors(doomed: BrowserContext) -> None:
    page = doomed.new_page()
    page.goto("/")
    with pytest.raises(Error):
        page.goto("chrome://crash")
    crashed = raised_by(lambda: page.get_by_role("button").click(timeout=2000))
    page.close()
    closed = raised_by(page.title)

    assert failure_of(crashed) == (ERROR, f"the page crashed: {AGAIN}")
    assert failure_of(closed) == (ERROR, f"the page or the browser was closed in the middle of the step: {AGAIN}")


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (AssertionError("the total is 12.00, not 10.00"), FAILED, "the total is 12.00, not 10.00"),
        (AssertionError("assert 12 == 10\n  +  where 12 = total()"), FAILED, "assert 12 == 10; + where 12 = total()"),
        (AssertionError(), FAILED, "an assertion of the journey does not hold"),
        (AssertionError("\n \n"), FAILED, "an assertion of the journey does not hold"),
        (pytest.fail.Exception("no receipt came"), FAILED, "no receipt came"),
        (pytest.skip.Exception("not on Sundays"), SKIPPED, "not on Sundays"),
        (pytest.skip.Exception(), SKIPPED, "skipped by the journey"),
        (KeyboardInterrupt(), ERROR, "interrupted"),
        (pytest.exit.Exception("enough"), ERROR, "interrupted"),
        (ApplicationStoppedAnswering("it is gone; look"), ERROR, "it is gone; look"),
        (KeyError("name"), ERROR, "the journey's own code raised KeyError: 'name'"),
        (SystemExit(3), ERROR, "the journey's own code raised SystemExit: 3"),
        (ExceptionGroup("two", [AssertionError("the first"), ValueError("b")]), FAILED, "the first"),
        (ExceptionGroup("a", [ExceptionGroup("b", [AssertionError("in it")])]), FAILED, "in it"),
    ],
)  # fmt: skip
def test_other_exceptions(error: BaseException, status: Status, reason: str) -> None:
    assert failure_of(error) == (status, reason)


def test_an_error_of_the_journeys_own_code_names_the_place() -> None:
    _, reason = failure_of(raised_by(lambda: {"price": 1}["name"]))

    assert reason.startswith("the journey's own code raised KeyError: 'name' (test_failures.py:")


def test_a_reason_is_one_line_and_both_are_bounded() -> None:
    failure = explain(AssertionError("the basket\nis " + "very " * 50_000 + "empty"))

    assert "\n" not in failure.reason
    assert len(failure.reason) == 400
    assert len(failure.details) <= 12_000


def test_the_details_hold_everything_that_was_raised(shop: Page) -> None:
    failure: Failure = explain(raised_by(lambda: thanks(shop)))

    assert "Aria snapshot" in failure.details
    assert "test_failures.py" in failure.details
