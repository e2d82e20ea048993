"""Takes the picture of a page at the end of a step, without making the journey wait for it.

A screenshot that is waited for costs a quick step a third of its time, and nearly all of that is waiting: the
browser answers only after the next frame has been drawn. So the command is sent and the journey goes on. Before it
acts on the page, Playwright watches the target of a click for two frames, and in that time the picture is done.

A picture must show the step that it names, so this is watched:

* Calls that read or wait, and pointer actions that wait for two still frames first, may overlap with a picture.
  Every other call (`goto`, `fill`, `evaluate`, a forced click, ...) waits until the picture is there.
* When the answer of an overlapping action came before the picture, nothing proves any more what the picture shows.
  It is marked as uncertain, and the next pictures are waited for, since the machine is slow at this moment.
* Where a project names parts that no picture may show, their places are measured before and after the picture. It
  leaves this module painted over, or not at all.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import greenlet

# The private half of Playwright that this module stands on: one method that every synchronous call goes through.
# tests/test_camera.py fails when a new Playwright changes it.
from playwright._impl._errors import Error as ImplError
from playwright._impl._sync_base import SyncBase
from playwright.sync_api import CDPSession, Error, Page

from stormwalk.masking import Layout, MaskFailed, expect_still, measure, paint_over

JPEG_QUALITY = 60
# A page with a pending navigation does not answer at all, and a journey must not hang for its picture.
TIMEOUT_MS = 3000
# A navigation that begins while a picture is being taken can swallow the command; a second one is answered.
_FIRST_TRY_MS = 1200
CAUTIOUS_PICTURES = 5
_MASKED_TRIES = 3

# Names of coroutines behind Playwright's calls. The first kind never changes the page; the second does, but only
# after its target stood still for two frames.
_READS = (
    "to_",
    "not_to_",
    "wait_for",
    "is_",
    "get_",
    "all_",
    "text_content",
    "inner_",
    "input_value",
    "count",
    "title",
)
_POINTER_ACTIONS = frozenset({"click", "dblclick", "check", "uncheck", "set_checked", "hover", "tap"})

Deliver = Callable[[bytes, bool], None]
Fail = Callable[[str], None]


@dataclass(slots=True)
class _Exposure:
    """A picture that was asked for and is not there yet."""

    session: CDPSession
    task: asyncio.Task[Any]
    certain: bool = True


class Camera:
    """Takes pictures of the pages of one process. One is in flight at most; asking for a second waits for the first.

    `masks` are locators whose matches are painted over in every picture.
    """

    def __init__(self, masks: Sequence[str] = ()) -> None:
        self.masks = tuple(masks)
        self._sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()
        self._pending: _Exposure | None = None
        self._cautious = 0

    def take(self, page: Page, deliver: Deliver, fail: Fail) -> None:
        """Asks for a JPEG of what `page` shows now; ends with `deliver(jpeg, certain)` or `fail(reason)`."""
        self.wait()
        if page.is_closed():
            return fail("its page was closed")
        try:
            session = self._session(page)
        except Error as error:
            self._take_blocking(page, deliver, fail) if "CDP" in str(error) else fail(first_line(error))
            return
        self._expose(page, session, deliver, fail)
        if self._cautious:
            self._cautious -= 1
            self.wait()

    def take_now(self, page: Page, deliver: Deliver, fail: Fail) -> None:
        """The same, and waits for it: for the moment of failure."""
        self.take(page, deliver, fail)
        self.wait()

    def wait(self) -> None:
        """Waits for the picture in flight, if there is one."""
        pending, self._pending = self._pending, None
        if pending is not None and not pending.task.done():
            with suppress(Error):  # of a browser that nobody drives any more
                pending.session._sync(asyncio.wait({pending.task}, timeout=2 * TIMEOUT_MS / 1000))

    def _session(self, page: Page) -> CDPSession:
        if page not in self._sessions:
            self._sessions[page] = page.context.new_cdp_session(page)
        return self._sessions[page]

    def _expose(self, page: Page, session: CDPSession, deliver: Deliver, fail: Fail) -> None:
        shooting = _shoot_masked(page, session, self.masks) if self.masks else _shoot_plain(session)
        exposure = _Exposure(session, session._loop.create_task(shooting))
        exposure.task.add_done_callback(lambda _: _hand_over(exposure, deliver, fail))
        self._pending = exposure

    def _take_blocking(self, page: Page, deliver: Deliver, fail: Fail) -> None:
        # Firefox and WebKit have no CDP session.
        try:
            before = self._layout(page)
            jpeg = page.screenshot(type="jpeg", quality=JPEG_QUALITY, scale="css", timeout=TIMEOUT_MS)
            expect_still(before, self._layout(page))
        except (Error, MaskFailed) as error:
            return fail(first_line(error))
        deliver(paint_over(jpeg, before), True)

    def _layout(self, page: Page) -> Layout:
        layout: Layout = page._sync(measure(page, self.masks)) if self.masks else Layout()
        return layout

    def before_call(self, call: str) -> None:
        """Told of each Playwright call before it starts: lets the picture be finished first where it must be."""
        if self._pending is not None and not self._pending.task.done() and not may_overlap(call):
            self.wait()

    def after_call(self, call: str) -> None:
        """Told of each Playwright call after its answer, or after it was given up: it may have acted all the same."""
        pending = self._pending
        if pending is None or pending.task.done() or call not in _POINTER_ACTIONS:
            return
        pending.certain = False
        self._cautious = CAUTIOUS_PICTURES


def may_overlap(call: str) -> bool:
    """Whether a Playwright call, as `name_of` names it, may run while a picture is being taken."""
    return call in _POINTER_ACTIONS or call.startswith(_READS)


def name_of(awaitable: Awaitable[Any]) -> str:
    """The bare name of a Playwright call; empty for a pointer action that does not first wait for two still frames."""
    name = getattr(awaitable, "__name__", "")
    # `page.mouse` knows no `force`, and neither it nor a forced click looks at its target before it acts.
    if name in _POINTER_ACTIONS and awaitable.cr_frame.f_locals.get("force", True):  # type: ignore[attr-defined]
        return ""
    return name


def first_line(error: BaseException) -> str:
    """The first line of an error's message, or its type where it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


