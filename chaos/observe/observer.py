"""Watches the pages of one browser context from inside, and takes looks at them from outside.

    observer = Observer(context, redactor)
    observer.install()                  # before the first page
    watch = observer.watch(page)        # before the step: what stands there now proves nothing later
    ...
    observation = watch.finish(done=True, calls=lambda: calls, console=lambda: lines)

Nothing here raises for what a page does, and no look waits without a bound.
"""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Error, Frame, Page, Request

from chaos.observe import reading
from chaos.observe.scripts import BINDING, look_script, observer_script
from chaos.observe.watch import Press, Rejection, Shift, StepWatch, Told
from chaos.seen import STREAMS, PageState, SeenCall
from stormwalk.camera import first_line
from stormwalk.naming import writable
from stormwalk.observations import Call, CallSource, ConsoleLine
from stormwalk.redact import Redactor
from stormwalk.templates import template_of

LOOK_TIMEOUT_MS = 2_000.0
# A page that talks without end must not fill the memory of a run.
_MOST_KEPT = 5_000
# These are meant to have no end.


class Observer:
    """The observer of one context. `told` holds everything that its pages told, in the order of arrival."""

    def __init__(
        self, context: BrowserContext, redactor: Redactor, template_of: Callable[[str], str] = template_of
    ) -> None:
        self._context = context
        self._redactor = redactor
        self._template_of = template_of
        self._salt = secrets.token_hex(16)
        self._look = look_script(self._salt)
        self._loading: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()
        self._open: dict[Request, float] = {}
        self.told: deque[Told] = deque(maxlen=_MOST_KEPT)

    def install(self) -> None:
        """Must come before the first page of the context is opened: pages that are open already tell nothing."""
        self._context.expose_binding(BINDING, self._hear)
        self._context.add_init_script(observer_script(self._salt))
        self._context.on("request", self._call_begins)
        self._context.on("requestfinished", self._call_ends)
        self._context.on("requestfailed", self._call_ends)
        self._context.on("page", self._attend)

    def watch(self, page: Page) -> StepWatch:
        """Begins to watch a step on this page, with a look at what stands there before it."""
        return StepWatch(self, page)

    def look(self, page: Page, timeout_ms: float = LOOK_TIMEOUT_MS) -> PageState:
        """What the page shows now. Where nobody can look the state is not `seen` and says why.

        Not while a document is on its way: such a page answers nothing, and the wait would tell nothing either.
        """
        state = self._state(page, timeout_ms)
        return replace(state, in_flight=len(self._open))

    def _state(self, page: Page, timeout_ms: float) -> PageState:
        at = time.time()
        if page.is_closed():
            return PageState(at=at, seen=False, reason="the page is closed")
        url = self._url(page.url)
        if self._loading.get(page):
            return PageState(at=at, url=url, seen=False, reason="a document is on its way")
        if url.startswith("chrome-error:"):
            return PageState(at=at, url=url, reason="the browser's own error page")
        return self._ask(page, at, url, timeout_ms)

    def in_flight(self, since: float) -> list[SeenCall]:
        """The calls that have begun since then and have no end yet."""
        return [self._seen(request, at) for request, at in self._open.items() if at >= since]

    def since(self, moment: float) -> Iterator[Told]:
        """Everything told since then, in the order of arrival."""
        return (one for one in tuple(self.told) if one.at >= moment)

    def _ask(self, page: Page, asked: float, url: str, timeout_ms: float) -> PageState:
        try:
            # Of the calls that read a page this one has a time-out for all it does. Its handle shows a text as it is,
            # so that no second call, without a time-out, has to fetch it.
            answer = str(page.wait_for_function(self._look, timeout=timeout_ms))
        except Error as error:
            return PageState(at=asked, url=url, seen=False, reason=first_line(error))
        answered = time.time()
        told = reading.parsed(answer)
        if told is None:
            shown = self._text(answer[:800])[:200]
            return PageState(at=asked, url=url, seen=False, reason=f"the page cannot be read: {shown}")
        return reading.state(told, reading.looked_at(told, asked, answered), self._text, self._url)

    def _seen(self, request: Request, at: float) -> SeenCall:
        call = Call(
            method=request.method,
            url=self._url(request.url),
            template=self._template_of(request.url),
            source=CallSource.BROWSER,
            resource_type=request.resource_type,
            started_at=at,
        )
        return SeenCall(call=call, in_flight=True)

    def _hear(self, source: dict[str, Any], told: object = None, *_: object) -> None:
        arrived = time.time()
        what = reading.parsed(told)
        if what is None:
            return
        match what.get("what"):
            case "message":
                heard = reading.message(what, arrived, self._url(source["frame"].url), self._text)
                if heard is not None:
                    self.told.append(heard)
            case "pressed":
                self._hear_press(what, arrived)
            case "calls":
                self.told.extend(reading.calls(what, arrived, self._url))
                self.told.extend(reading.standstills(what, arrived))
            case "shift":
                value = min(reading.number(what.get("value")), 10.0)
                self.told.append(Shift(at=reading.moment(what, arrived), value=value))
            case "rejection":
                line = ConsoleLine(level="pageerror", text=self._text(str(what.get("text"))[:2000])[:500])
                self.told.append(Rejection(at=reading.moment(what, arrived), line=line))

    def _hear_press(self, what: dict[str, Any], arrived: float) -> None:
        control = reading.control(what.get("control"), self._text)
        fields = reading.fields(what.get("fields"), self._text)
        self.told.append(Press(at=reading.moment(what, arrived), control=control, fields=fields))

    def _call_begins(self, request: Request) -> None:
        if request.resource_type not in STREAMS:
            self._open[request] = time.time()
        page = _page_of_document(request)
        if page is not None:
            self._loading.setdefault(page, set()).add(request)

    def _attend(self, page: Page) -> None:
        page.on("framenavigated", self._navigated)
        page.on("close", self._forget)

    def _forget(self, page: Page) -> None:
        # Of the calls of a closed page nobody tells the end.
        self._open = {one: at for one, at in self._open.items() if _page_of(one) not in (page, None)}

    def _call_ends(self, request: Request) -> None:
        self._open.pop(request, None)
        for open_ones in self._loading.values():
            open_ones.discard(request)

    def _navigated(self, frame: Frame) -> None:
        # The document has arrived, though its end may be long in coming.
        if frame.parent_frame is None:
            self._loading.pop(frame.page, None)

    def _text(self, text: str) -> str:
        return self._redactor.text(writable(text))

    def _url(self, url: str) -> str:
        return self._redactor.url(writable(url))


def _page_of_document(request: Request) -> Page | None:
    """The page whose main document is asked for; None for everything else."""
    page = _page_of(request) if request.is_navigation_request() else None
    return page if page is not None and request.frame == page.main_frame else None


def _page_of(request: Request) -> Page | None:
    try:
        return request.frame.page
    except Error:
        return None  # the first document of a popup, whose page is not there yet, or a service worker's call
