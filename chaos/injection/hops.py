"""The later hops of redirects, which Playwright never hands to a route: struck through `Fetch` of CDP."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import CDPSession, Error

from chaos.carry import carry
from chaos.injection.waiting import Waiting
from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from chaos.trip import Answer, BrowserHands, TripEnded, Unable, Unsent
from stormwalk.storm import Layer

# How CDP calls what Playwright calls by these codes; the others are the same in another spelling.
_REASONS = {
    "aborted": "Aborted",
    "accessdenied": "AccessDenied",
    "addressunreachable": "AddressUnreachable",
    "blockedbyclient": "BlockedByClient",
    "blockedbyresponse": "BlockedByResponse",
    "connectionaborted": "ConnectionAborted",
    "connectionclosed": "ConnectionClosed",
    "connectionfailed": "ConnectionFailed",
    "connectionrefused": "ConnectionRefused",
    "connectionreset": "ConnectionReset",
    "internetdisconnected": "InternetDisconnected",
    "namenotresolved": "NameNotResolved",
    "timedout": "TimedOut",
    "failed": "Failed",
}


class Hops:
    """Watches the redirects of one page."""

    def __init__(self, session: CDPSession, storm: Storm, who: Callable[[], Who], waiting: Waiting) -> None:
        self._session = session
        self._storm = storm
        self._who = who
        self._waiting = waiting
        session.on("Fetch.requestPaused", self._on_paused)
        session.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    def _on_paused(self, event: dict[str, Any]) -> None:
        vehicle = HopVehicle(self._session, event, self._waiting, lambda: not self._storm.is_active)
        try:
            if not event.get("redirectedRequestId") or not self._storm.is_active:
                return vehicle.pass_on(())
            facts = self._facts(event)
            rules = tuple(one for one in self._storm.matching(facts, self._who(), Layer.ROUTE) if one.hops)
            carry(vehicle, self._storm.strikes(rules, facts, self._who(), Layer.CDP), self._storm.proof)
        except TripEnded:
            return  # the page has gone away, and its call with it

    def _facts(self, event: dict[str, Any]) -> CallFacts:
        request = event["request"]
        return CallFacts(
            method=request["method"],
            url=request["url"],
            resource_type=str(event.get("resourceType", "Other")).lower(),
            first_party=self._storm.is_first_party(request["url"]),
            body=str(request.get("postData", "")).encode(),
        )


class HopVehicle:
    """Carries one hop. The server cannot be asked here without the browser seeing its answer."""

    def __init__(
        self, session: CDPSession, event: dict[str, Any], waiting: Waiting, is_lifted: Callable[[], bool]
    ) -> None:
        self._session = session
        self._event = event
        self._waiting = waiting
        self._is_lifted = is_lifted

    @property
    def url(self) -> str:
        return str(self._event["request"]["url"])

    @property
    def method(self) -> str:
        return str(self._event["request"]["method"])

    @property
    def headers(self) -> Mapping[str, str]:
        return {name.lower(): value for name, value in self._event["request"]["headers"].items()}

    @property
    def browser(self) -> BrowserHands:
        raise Unable("not at a redirect hop")

    def pause(self, ms: float) -> bool:
        return not self._is_lifted() and self._waiting.wait(ms, of=self)

    def send(self) -> Answer:
        raise Unsent("at a redirect hop the server's answer cannot be held back")

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        raise Unable("not at a redirect hop")

    def answer(self, answer: Answer) -> None:
        headers = [{"name": name, "value": value} for name, value in answer.headers]
        body = base64.b64encode(answer.body).decode()
        self._send("Fetch.fulfillRequest", responseCode=answer.status, responseHeaders=headers, body=body)

    def abort(self, code: str) -> None:
        self._send("Fetch.failRequest", errorReason=_REASONS[code])

    def pass_on(self, without: tuple[str, ...]) -> None:
        self._send("Fetch.continueRequest")

    def _send(self, method: str, **parameters: Any) -> None:
        try:
            self._session.send(method, {"requestId": self._event["requestId"], **parameters})
        except Error as error:
            raise TripEnded("its page was closed while it was held") from error
