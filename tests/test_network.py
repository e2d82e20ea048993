"""Every call of a context and what its pages write to their console, told as it happens and redacted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from playwright.sync_api import BrowserContext, Page

from stormwalk.network import NetworkRecorder
from stormwalk.observations import Call, CallSource, ConsoleLine, TimingSource
from stormwalk.redact import Redactor
from stormwalk.templates import template_of
from tests.walking import PAGE, Site


class Heard:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.current_step = 0
        self.calls: list[tuple[int, Call]] = []
        self.lines: list[ConsoleLine] = []
        self.crashed: list[Page] = []

    def call_finished(self, step: int, call: Call) -> None:
        self.calls.append((step, call))

    def console_written(self, line: ConsoleLine) -> None:
        self.lines.append(line)

    def page_crashed(self, page: Page) -> None:
        self.crashed.append(page)

    def call(self, template: str) -> Call:
        (call,) = [call for _, call in self.calls if call.template == template]
        return call


@pytest.fixture
def heard(context: BrowserContext) -> Heard:
    heard = Heard()
    NetworkRecorder(heard, template_of, Redactor(["S3cret-word"])).attach(context)
    return heard


@pytest.fixture
def shop(heard: Heard, context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    page.goto("/")
    page.wait_for_load_state("networkidle")
    yield page
    page.close()


class LateRequest:
    """A request as Playwright has it, with the browser's own times; seconds."""

    method, url, resource_type, post_data_buffer, existing_response = "GET", "http://shop.test/", "fetch", None, None

    def __init__(self, began: float, took: float) -> None:
        self.timing = {"startTime": began * 1000, "responseEnd": took * 1000}


class Ears:
    """A browser context of which only the events are heard."""

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[Any], None]] = {}

    def on(self, event: str, handler: Callable[[Any], None]) -> None:
        self.handlers[event] = handler


@pytest.mark.parametrize(
    ("began", "took", "right"),
    [
        pytest.param(-2.0, 0.01, True, id="heard two seconds late"),
        pytest.param(-2.0, -0.001, False, id="the browser has not timed its end, which we have heard"),
        pytest.param(0.5, 0.01, False, id="the browser has begun with it only when something let it go"),
        pytest.param(-900.0, 0.01, False, id="no time at all"),
    ],
)
def test_a_call_begins_when_the_browser_says_so(began: float, took: float, right: bool) -> None:
    heard, ears, now = Heard(), Ears(), time.time()
    NetworkRecorder(heard, template_of, Redactor(())).attach(cast(BrowserContext, ears))
    request = LateRequest(now + began, took)

    ears.handlers["request"](request)
    ears.handlers["requestfinished"](request)

    ((_, call),) = heard.calls
    assert (abs(call.started_at - now - began) < 0.001) is right
    assert call.started_at <= time.time()


def until(page: Page, done: Callable[[], object]) -> None:
    """Lets the page go on until something is there; the last news of a call come after its answer."""
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(20)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_a_call_has_method_template_status_sizes_and_times(heard: Heard, shop: Page) -> None:
    began = time.time()
    press(shop, "Buy")
    until(shop, lambda: len(heard.calls) > 1)

    call = heard.call("/api/orders/{id}")
    assert (call.method, call.status, call.failure, call.source) == ("POST", 200, None, CallSource.BROWSER)
    assert (call.resource_type, call.request_bytes, call.response_bytes) == ("fetch", 40, len('{"stock": 3}'))
    assert began - 1 < call.started_at < time.time() + 1


def test_the_page_itself_is_a_call(heard: Heard, shop: Page) -> None:
    page = heard.call("/")

    assert (page.method, page.resource_type, page.response_bytes) == ("GET", "document", len(PAGE.encode()))


def test_secrets_in_addresses_are_never_told(heard: Heard, shop: Page) -> None:
    shop.evaluate("fetch('/api/search?q=S3cret-word&token=abc123&page=2#frag')")
    press(shop, "Buy")
    until(shop, lambda: len(heard.calls) > 2)

    urls = " ".join(call.url + call.template for _, call in heard.calls)
    assert "page=2" in urls
    for secret in ("S3cret-word", "abc123", "hush-hush"):
        assert secret not in urls


