"""Waiting inside a handler of Playwright's synchronous API, without a page and without holding anybody else up.

`time.sleep` would serialise every call, and `page.wait_for_timeout` ends when its page closes. So the handler's
greenlet is parked and a timer of the event loop wakes it. That stands on how the synchronous API is built (handlers run
in greenlets whose parent turns the loop), which is proved once for each loop; where the proof fails, an empty page in a
context of its own does the waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import greenlet
from playwright.sync_api import BrowserContext, Error, Page

from chaos.trip import TripEnded

_PROBE_MS = 2.0
_PROBE_TURNS = 40
_SLICE_MS = 50.0
_proved: WeakKeyDictionary[asyncio.AbstractEventLoop, bool] = WeakKeyDictionary()


@dataclass(slots=True, eq=False)
class Sleeper:
    """Somebody who waits; `of` says for whom, so that the sleepers of one page can be woken."""

    of: object = None
    awake: bool = False
    woken: bool = False
    greenlet: greenlet.greenlet | None = None


class Waiting:
    """Parks the handlers of one browser context."""

    def __init__(self, context: BrowserContext, *, prove: Callable[[BrowserContext], bool] | None = None) -> None:
        self._context = context
        self._sleepers: set[Sleeper] = set()
        self._anchor: Page | None = None
        self.by_loop = (prove or timers_wake_greenlets)(context)

    @property
    def anybody(self) -> bool:
        return bool(self._sleepers)

    def wait(self, ms: float, of: object = None) -> bool:
        """Waits at least so many milliseconds; False when it was woken before. Raises TripEnded without a browser."""
        sleeper = Sleeper(of=of)
        self._sleepers.add(sleeper)
        try:
            park(sleeper, ms) if self.by_loop else self._wait_at_anchor(sleeper, ms)
        finally:
            self._sleepers.discard(sleeper)
        return not sleeper.woken

    def wake(self, means: Callable[[object], bool] = lambda of: True) -> None:
        """Wakes those who wait for what `means` says, as soon as Playwright is called the next time."""
        for sleeper in [one for one in self._sleepers if means(one.of)]:
            sleeper.woken = True
            if sleeper.greenlet is not None:
                asyncio.get_running_loop().call_soon(_ring, sleeper)

    def later(self, ms: float, do: Callable[[], None], of: object = None, *, anyhow: bool = False) -> None:
        """Does something after so many milliseconds. Where it is woken before, it does so never, or, `anyhow`, then."""

        def body() -> None:
            try:
                if self.wait(ms, of) or anyhow:
                    do()
            except (Error, TripEnded):
                return  # what it was for is gone

        asyncio.get_running_loop().call_soon(lambda: greenlet.greenlet(body).switch())

    def close(self) -> None:
        """Ends the page that waits, where there is one."""
        if self._anchor is not None and not self._anchor.is_closed():
            self._anchor.context.close()

    def _wait_at_anchor(self, sleeper: Sleeper, ms: float) -> None:
        end = time.monotonic() + ms / 1000
        while not sleeper.woken and (left := (end - time.monotonic()) * 1000) > 0:
            try:
                self._page().wait_for_timeout(min(left, _SLICE_MS))
            except Error as error:
                raise TripEnded("the browser went away while the call was held") from error

    def _page(self) -> Page:
        if self._anchor is None or self._anchor.is_closed():
            browser = self._context.browser
            if browser is None:
                raise TripEnded("this context has no browser in which anything could wait")
            self._anchor = browser.new_context().new_page()
        return self._anchor


def soon(page: Page, do: Callable[[], None]) -> None:
    """Does something where Playwright may be called, when its loop turns next; for other threads than that of the page.

    Not at all where the browser has gone away by then.
    """

    def body() -> None:
        with suppress(Error):  # what it was for is gone
            do()

    with suppress(RuntimeError):  # the loop has ended
        page._loop.call_soon_threadsafe(lambda: greenlet.greenlet(body).switch())


def park(sleeper: Sleeper, ms: float) -> None:
    """Parks the current greenlet, which must be one of a handler, until the time is over or somebody rings."""
    me = greenlet.getcurrent()
    if me.parent is None:
        raise RuntimeError("only a handler can be parked; whoever calls Playwright from outside waits by its page")
    sleeper.greenlet = me
    # A timer may ring a clock tick early, and a delay is never shorter than it was asked to be.
    end = time.monotonic() + ms / 1000
    while not sleeper.woken and (left := end - time.monotonic()) > 0:
        sleeper.awake = False
        timer = asyncio.get_running_loop().call_later(left, _ring, sleeper)
        try:
            while not sleeper.awake:
                if me.parent.dead:
                    raise TripEnded("the browser went away while the call was held")
                me.parent.switch()
        finally:
            timer.cancel()


def _ring(sleeper: Sleeper) -> None:
    if sleeper.awake or sleeper.greenlet is None or sleeper.greenlet.dead:
        return
    sleeper.awake = True
    sleeper.greenlet.switch()


def timers_wake_greenlets(context: BrowserContext) -> bool:
    """Whether a parked greenlet comes back by a timer of the loop; tried once for each loop."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False
    if loop not in _proved:
        came_back: list[bool] = []

        def body() -> None:
            park(Sleeper(), _PROBE_MS)
            came_back.append(True)

        loop.call_soon(lambda: greenlet.greenlet(body).switch())
        for _ in range(_PROBE_TURNS):
            context.cookies()  # any call turns the loop
            if came_back:
                break
        _proved[loop] = bool(came_back)
    return _proved[loop]
