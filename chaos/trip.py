"""A call on its way, as a fault sees it: the same for a page of the browser and for the API client.

A fault says what happens to the call. It never meets Playwright or requests, so that one fault acts in both worlds.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chaos.proof import Strike

# What Playwright can tell a page; the API client maps each to what requests would raise.
ABORT_CODES = (
    "aborted",
    "accessdenied",
    "addressunreachable",
    "blockedbyclient",
    "blockedbyresponse",
    "connectionaborted",
    "connectionclosed",
    "connectionfailed",
    "connectionrefused",
    "connectionreset",
    "internetdisconnected",
    "namenotresolved",
    "timedout",
    "failed",
)  # fmt: skip

# These describe the body as it came over the wire and are wrong for any other.
_OF_THE_WIRE = ("content-length", "content-encoding", "transfer-encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, the server's or ours. Header names are lower case; a repeated header is one line per value."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first value of a header, empty where there is none."""
        return next((value for key, value in self.headers if key == name.lower()), "")

    def is_read(self, method: str) -> bool:
        """Whether whoever gets it looks at its body."""
        leads_on = 300 <= self.status < 400 and bool(self.header("location"))
        return method != "HEAD" and self.status not in (204, 205, 304) and not leads_on

    def with_body(self, body: bytes) -> Answer:
        """The same answer with another body, without the headers that described the old one."""
        kept = tuple(one for one in self.headers if one[0] not in _OF_THE_WIRE)
        return replace(self, body=body, headers=kept)

    def with_header(self, name: str, value: str) -> Answer:
        kept = tuple(one for one in self.headers if one[0] != name.lower())
        return replace(self, headers=(*kept, (name.lower(), value)))


class Spared(Exception):
    """Raised by a fault that has nothing to do for this call, as it should be; the call goes on."""


class NotMeant(Exception):
    """Raised by a fault that is not about such calls, whatever its target says; the call goes on, and never matched."""


class Unable(Exception):
    """Raised where a fault cannot do to this call what it should; the call goes on and counts as escaped."""


class Unsent(Unable):
    """Raised by a vehicle that cannot even try to have the answer; nothing was sent, and the call goes on."""


class TripEnded(Exception):
    """The call was taken away from the fault: its page or context is gone."""


class BrowserHands(Protocol):
    """What a fault can do to the browser around a call. All of them raise Unable where it does not work."""

    def go_offline(self) -> None:
        """Takes the network away until `come_back`."""
        ...

    def come_back(self) -> None: ...

    def forget(self, cookies: str, storage_key: str) -> None:
        """Removes cookies by name and a key of local and session storage; `*` stands for all, empty for none."""
        ...

    def reload(self) -> None: ...

    def back(self) -> None: ...

    def second_tab(self) -> None: ...


class Vehicle(Protocol):
    """What carries one call in its world: a route of the browser, or an adapter of requests."""

    @property
    def url(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Lower case. The cookies that will be sent are among them."""
        ...

    @property
    def browser(self) -> BrowserHands: ...

    def pause(self, ms: float) -> bool:
        """Holds the call up. False when the storm was lifted before the time was over."""
        ...

    def send(self) -> Answer:
        """Lets the server do its work and gives its answer, which the caller has not seen yet."""
        ...

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        """Makes another call to the same host; gives the status."""
        ...

    def answer(self, answer: Answer) -> None:
        """This is what the caller gets."""
        ...

    def abort(self, code: str) -> None:
        """The caller gets a network error, one of `ABORT_CODES`."""
        ...

    def pass_on(self, without: tuple[str, ...]) -> None:
        """The call goes to the server, and its answer to the caller; without these headers."""
        ...


class Trip:
    """One call on its way under one rule: what a fault has in its hands.

    A trip that no fault has ended goes on: to the server, or, where that was done, to the caller with its answer.
    """

    def __init__(self, vehicle: Vehicle, strike: Strike, course: Course) -> None:
        self._vehicle = vehicle
        self._strike = strike
        self._course = course

    @property
    def url(self) -> str:
        return self._vehicle.url

    @property
    def method(self) -> str:
        return self._vehicle.method

    @property
    def headers(self) -> Mapping[str, str]:
        return self._vehicle.headers

    @property
    def browser(self) -> BrowserHands:
        return self._vehicle.browser

    @property
    def occurrence(self) -> int:
        """How often this was called in the step, this time included."""
        return self._strike.key.occurrence

    @property
    def endpoint(self) -> str:
        """Method and template of the address."""
        return f"{self._strike.key.method} {self._strike.key.template}"

    @property
    def memory(self) -> dict[str, object]:
        """What the rule remembers between the calls of one actor."""
        return self._strike.memory

    def draw(self, label: str) -> float:
        """A number from 0 up to 1 that depends on the keys of the call and on `label`, and on nothing else."""
        return self._strike.draw(label)

    def draw_at(self, occurrence: int, label: str) -> float:
        """The same for an earlier call with the same keys."""
        return self._strike.draw_at(occurrence, label)

    def pause(self, ms: float) -> bool:
        """Holds the call up; asked and observed are written down. False when the storm was lifted before."""
        begun = time.monotonic()
        self._strike.paused = True
        self._strike.asked_ms += ms
        try:
            return self.wait(ms)
        finally:
            self._strike.observed_ms += (time.monotonic() - begun) * 1000

    def wait(self, ms: float) -> bool:
        """Lets time go by, which is no delay of the call."""
        if ms <= 0:
            return True
        whole = self._vehicle.pause(ms)
        self._course.cut_short |= not whole
        return whole

    def deliver(self) -> Answer:
        """Lets the server do its work, once, and gives its answer; the caller has not seen it yet."""
        if self._course.own is None:
            if self._course.tried:
                raise Unable("the application gave no answer")
            self._course.tried = True
            try:
                self._course.own = self._vehicle.send()
            except Unsent:
                self._course.tried = False
                raise
        self._strike.delivered, self._strike.server_status = True, self._course.own.status
        return self._course.own

    def deliver_again(self) -> None:
        """Sends the call a second time, word for word, and drops the answer."""
        self._vehicle.send()

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        """Calls the application beside the caller; gives the status."""
        return self._vehicle.beside(method, path, headers)

    def without_headers(self, names: tuple[str, ...]) -> None:
        """Takes headers away from the call before it is sent."""
        self._course.without += names

    def answer(self, answer: Answer) -> None:
        """Ends the trip: this is what the caller gets."""
        self._course.ended_by = self._strike.rule.id
        self._strike.ended = True
        self._vehicle.answer(answer)

    def abort(self, code: str) -> None:
        """Ends the trip with a network error, one of `ABORT_CODES`."""
        self._course.ended_by = self._strike.rule.id
        self._strike.ended = True
        self._vehicle.abort(code)


@dataclass(slots=True)
class Course:
    """How far a call has come: whether the server was asked, what it answered, and which rule ended the trip."""

    tried: bool = False
    own: Answer | None = None
    without: tuple[str, ...] = ()
    ended_by: str = ""
    cut_short: bool = False