def test_an_error_answer_and_a_lost_one_are_failed(heard: Heard, shop: Page) -> None:
    press(shop, "Fail")
    until(shop, lambda: len(heard.calls) > 2)

    refused, lost = heard.call("/api/refused"), heard.call("/reset")
    assert (refused.status, refused.failure, refused.failed) == (503, None, True)
    assert (lost.status, lost.failure, lost.failed) == (None, "net::ERR_EMPTY_RESPONSE", True)


def test_a_call_that_a_navigation_cut_off_is_told(heard: Heard, shop: Page) -> None:
    shop.evaluate("void fetch('/slow?seconds=3')")
    shop.goto("/?colour=1")
    until(shop, lambda: [call for _, call in heard.calls if call.template == "/slow"])

    assert heard.call("/slow").failure == "net::ERR_ABORTED"


def test_the_duration_is_what_the_page_felt(heard: Heard, shop: Page) -> None:
    shop.evaluate("void fetch('/slow?seconds=0.4')")
    shop.wait_for_timeout(100)
    time.sleep(2)  # the events wait in Playwright's queue, which our own clock would count
    until(shop, lambda: len(heard.calls) > 1)

    call = heard.call("/slow")
    assert call.timing_source is TimingSource.BROWSER
    assert call.duration_ms is not None
    assert 380 < call.duration_ms < 1_900


def test_a_call_of_whose_beginning_we_heard_late_ends_no_later_than_we_heard_of_its_end(
    heard: Heard, shop: Page
) -> None:
    shop.evaluate("void setTimeout(() => fetch('/slow?seconds=0.8'), 50)")
    time.sleep(2)  # now both events wait in Playwright's queue
    until(shop, lambda: len(heard.calls) > 1)
    heard_at = time.time()

    call = heard.call("/slow")
    assert call.timing_source is TimingSource.BROWSER
    assert call.started_at + (call.duration_ms or 0) / 1000 <= heard_at


def test_a_call_belongs_to_the_step_in_which_it_began(heard: Heard, shop: Page) -> None:
    heard.current_step = 3
    shop.evaluate("void fetch('/slow?seconds=0.3')")
    heard.current_step = 4
    shop.evaluate("void fetch('/api/products/1')")
    until(shop, lambda: len(heard.calls) > 2)

    assert {call.template: step for step, call in heard.calls} == {"/": 0, "/slow": 3, "/api/products/{id}": 4}


def test_what_the_page_writes_and_throws(heard: Heard, shop: Page, site: Site) -> None:
    press(shop, "Complain")
    press(shop, "Throw")
    shop.evaluate("console.warn('the password is S3cret-word')")
    shop.evaluate("void Promise.reject(new Error('nobody caught me'))")
    until(shop, lambda: len(heard.lines) > 3)

    told = {line.level: line.text for line in heard.lines if "nobody" not in line.text}
    assert told["error"] == "the till is empty"
    assert "Cannot read properties of null (reading 'boom')" in told["pageerror"]
    assert "S3cret-word" not in told["warning"]
    assert any(line.level == "pageerror" and "nobody caught me" in line.text for line in heard.lines)
    assert next(line.location for line in heard.lines if line.level == "error").startswith(site.url + "/:")


def test_lines_are_bounded_and_half_characters_do_not_travel(heard: Heard, shop: Page) -> None:
    shop.evaluate("console.log('x'.repeat(100000)); console.log('half \\ud800 a character')")
    until(shop, lambda: len(heard.lines) > 1)

    assert len(heard.lines[0].text) == 2000
    assert heard.lines[1].text.encode("utf-8")  # what the store and the reports need to do


def test_popups_and_other_pages_of_the_context_are_heard(heard: Heard, shop: Page, context: BrowserContext) -> None:
    with shop.expect_popup() as popup:
        press(shop, "Help")
    popup.value.wait_for_load_state()
    press(popup.value, "Complain")
    other = context.new_page()
    other.goto("/missing")
    until(shop, lambda: len(heard.calls) > 2 and heard.lines)

    assert {call.template for _, call in heard.calls} == {"/", "/popup", "/missing"}
    assert heard.call("/missing").status == 404


def test_a_crash_is_told(doomed: BrowserContext) -> None:
    heard = Heard()
    NetworkRecorder(heard, template_of, Redactor()).attach(doomed)
    page = doomed.new_page()
    page.goto("/")
    with pytest.raises(Exception, match=r"Page\.goto"):
        page.goto("chrome://crash")
    deadline = time.monotonic() + 5
    while not heard.crashed and time.monotonic() < deadline:
        doomed.new_page().close()

    assert heard.crashed == [page]
