"""What is written down of a journey, with a real page and a real store."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, expect

from stormwalk.camera import Camera, watch_calls
from stormwalk.errors import ApplicationStoppedAnswering, StoreError
from stormwalk.events import Event, EvidenceKept
from stormwalk.evidence import EvidenceKeeper, Kept
from stormwalk.journey import recorded_by, step
from stormwalk.model import Journey, Status
from stormwalk.network import NetworkRecorder
from stormwalk.observations import EvidenceKind, Moment
from stormwalk.page import PageObject
from stormwalk.reading import read_run
from stormwalk.recorder import Recorder
from stormwalk.redact import Redactor
from stormwalk.reporting import facts
from stormwalk.store import Store
from stormwalk.studio import Studio
from stormwalk.templates import template_of
from tests.storing import run_started
from tests.walking import COLOURS, colour_of, only_journey

PASSED, FAILED, ERROR, SKIPPED = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


class Shop(PageObject):
    @step("Paint {number}")
    def paint(self, number: int) -> None:
        self.page.get_by_role("button", name="Next").click()

    @paint.confirm
    def is_painted(self, number: int) -> None:
        expect(self.page.get_by_role("status")).to_have_text(str(number))

    @step("Press {button}", weight=2)
    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button).click()

    @step("Press {button} and lose the page")
    def press_and_lose(self, button: str) -> None:
        self.press(button)
        self.page.close()

    @step("Read the receipt with hush-hush")
    def read_receipt(self) -> None:
        expect(self.page.get_by_role("heading", name="Receipt hush-hush")).to_be_visible(timeout=100)

    @step("Leave for {address}", role_check=True)
    def leave_for(self, address: str) -> None:
        self.page.goto(address)

    @step("Think of {error}")
    def think(self, error: BaseException) -> None:
        raise error


@dataclass
class Walk:
    """A journey that is being recorded, and what it left in the store."""

    recorder: Recorder
    root: Path
    store: Store
    keeper: EvidenceKeeper
    full: bool = False

    def append(self, events: Iterable[Event], thumbnails: Mapping[str, bytes]) -> None:
        if self.full:
            raise StoreError("the disk is full")
        self.store.append("run", events, thumbnails)

    def done(self) -> Journey:
        self.recorder.develop()
        self.recorder.finish()
        self.keeper.flush()
        return self.journey

    @property
    def journey(self) -> Journey:
        return only_journey(read_run(self.store, "run"))

    def picture(self, number: int) -> bytes:
        (taken,) = [one for one in self.journey.steps[number].evidence if one.kind is EvidenceKind.PICTURE]
        return (self.root / taken.path).read_bytes()


Begin = Callable[..., Walk]
Act = Callable[[Shop], None]


def refuse(error: Exception) -> None:
    raise error


def alive() -> None:
    """The application answers."""


@pytest.fixture
def begin(tmp_path: Path, context: BrowserContext) -> Iterator[Begin]:
    """Begins to record what happens in the context."""
    ends: list[Callable[[], None]] = []

    def start(
        expected: tuple[str, ...] = (),
        expect_application: Callable[[], None] = alive,
        context: BrowserContext = context,
    ) -> Walk:
        store, camera, redactor = Store.open(tmp_path / "store.db"), Camera(), Redactor(["hush-hush"])
        store.append("run", [run_started()])

        def keep(kept: Kept) -> None:
            event = EvidenceKept(at=time.time(), journey=kept.journey, step=kept.step, evidence=kept.evidence)
            store.append("run", [event], {kept.evidence.id: kept.thumbnail} if kept.thumbnail else {})

        keeper = EvidenceKeeper(tmp_path, "run", keep, refuse)
        studio = Studio(
            append=lambda events, thumbnails: walk.append(events, thumbnails),
            camera=camera,
            keeper=keeper,
            redactor=redactor,
            expect_application=expect_application,
            tell_open=lambda step: network.tell_open(step),
        )
        recorder = Recorder(studio, key="buys", nodeid="test_shop.py::test_buys", title="Buys", goal="Buys a lamp.")
        network = NetworkRecorder(recorder, template_of, redactor)
        network.attach(context)
        walk = Walk(recorder, tmp_path, store, keeper)
        recorder.start(expected)
        recording = recorded_by(recorder)
        recording.__enter__()
        ends.extend((store.close, keeper.close, recording.__exit__, watch_calls(camera)))
        return walk

    yield start
    for end in reversed(ends):
        end()


def told(journey: Journey) -> list[tuple[str, Status | None]]:
    return [(one.name, one.status) for one in journey.steps]


@pytest.mark.parametrize(
    ("act", "address", "answer"),
    [
        (lambda shop: shop.press("Wait"), "/slow", "no answer yet after "),
        (lambda shop: shop.leave_for("/half"), "/half", "200, not all of it had come after "),
    ],
)
def test_a_page_that_does_not_come(begin: Begin, page: Page, act: Act, address: str, answer: str) -> None:
    walk, shop = begin(), Shop(page)
    page.goto("/")
    page.set_default_timeout(1500)
    with pytest.raises(Error):
        act(shop)
    page.close()  # which ends the call as well; that we gave it up is not what the reader wants to know
    failed = walk.done().steps[0]
    (call,) = [call for call in failed.calls if call.template == address]
    assert failed.reason.startswith("the click was done, and the page that it leads to did not") is (address == "/slow")
    assert f"GET {address}: {call.failure}" in failed.reason
    assert (facts.answer(call).startswith(answer), facts.outcome(call)) == (True, facts.CallOutcome.FAILED)


def test_each_step_has_its_picture_its_thumbnail_and_its_calls(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    for number in range(4):
        shop.paint(number)
    with page.expect_request_finished(lambda one: "/api/" in one.url):
        shop.press("Buy")
    page.wait_for_timeout(100)  # others hear of it as well
    journey = walk.done()

    assert told(journey) == [*((f"Paint {n}", PASSED) for n in range(4)), ("Press Buy", PASSED)]
    assert [colour_of(walk.picture(n)) for n in range(4)] == list(COLOURS[:4])
    for one in journey.steps:
        assert one.picture is not None
        assert walk.store.thumbnail("run", one.picture.id)
        assert one.duration_ms
        assert one.page == "Shop"
    assert [call.template for call in journey.steps[4].calls] == ["/api/orders/{id}"]
    assert (journey.status, journey.steps[4].weight, journey.goal) == (PASSED, 2, "Buys a lamp.")


def test_a_finished_step_is_in_the_store_before_the_next_begins(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    shop.paint(0)

    assert told(walk.journey) == [("Paint 0", PASSED)]


def test_a_failed_step_keeps_reason_picture_snapshot_and_console(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    shop.press("Complain")
    with pytest.raises(AssertionError):
        shop.read_receipt()
    journey = walk.done()

    failed = journey.steps[1]
    assert (failed.status, journey.status) == (FAILED, FAILED)
    assert failed.reason.startswith("Locator expected to be visible; it is not on the page")
    assert journey.reason == failed.reason
    assert [(one.kind, one.moment) for one in failed.evidence] == [
        (EvidenceKind.PICTURE, Moment.FAILURE),
        (EvidenceKind.ACCESSIBILITY, Moment.FAILURE),
    ]
    assert '- heading "Shop"' in (walk.root / failed.evidence[1].path).read_text()
    assert [(line.level, line.text) for line in journey.steps[0].console] == [("error", "the till is empty")]


def test_no_secret_reaches_the_store(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    shop.press("Buy")
    with pytest.raises(AssertionError):
        shop.read_receipt()
    walk.done()

    assert "hush-hush" not in repr(read_run(walk.store, "run"))
    assert "hush" not in " ".join(str(path) for path in walk.root.rglob("*.*"))


@pytest.mark.parametrize(
    ("raised", "expected", "statuses", "reason"),
    [
        (AssertionError("sold out"), ("Paint 0", "Think", "Pay", "Go"), (PASSED, FAILED, SKIPPED, SKIPPED), "sold out"),
        (AssertionError("sold out"), (), (PASSED, FAILED), "sold out"),
        (
            KeyError("k"),
            ("Paint 0", "Think", "Pay"),
            (PASSED, ERROR, SKIPPED),
            "the journey's own code raised KeyError",
        ),
        (pytest.skip.Exception("closed"), ("Paint 0", "Think", "Pay"), (PASSED, SKIPPED, SKIPPED), "closed"),
        (KeyboardInterrupt(), ("Paint 0",), (PASSED, ERROR), "interrupted"),
    ],
)
def test_steps_that_were_not_reached_are_skipped(
    begin: Begin,
    page: Page,
    raised: BaseException,
    expected: tuple[str, ...],
    statuses: tuple[Status, ...],
    reason: str,
) -> None:
    walk, shop = begin(expected), Shop(page)
    shop.paint(0)
    with pytest.raises(type(raised)):
        shop.think(raised)
    journey = walk.done()

    assert tuple(one.status for one in journey.steps) == statuses
    assert [one.name for one in journey.steps[2:]] == list(expected[2:])
    assert [one.index for one in journey.steps] == list(range(1, len(statuses) + 1))
    assert (journey.status, journey.reason[: len(reason)]) == (statuses[1], reason)


@pytest.mark.parametrize("title", ["Checks of the journey", "Set-up of the journey"])
def test_what_fails_outside_of_any_step_hides_no_step_that_was_not_reached(
    begin: Begin, page: Page, title: str
) -> None:
    walk, shop = begin(("Paint 0", "Paint 1", "Paint 2")), Shop(page)
    shop.paint(0)
    walk.recorder.whole_test(title, AssertionError("the total is wrong"))

    assert told(walk.done()) == [("Paint 0", PASSED), (title, FAILED), ("Paint 1", SKIPPED), ("Paint 2", SKIPPED)]


def test_a_test_without_steps_is_one_step(begin: Begin, page: Page) -> None:
    walk = begin(("The whole journey",))
    walk.recorder.seen(page)
    walk.recorder.whole_test("The whole journey", AssertionError("no"))
    journey = walk.done()

    assert told(journey) == [("The whole journey", FAILED)]
    assert journey.steps[0].picture is not None


def test_a_finding_is_not_hidden_by_what_goes_wrong_afterwards(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    with pytest.raises(AssertionError):
        shop.think(AssertionError("sold out"))
    walk.recorder.whole_test("Clean-up of the journey", RuntimeError("cannot clean up"))
    journey = walk.done()

    assert told(journey)[1:] == [("Clean-up of the journey", ERROR)]
    assert (journey.status, journey.reason) == (FAILED, "sold out")


def test_a_vanished_application_is_not_called_wrong(begin: Begin, page: Page) -> None:
    def gone() -> None:
        raise ApplicationStoppedAnswering("the application ended; see its log")

    walk, shop = begin(expect_application=gone), Shop(page)
    with pytest.raises(AssertionError):
        shop.read_receipt()

    assert told(walk.done())[0][1] is ERROR
    assert walk.journey.reason == "the application ended; see its log"


def test_a_page_that_crashes_is_an_error_and_breaks_nothing(begin: Begin, doomed: BrowserContext) -> None:
    walk, shop = begin(context=doomed), Shop(doomed.new_page())
    shop.open()
    shop.paint(0)
    with pytest.raises(Error):
        shop.leave_for("chrome://crash")
    with pytest.raises(Error):
        shop.press("Next")
    journey = walk.done()

    assert [status for _, status in told(journey)] == [PASSED, ERROR, ERROR]
    # Chromium sometimes goes down with its page.
    assert all(re.match("the page (crashed|or the browser was closed)", one.reason) for one in journey.steps[1:])
    lines = [line.text for one in journey.steps for line in one.console if line.level == "stormwalk"]
    assert lines
    assert all(re.match("no (picture|accessibility snapshot) of 0[23] ", line) for line in lines)


def test_a_page_that_closes_with_its_step_gives_a_line_and_no_exception(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    shop.press_and_lose("Next")
    journey = walk.done()

    assert told(journey) == [("Press Next and lose the page", PASSED)]
    (line,) = journey.steps[0].console
    assert (line.level, line.text[:30]) == ("stormwalk", "no picture of 01 Press Next an")


def test_a_page_that_is_on_its_way_holds_the_journey_for_seconds_only(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    began = time.monotonic()
    page.set_default_timeout(500)
    with pytest.raises(Error):
        page.get_by_role("button", name="Wait").click()
    with pytest.raises(Error):
        shop.press("Next")
    journey = walk.done()

    assert time.monotonic() - began < 7.5
    assert any("no accessibility snapshot" in line.text for line in journey.steps[0].console)


def test_pages_and_popups_of_several_actors(begin: Begin, page: Page, context: BrowserContext) -> None:
    walk, shop = begin(), Shop(page)
    walk.recorder.belongs_to(context, "sam", "shopper")
    other = Shop(context.new_page())
    other.leave_for("/?colour=2")
    with page.expect_popup() as popup:
        shop.press("Help")
    Shop(popup.value).paint(0)
    shop.paint(0)
    journey = walk.done()

    assert [(one.actor, one.role) for one in journey.steps] == [("sam", "shopper")] * 4
    assert [one.role_check for one in journey.steps] == [True, False, False, False]
    assert [one.url.rpartition("/")[2] for one in journey.steps] == ["?colour=2", "", "popup", ""]
    assert [colour_of(walk.picture(n)) for n in (0, 2, 3)] == [COLOURS[2], COLOURS[0], COLOURS[0]]


def test_when_the_store_refuses_nothing_is_lost_and_the_next_step_is_recorded(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    walk.full = True
    with pytest.raises(StoreError, match="full"):
        shop.paint(0)
    walk.full = False
    shop.paint(0)

    assert told(walk.done()) == [("Paint 0", None), ("Paint 0", PASSED)]


def test_half_a_character_stops_nothing(begin: Begin, page: Page) -> None:
    walk, shop = begin(), Shop(page)
    page.evaluate("console.log('\\ud800'); document.querySelector('h1').textContent = 'half \\ud800'")
    with pytest.raises(AssertionError):
        shop.think(AssertionError("half \ud800"))
    journey = walk.done()

    assert journey.reason == "half ?"
    assert [one.kind for one in journey.steps[0].evidence] == [EvidenceKind.PICTURE, EvidenceKind.ACCESSIBILITY]


def test_steps_need_no_browser(begin: Begin) -> None:
    class Api:
        @step("Ask the API")
        def ask(self) -> None: ...

    walk = begin()
    Api().ask()
    journey = walk.done()

    assert told(journey) == [("Ask the API", PASSED)]
    assert (journey.steps[0].evidence, journey.steps[0].url, journey.steps[0].page) == ((), "", "Api")
