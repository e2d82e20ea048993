"""Pictures show the step that they name, whatever follows it, and never stand in the way of a journey."""

from __future__ import annotations

import inspect
import io
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from PIL import Image
from playwright._impl._errors import TimeoutError as ImplTimeoutError
from playwright._impl._sync_base import SyncBase
from playwright.sync_api import Browser, BrowserContext, CDPSession, Error, Locator, Page, expect

from stormwalk.camera import CAUTIOUS_PICTURES, TIMEOUT_MS, Camera, _shoot, may_overlap, name_of, watch_calls
from tests.walking import COLOURS, colour_of

PICTURES = len(COLOURS)


class Album:
    """What a camera delivered: pictures with whether they are certain, and the reasons of those that failed."""

    def __init__(self, camera: Camera) -> None:
        self.camera = camera
        self.pictures: list[tuple[bytes, bool]] = []
        self.reasons: list[str] = []

    def take(self, page: Page) -> None:
        self.camera.take(page, lambda jpeg, certain: self.pictures.append((jpeg, certain)), self.reasons.append)

    @property
    def colours(self) -> list[tuple[int, ...]]:
        return [colour_of(jpeg) for jpeg, _ in self.pictures]

    @property
    def certain(self) -> list[bool]:
        return [certain for _, certain in self.pictures]


@pytest.fixture
def album() -> Iterator[Album]:
    camera = Camera()
    end = watch_calls(camera)
    yield Album(camera)
    end()


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Next")


def at_the_pointer(page: Page, number: int) -> None:
    box = button(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 5, box["y"] + 5)


@pytest.mark.parametrize(
    "act",
    [
        lambda page, number: button(page).click(),
        at_the_pointer,
        lambda page, number: button(page).click(force=True),
        lambda page, number: button(page).dispatch_event("click"),
        lambda page, number: button(page).press("Enter"),
        lambda page, number: page.evaluate(f"paint({number})"),
        lambda page, number: page.goto(f"/?colour={number}"),
        lambda page, number: page.get_by_label("Colour").fill(str(number)),
    ],
    ids=["click", "mouse", "forced", "dispatch", "press", "evaluate", "goto", "fill"],
)
def test_a_picture_shows_what_was_there_before_the_next_call(
    album: Album, page: Page, act: Callable[[Page, int], None]
) -> None:
    for number in range(PICTURES):
        act(page, number)
        album.take(page)
    album.camera.wait()

    sure = [number for number, certain in enumerate(album.certain) if certain]
    assert len(album.pictures) == PICTURES
    assert [album.colours[n] for n in sure] == [COLOURS[n] for n in sure]
    assert len(sure) >= PICTURES - 2  # a machine under load may doubt one now and then


def test_a_picture_is_a_jpeg_of_the_window_in_css_pixels(album: Album, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 640, "height": 400}, device_scale_factor=1)
    album.take(context.new_page())
    album.camera.wait()
    context.close()

    with Image.open(io.BytesIO(album.pictures[0][0])) as picture:
        assert (picture.format, picture.size) == ("JPEG", (640, 400))


@pytest.mark.parametrize(
    ("call", "overlaps"),
    [
        ("to_be_visible", True),
        ("not_to_have_text", True),
        ("wait_for", True),
        ("wait_for_url", True),
        ("is_visible", True),
        ("text_content", True),
        ("click", True),
        ("check", True),
        ("hover", True),
        ("fill", False),
        ("press", False),
        ("goto", False),
        ("reload", False),
        ("evaluate", False),
        ("evaluate_all", False),
        ("dispatch_event", False),
        ("drag_to", False),
        ("select_option", False),
        ("set_content", False),
        ("close", False),
        ("", False),
        ("something_new", False),
    ],
)
def test_only_what_reads_or_waits_overlaps_with_a_picture(call: str, overlaps: bool) -> None:
    assert may_overlap(call) is overlaps