async def _shoot_masked(page: Page, session: CDPSession, masks: Sequence[str]) -> bytes:
    for tries_left in reversed(range(_MASKED_TRIES)):
        before = await measure(page, masks)
        jpeg = await _shoot_plain(session)
        try:
            expect_still(before, await measure(page, masks))
        except MaskFailed:
            if not tries_left:
                raise
        else:
            break
    return paint_over(jpeg, before)


async def _shoot_plain(session: CDPSession) -> bytes:
    return base64.b64decode((await _shoot(session))["data"])


async def _shoot(session: CDPSession) -> Any:
    try:
        return await _capture(session, _FIRST_TRY_MS)
    except ImplError as error:
        if "Timeout" not in str(error):
            raise
    # Whoever has acted meanwhile has made the picture uncertain, see `after_call`.
    return await _capture(session, TIMEOUT_MS - _FIRST_TRY_MS)


async def _capture(session: CDPSession, timeout_ms: float) -> Any:
    options = {"format": "jpeg", "quality": JPEG_QUALITY, "optimizeForSpeed": True}
    for pause in (0.02, 0.05, 0.1):
        try:
            return await session._impl_obj.send("Page.captureScreenshot", options, timeout_ms)
        except ImplError as error:
            # A document that has not been painted yet has no surface to copy from.
            if "Unable to capture" not in str(error):
                raise
        await asyncio.sleep(pause)
    return await session._impl_obj.send("Page.captureScreenshot", options, timeout_ms)


def _hand_over(exposure: _Exposure, deliver: Deliver, fail: Fail) -> None:
    if exposure.task.cancelled():
        fail("the picture was given up")
    elif error := exposure.task.exception():
        fail(first_line(error))
    else:
        deliver(exposure.task.result(), exposure.certain)


def watch_calls(camera: Camera) -> Callable[[], None]:
    """Tells the camera of every Playwright call of this process. Returns the function that ends it."""
    original = SyncBase._sync

    def watched(self: SyncBase, awaitable: Awaitable[Any]) -> Any:
        __tracebackhide__ = True
        if greenlet.getcurrent().parent is not None:
            # A handler of Playwright's, not the journey. One that is to answer a page's own document would wait here
            # for a picture that the browser takes only when the document has come.
            return original(self, awaitable)
        call = name_of(awaitable)
        camera.before_call(call)
        try:
            return original(self, awaitable)
        finally:
            camera.after_call(call)

    SyncBase._sync = watched  # type: ignore[method-assign]

    def end() -> None:
        SyncBase._sync = original  # type: ignore[method-assign]

    return end
