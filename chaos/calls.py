"""The calls of one step as signs of trouble see them: what the page got, and what the storm had done to it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Error, Request, Response

from chaos.known import Endpoint, endpoint_of
from chaos.pattern import UrlPattern
from chaos.seen import SeenCall
from chaos.storm import Storm
from stormwalk.observations import Call, CallSource, ConsoleLine
from stormwalk.redact import Redactor
from stormwalk.storm import BACKGROUND, FaultDecision, Outcome
from stormwalk.strikes import Strikes

_LONGEST_BODY = 2_000
_READS = ("GET", "HEAD", "OPTIONS")


class CallLog:
    """Takes down the calls and console lines of the step that is being walked.

    `stirred_at` is when a call last began or ended, `come_back_by` until when an answer of this step has asked the
    page to wait; both UTC in seconds, 0 where there was none.
    """

    def __init__(self, storm: Storm, redactor: Redactor, background: Iterable[str]) -> None:
        self._storm = storm
        self._redactor = redactor
        self._background = [UrlPattern(one) for one in background]
        self._ended: list[Call] = []
        self._open: set[Request] = set()
        self._bad: list[tuple[str, Response]] = []
        self._asked_to_wait: dict[str, float] = {}
        self.come_back_by = 0.0
        self.stirred_at = 0.0
        self.console: list[ConsoleLine] = []

    def attach(self, context: BrowserContext) -> None:
        """Listens to what the pages of a context ask for."""
        context.on("request", self._began)
        context.on("requestfinished", self._gone)
        context.on("requestfailed", self._gone)
        context.on("response", self._answered)

    def begin(self) -> None:
        """A step begins: what was before is not its."""
        self._ended, self.console = [], []
        self._bad, self._asked_to_wait = [], {}
        self.come_back_by = 0.0

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What ends in here is none of the step's calls: somebody signs in again in the middle of it."""
        own = list(self._ended)
        try:
            yield
        finally:
            self._ended = own

    def call_ended(self, call: Call) -> None:
        if call.source is CallSource.BROWSER:
            self._ended.append(call)

    def seen(self, decisions: Sequence[FaultDecision]) -> tuple[SeenCall, ...]:
        """All calls that have ended since `begin`."""
        ended = tuple(self._ended)  # while the body of an answer is fetched, more of them may end
        struck = Strikes.of(one for one in decisions if one.outcome is Outcome.APPLIED).shared_out(ended)
        return tuple(self._seen(call, _weightiest(about)) for call, about in zip(ended, struck, strict=True))

    @property
    def under_way(self) -> tuple[str, ...]:
        """The methods of the calls of scripts that have no end yet; streams, which never end, aside."""
        scripts = (one for one in self._open if one.resource_type in ("xhr", "fetch"))
        return tuple(one.method for one in scripts if not _streams(one) and _has_page(one))

    @property
    def writes_under_way(self) -> bool:
        """Whether something that may write has no end yet: a form that was sent counts too, the page it brings may
        be long in coming."""
        return any(one.method not in _READS and _has_page(one) for one in self._open)

    @property
    def endpoints(self) -> set[Endpoint]:
        """Every call that the page has made in this step."""
        return set(map(endpoint_of, self._ended))

    def _seen(self, call: Call, decision: FaultDecision | None) -> SeenCall:
        own = decision is None or decision.went_on
        return SeenCall(
            call=call,
            fault=decision.fault if decision else "",
            server_status=call.status if own else decision.server_status if decision else None,
            background=self._is_background(call.url, decision),
            third_party=not self._storm.is_first_party(call.url),
            retry_after_ms=self._asked_to_wait.get(f"{call.method} {call.url}"),
            error_body=self._error_body(call) if own else "",
        )

    def _is_background(self, url: str, decision: FaultDecision | None) -> bool:
        by_key = decision is not None and decision.key.step == BACKGROUND
        return by_key or any(one.matches(url) for one in self._background)

    def _error_body(self, call: Call) -> str:
        asked = f"{call.method} {call.url}", call.status
        response = next((one for key, one in self._bad if (key, one.status) == asked), None)
        if response is None:
            return ""
        try:
            return self._redactor.text(response.text()[: 2 * _LONGEST_BODY])[:_LONGEST_BODY]
        except (Error, UnicodeError):
            return ""  # the page has gone on, and its answers are no longer kept

    def _began(self, request: Request) -> None:
        self._open.add(request)
        self.stirred_at = time.time()

    def _gone(self, request: Request) -> None:
        self._open.discard(request)
        self.stirred_at = time.time()

    def _answered(self, response: Response) -> None:
        key = f"{response.request.method} {self._redactor.url(response.url)}"
        if response.status >= 400:
            self._bad.append((key, response))
        wait = response.headers.get("retry-after", "")
        if wait.isdigit():
            self._asked_to_wait[key] = 1000.0 * int(wait)
            self.come_back_by = max(self.come_back_by, time.time() + int(wait))


def _streams(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "")


def _has_page(request: Request) -> bool:
    """Whether somebody still waits for the answer. A call whose page was closed may never be heard of again."""
    try:
        return not request.frame.page.is_closed()
    except Error:
        return True  # of a service worker, or of a page that is only coming


def _weightiest(about: tuple[FaultDecision, ...]) -> FaultDecision | None:
    """Of the decisions about one call the one that ended it, where one did."""
    return next((one for one in about if not one.went_on), about[0] if about else None)