def test_playwright_still_is_what_the_camera_stands_on(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every synchronous call goes through `SyncBase._sync`, as a coroutine that bears the name of the call."""
    seen: list[str] = []
    original = SyncBase._sync

    def watched(self: SyncBase, awaitable: Any) -> Any:
        seen.append(name_of(awaitable))
        return original(self, awaitable)

    assert list(inspect.signature(original).parameters) == ["self", "awaitable"]
    monkeypatch.setattr(SyncBase, "_sync", watched)
    page.goto("/")
    button(page).click()
    button(page).click(force=True)
    page.mouse.click(1, 1)
    page.get_by_label("Colour").fill("1")
    expect(button(page)).to_be_visible()
    page.evaluate("1")
    page.context.new_page()

    assert seen == ["goto", "click", "", "", "fill", "to_be_visible", "evaluate", "new_page"]


def test_watching_ends_without_a_trace() -> None:
    before = SyncBase._sync
    watch_calls(Camera())()

    assert SyncBase._sync is before


def pending(album: Album, page: Page) -> None:
    """Leaves a picture in flight: nothing of Playwright's runs between this and the next call."""
    taken = len(album.pictures)
    album.take(page)
    assert len(album.pictures) == taken


def test_a_picture_that_a_click_overtook_is_marked_and_the_next_are_waited_for(album: Album, page: Page) -> None:
    album.take(page)
    album.camera.wait()
    pending(album, page)
    album.camera.after_call("click")
    album.camera.wait()

    assert album.certain == [True, False]
    for number in range(CAUTIOUS_PICTURES):
        album.take(page)
        assert len(album.pictures) == number + 3  # it was waited for
    pending_before = len(album.pictures)
    album.take(page)
    assert len(album.pictures) == pending_before
    album.camera.wait()
    assert album.certain[2:] == [True] * (CAUTIOUS_PICTURES + 1)


def test_a_click_that_fails_is_noticed_as_well(album: Album, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(album.camera, "after_call", told.append)
    with pytest.raises(Error):
        page.get_by_role("button", name="Nowhere").click(timeout=50)

    assert told == ["click"]


@pytest.mark.parametrize("call", ["to_have_text", "evaluate"])
def test_other_calls_do_not_make_a_picture_uncertain(album: Album, page: Page, call: str) -> None:
    pending(album, page)
    album.camera.after_call(call)
    album.camera.wait()

    assert album.certain == [True]


def test_a_closed_page_gives_a_reason_and_no_exception(album: Album, context: BrowserContext) -> None:
    fresh, known = context.new_page(), context.new_page()
    album.take(known)
    album.camera.wait()
    pages = len(album.pictures)
    fresh.close()
    known.close()
    album.take(fresh)
    album.take(known)
    album.camera.wait()

    assert len(album.pictures) == pages
    assert len(album.reasons) == 2
    assert [reason for reason in album.reasons if "closed" not in reason or "\n" in reason] == []


def test_a_page_that_closes_while_its_picture_is_taken(album: Album, page: Page) -> None:
    album.take(page)
    page.close()
    album.camera.wait()

    assert len(album.pictures) + len(album.reasons) == 1


def test_a_crashed_page_gives_a_reason_and_no_exception(album: Album, doomed: BrowserContext) -> None:
    page = doomed.new_page()
    page.goto("/")
    album.take(page)
    with pytest.raises(Error):
        page.goto("chrome://crash")
    album.take(page)
    album.camera.wait()

    assert len(album.pictures) + len(album.reasons) == 2
    assert album.reasons


def test_a_page_on_its_way_is_given_up_after_the_time_out(album: Album, page: Page) -> None:
    page.evaluate("setTimeout(() => location.href = '/slow?seconds=8', 0)")
    page.wait_for_timeout(200)
    began = time.monotonic()
    album.take(page)
    album.camera.wait()

    assert time.monotonic() - began < TIMEOUT_MS / 1000 + 1.5
    assert len(album.reasons) + len(album.pictures) == 1


def test_pages_take_turns(album: Album, page: Page, context: BrowserContext) -> None:
    other = context.new_page()
    other.goto("/?colour=2")
    page.evaluate("paint(1)")
    for _ in range(3):
        album.take(page)
        album.take(other)
    album.camera.wait()

    assert album.colours == [COLOURS[1], COLOURS[2]] * 3


class _Firefox:
    """Firefox and WebKit say this when they are asked for a CDP session; neither browser is on every machine."""

    def __init__(self, picture: bytes | Error) -> None:
        self.context = self
        self._picture = picture

    def is_closed(self) -> bool:
        return False

    def new_cdp_session(self, page: object) -> object:
        raise Error("CDP session is only available in Chromium")

    def screenshot(self, **options: Any) -> bytes:
        assert options == {"type": "jpeg", "quality": 60, "scale": "css", "timeout": TIMEOUT_MS}
        if isinstance(self._picture, Error):
            raise self._picture
        return self._picture


@pytest.mark.parametrize(
    ("answer", "pictures", "reasons"),
    [
        (b"jpeg", [(b"jpeg", True)], []),
        (Error("Page.screenshot: Timeout\nCall log:"), [], ["Page.screenshot: Timeout"]),
    ],
)
def test_browsers_without_cdp_are_photographed_by_playwright(
    answer: bytes | Error, pictures: list[tuple[bytes, bool]], reasons: list[str]
) -> None:
    album = Album(Camera())
    album.take(cast(Page, _Firefox(answer)))

    assert (album.pictures, album.reasons) == (pictures, reasons)


class SwallowingSession:
    """A CDP session that leaves the first commands without an answer."""

    def __init__(self, swallowed: int) -> None:
        self._impl_obj = self
        self._swallowed = swallowed
        self.timeouts: list[float] = []

    async def send(self, method: str, params: dict[str, Any], timeout: float) -> dict[str, str]:
        self.timeouts.append(timeout)
        if len(self.timeouts) <= self._swallowed:
            raise ImplTimeoutError(f"CDPSession.send: Timeout {timeout:g}ms exceeded.")
        return {"data": "picture"}


def shoot(session: SwallowingSession) -> Any:
    # By hand: Playwright's own loop runs in this thread already.
    shooting = _shoot(cast(CDPSession, session))
    with pytest.raises(StopIteration) as ended:
        shooting.send(None)
    return ended.value.value


def test_a_command_that_a_navigation_swallowed_is_sent_again_in_the_same_time() -> None:
    session = SwallowingSession(swallowed=1)
    assert shoot(session) == {"data": "picture"}
    assert len(session.timeouts) == 2
    assert sum(session.timeouts) == TIMEOUT_MS


def test_a_page_that_never_answers_is_given_up() -> None:
    session = SwallowingSession(swallowed=9)
    with pytest.raises(ImplTimeoutError):
        shoot(session)
    assert len(session.timeouts) == 2


def test_what_a_handler_asks_of_playwright_does_not_wait_for_a_picture(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be what the page waits for; only the journey itself waits."""
    camera = Camera()
    told: list[str] = []
    monkeypatch.setattr(camera, "before_call", told.append)
    page.route("**/api/asked", lambda route: route.fulfill(body="answered"))
    stop = watch_calls(camera)
    try:
        assert page.evaluate("() => fetch('/api/asked').then(answer => answer.text())") == "answered"
    finally:
        stop()

    assert told == ["evaluate"]
