"""Writes down every call of the pages of a browser context, and what they write to their console."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakKeyDictionary, WeakSet

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, WebError

from stormwalk.naming import writable
from stormwalk.observations import Call, CallSource, ConsoleLine, TimingSource
from stormwalk.redact import Redactor

# The console of a chatty page must not fill the store.
_LONGEST_LINE = 2000

_STREAMS = ("eventsource", "websocket")
_LONG_OPEN_MS = 1000.0
# A stamp of the browser is believed where it lies just before our own: without an answer there is none.
_LATEST_BY_S = 5.0
_NO_ANSWER, _PART_CAME = "no answer yet", "not all of it had come"


class Listener(Protocol):
    """Who is told of calls and lines; `step` is the index of the step in which the call began, 0 outside of any."""

    @property
    def current_step(self) -> int: ...

    def call_finished(self, step: int, call: Call) -> None: ...

    def console_written(self, line: ConsoleLine) -> None: ...

    def page_crashed(self, page: Page) -> None: ...


@dataclass(frozen=True, slots=True)
class _Sent:
    step: int
    at: float
    clock: float


class NetworkRecorder:
    """Listens to browser contexts and tells `listener`. URLs are redacted before anybody sees them."""

    def __init__(self, listener: Listener, template_of: Callable[[str], str], redactor: Redactor) -> None:
        self._listener = listener
        self._template_of = template_of
        self._redactor = redactor
        self._sent: WeakKeyDictionary[Request, _Sent] = WeakKeyDictionary()
        self._told: WeakSet[Request] = WeakSet()

    def attach(self, context: BrowserContext) -> None:
        """Listens to every page of the context, popups included."""
        context.on("request", self._on_request)
        context.on("requestfinished", self._on_finished)
        context.on("requestfailed", self._on_failed)
        context.on("console", self._on_console)
        context.on("weberror", self._on_page_error)
        context.on("page", lambda page: page.on("crash", self._listener.page_crashed))

    def tell_open(self, step: int) -> tuple[Call, ...]:
        """Tells the listener of calls of this step that have been open for long, as failed ones, and returns them.

        For the moment at which a step fails: later they end too, because the journey ends and its page is closed.
        Streams are left out, since they are open as long as their page.
        """
        waiting = [
            (request, sent)
            for request, sent in list(self._sent.items())
            if sent.step == step and request.resource_type not in _STREAMS and _age(sent) >= _LONG_OPEN_MS
        ]
        calls = []
        for request, sent in waiting:
            response = request.existing_response
            failure = f"{_PART_CAME if response else _NO_ANSWER} after {_age(sent) / 1000:.1f} s"
            calls.append(self._call(request, sent, response.status if response else None, failure, None))
            self._told.add(request)
            self._listener.call_finished(step, calls[-1])
        return tuple(calls)

    def _on_request(self, request: Request) -> None:
        self._sent[request] = _Sent(self._listener.current_step, time.time(), time.monotonic())

    def _on_finished(self, request: Request) -> None:
        response = request.existing_response
        self._tell(request, status=response.status if response else None, size=_size(response_headers(request)))

    def _on_failed(self, request: Request) -> None:
        self._tell(request, failure=request.failure or "no answer")

    def _tell(
        self, request: Request, status: int | None = None, failure: str | None = None, size: int | None = None
    ) -> None:
        sent = self._sent.pop(request, None) or _Sent(self._listener.current_step, time.time(), time.monotonic())
        if request not in self._told:
            self._listener.call_finished(sent.step, self._call(request, sent, status, failure, size))

    def _call(self, request: Request, sent: _Sent, status: int | None, failure: str | None, size: int | None) -> Call:
        duration, source = _duration(request, sent, failed=failure is not None)
        return Call(
            method=request.method,
            url=self._redactor.url(request.url),
            template=self._template_of(request.url),
            source=CallSource.BROWSER,
            resource_type=request.resource_type,
            started_at=_began(request, sent, duration, source),
            status=status,
            failure=failure,
            duration_ms=duration,
            timing_source=source,
            request_bytes=len(request.post_data_buffer or b""),
            response_bytes=size,
        )

    def _on_console(self, message: ConsoleMessage) -> None:
        place = message.location
        location = f"{self._redactor.url(place['url'])}:{place['lineNumber']}" if place.get("url") else ""
        self._write(message.type, message.text, location)

    def _on_page_error(self, error: WebError) -> None:
        self._write("pageerror", str(error.error), "")

    def _write(self, level: str, text: str, location: str) -> None:
        line = ConsoleLine(level=level, text=self._redactor.text(writable(text))[:_LONGEST_LINE], location=location)
        self._listener.console_written(line)


def response_headers(request: Request) -> dict[str, str]:
    """The headers of the answer as far as they are known without asking the browser again."""
    response = request.existing_response
    return response.headers if response else {}


def _size(headers: dict[str, str]) -> int | None:
    # request.sizes() would be exact and is a round trip to the browser for each call.
    length = headers.get("content-length", "")
    return int(length) if length.isdigit() else None


def _age(sent: _Sent) -> float:
    return (time.monotonic() - sent.clock) * 1000


def _began(request: Request, sent: _Sent, duration: float, source: TimingSource) -> float:
    """When the call began. On a busy machine we hear of that late: it did not begin after the browser says, nor so late
    that it would end after we have heard of its end."""
    heard = min(sent.at, time.time() - duration / 1000)
    if source is not TimingSource.BROWSER:
        return heard  # our own duration belongs to our own beginning
    own = request.timing["startTime"] / 1000
    return min(heard, own) if own >= sent.at - _LATEST_BY_S else heard


def _duration(request: Request, sent: _Sent, *, failed: bool) -> tuple[float, TimingSource]:
    """What the page felt: the browser's own figure where it has one, else the time between the events.

    Of a call that failed that figure ends with the last thing that came, maybe long before its page was left.
    """
    own = _age(sent)
    if failed:
        return own, TimingSource.OWN_CLOCK
    try:
        end = request.timing["responseEnd"]
    except (Error, KeyError):
        return own, TimingSource.OWN_CLOCK
    return (end, TimingSource.BROWSER) if end > 0 else (own, TimingSource.OWN_CLOCK)
