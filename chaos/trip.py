"""A call on its way, as a fault sees it: the same for a page of the browser and for the API client.

A fault says what happens to the call. It never meets Playwright or requests, so that one fault acts in both worlds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

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

    def with_body(self, body: bytes) -> Answer:
        """The same answer with another body, without the headers that described the old one."""
        kept = tuple(one for one in self.headers if one[0] not in _OF_THE_WIRE)
        return replace(self, body=body, headers=kept)

    def with_header(self, name: str, value: str) -> Answer:
        kept = tuple(one for one in self.headers if one[0] != name.lower())
        return replace(self, headers=(*kept, (name.lower(), value)))


class Spared(Exception):
    """Raised by a fault that finds nothing to do for this call; the call goes on, and the reason is counted."""


class TripEnded(Exception):
    """The call was taken away from the fault: its page or context is gone."""


class Trip(Protocol):
    """One call on its way. A trip that no fault has ended goes on to the server, or hands over the server's answer."""

    @property
    def url(self) -> str: ...

    @property
    def method(self) -> str: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    def draw(self, label: str) -> float:
        """A number from 0 up to 1 that depends on the keys of the call and on `label`, and on nothing else."""
        ...

    def draw_at(self, occurrence: int, label: str) -> float:
        """The same for an earlier call with the same keys."""
        ...

    @property
    def occurrence(self) -> int: ...

    def pause(self, ms: float) -> bool:
        """Holds the call up. False when the storm was lifted before the time was over."""
        ...

    def deliver(self) -> Answer:
        """Lets the server do its work, once, and gives its answer; the caller has not seen it yet."""
        ...

    def deliver_again(self) -> None:
        """Sends the call a second time, as it was, and drops the answer."""
        ...

    def answer(self, answer: Answer) -> None:
        """Ends the trip: this is what the caller gets."""
        ...

    def abort(self, code: str) -> None:
        """Ends the trip with a network error, one of `ABORT_CODES`."""
        ...

    def without_headers(self, names: tuple[str, ...]) -> None:
        """Takes headers away from the call before it is sent."""
        ...

    @property
    def memory(self) -> dict[str, object]:
        """What the rule remembers between the calls of one actor."""
        ...

    @property
    def browser(self) -> BrowserHands:
        """What can be done to the browser around the call. Raises Spared where there is none."""
        ...


class BrowserHands(Protocol):
    """What a fault can do to the browser context, and to the page that made the call."""

    def offline(self, ms: float) -> None:
        """Takes the network away, and gives it back after so many milliseconds, or when the storm is lifted."""
        ...

    def forget(self, cookies: str, storage_key: str) -> None:
        """Removes cookies by name and a key of local and session storage; `*` stands for all, empty for none."""
        ...

    def request(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        """Calls the application beside the page; gives the status."""
        ...

    def reload(self) -> None: ...

    def back(self) -> None: ...

    def second_tab(self) -> None: ...
