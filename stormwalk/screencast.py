"""Live frames: what the browser of this process shows, for whoever watches the run, about twice a second.

Nothing is done until somebody watches: a thread asks the store once a second, and the journey never waits for it. Then
Chromium's own screencast (CDP) runs beside the journey. It sends a frame when something has changed and while fewer
than two are unacknowledged, so acknowledging slowly is what keeps it at two a second. Other engines have none.

A walk whose times are compared with those of another is never filmed, since only one of the two might be. In a storm
these are all walks, the controls included, until somebody has steered it: there the last picture of a step has to do.
"""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright._impl._errors import Error as ImplError
from playwright.sync_api import Page

from stormwalk.errors import StoreError

FRAME_EVERY_S = 0.5
LOOK_EVERY_S = 1.0
_OPTIONS = {"format": "jpeg", "quality": 50, "maxWidth": 640, "maxHeight": 640}
_TIMEOUT_MS = 3000

Put = Callable[[bytes, float], None]
"""Takes a JPEG of at most 640 pixels either way, and when it was taken (UTC in seconds since the epoch)."""


class Screencast:
    """Films one page at a time, while `is_watched` says that somebody looks and `is_measured` that nothing is measured.

    `put` and `is_watched` are called in a thread of this object, `is_measured` in that of the journey.
    """

    def __init__(self, put: Put, is_watched: Callable[[], bool], is_measured: Callable[[], bool]) -> None:
        self._put = put
        self._is_watched = is_watched
        self._is_measured = is_measured
        self._watched = False
        self._page: Page | None = None
        self._film: _Film | None = None
        self._frames: deque[tuple[str, float]] = deque(maxlen=1)  # who is late sees the latest, and none in between
        self._news = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="stormwalk-screencast", daemon=True)
        self._thread.start()

    def turn_to(self, page: Page | None) -> None:
        """The journey goes on in this page; a step without one changes nothing."""
        if page is None:
            return
        self._page = page
        if self._watched or self._film is not None:
            self._adjust()

    def close(self) -> None:
        """Ends the thread. May be called again."""
        self._ended = True
        self._news.set()
        self._thread.join()

    def _adjust(self) -> None:
        """Films what is to be filmed now. Runs where Playwright's loop does, and waits for nothing."""
        page = self._page
        wanted = page is not None and self._watched and not page.is_closed() and not self._is_measured()
        if self._film is not None and not (wanted and self._film.page is page):
            self._film.end()
            self._film = None
        if wanted and page is not None and self._film is None:
            self._film = _Film(page, self._came)

    def _came(self, frame: str, at: float) -> None:
        self._frames.append((frame, at))
        self._news.set()

    def _work(self) -> None:
        looked = 0.0
        while not self._ended:
            self._news.wait(LOOK_EVERY_S)
            self._news.clear()
            # A store that refuses says so at the next step, which has to be kept; a frame has not.
            with suppress(StoreError):
                self._hand_over()
                if time.monotonic() - looked >= LOOK_EVERY_S:
                    looked = time.monotonic()
                    self._look()

    def _hand_over(self) -> None:
        if self._frames:
            frame, at = self._frames.pop()
            self._put(base64.b64decode(frame), at)

    def _look(self) -> None:
        watched, page = self._is_watched(), self._page
        if watched == self._watched:
            return
        self._watched = watched
        if page is not None:
            with suppress(RuntimeError):  # the loop has ended, and with it what could be filmed
                page._loop.call_soon_threadsafe(self._adjust)


class _Film:
    """The screencast of one page, from now on until `end`. A page that goes away ends it as well."""

    def __init__(self, page: Page, came: Callable[[str, float], None]) -> None:
        self.page = page
        self._came = came
        self._loop: asyncio.AbstractEventLoop = page._loop
        self._session: Any = None
        self._ended = False
        self._acknowledged = 0.0
        self._do(self._begin())

    def end(self) -> None:
        self._ended = True
        if self._session is not None:
            self._do(self._session.detach())

    async def _begin(self) -> None:
        page = self.page._impl_obj
        session = await page.context.new_cdp_session(page)
        if self._ended:
            await session.detach()
            return
        self._session = session
        session.on("Page.screencastFrame", self._on_frame)
        await session.send("Page.startScreencast", _OPTIONS, _TIMEOUT_MS)

    def _on_frame(self, frame: dict[str, Any]) -> None:
        if self._ended:
            return
        self._came(frame["data"], frame.get("metadata", {}).get("timestamp") or time.time())
        self._acknowledged = max(self._acknowledged, self._loop.time()) + FRAME_EVERY_S
        self._loop.call_at(self._acknowledged, self._acknowledge, frame["sessionId"])

    def _acknowledge(self, number: int) -> None:
        if not self._ended:
            self._do(self._session.send("Page.screencastFrameAck", {"sessionId": number}, _TIMEOUT_MS))

    def _do(self, what: Any) -> None:
        self._loop.create_task(_unless_gone(what))


async def _unless_gone(what: Any) -> None:
    with suppress(ImplError):  # the page has gone away, or the engine has no such thing: then there is no film
        await what
