"""Sends one message by HTTP, in bounded time, and tells what came of it without ever showing where it went.

An address is the secret of a channel, and requests puts it into every exception and urllib3 into its log. So nothing
of an exception leaves this module but its kind, and urllib3 is not listened to meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

import requests

from stormwalk.alerts.channel import NotDelivered
from stormwalk.errors import AlertError

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 20.0
AT_MOST_SECONDS = 40.0
"""The longest that one try may take, whatever the other side does: it is given up then, and may have arrived."""

LONGEST_WAIT_SECONDS = 3600.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Where a channel may send to. No `hosts` means any; http without encryption is for this machine only."""

    hosts: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset({"https"})

    def check(self, variable: str, address: str) -> SplitResult:
        """The parts of the address. Raises AlertError, which names the variable and never what is in it."""
        try:
            parts = urlsplit(address)
            host, port = (parts.hostname or ""), parts.port
        except ValueError:
            raise AlertError(f"{variable} does not hold an address; copy it again from where it was made") from None
        schemes = self.schemes | ({"http"} if not self.hosts and host in _LOOPBACK else set())
        if parts.scheme not in schemes or not host or any(one <= " " or one == "\\" for one in address):
            raise AlertError(f"{variable} does not hold an {'/'.join(sorted(self.schemes))} address; copy it again")
        if self.hosts and host not in self.hosts:
            raise AlertError(
                f"{variable} does not lead to {' or '.join(sorted(self.hosts))}: nothing is sent elsewhere"
            )
        if self.hosts and port is not None and "https" in self.schemes:
            raise AlertError(f"{variable} names a port, which no address of {' or '.join(sorted(self.hosts))} has")
        if parts.username is not None or parts.password is not None:
            raise AlertError(f"{variable} has a user's name in its address, which does not belong there")
        return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Posts `body`; returns when it was taken. Raises NotDelivered.

    Redirects are not followed: they would carry the message, and what the address is worth, elsewhere.
    """
    outcome: list[Answer | NotDelivered] = []

    def work() -> None:
        try:
            outcome.append(_exchange(url, body, headers))
        except NotDelivered as problem:
            outcome.append(problem)

    _bounded(work)
    if not outcome:
        raise NotDelivered(f"gave no whole answer within {AT_MOST_SECONDS:.0f} s", later=True, doubt=True)
    answer = outcome[0]
    if isinstance(answer, NotDelivered):
        raise answer
    answer.judge()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The status of an answer, and what its Retry-After said, as it stood there."""

    status: int
    retry_after: str | None = None

    def judge(self) -> None:
        """Raises NotDelivered where the status says anything but yes."""
        if 200 <= self.status < 300:
            return
        if self.status in (408, 425, 429) or self.status >= 500:
            # A gateway that lost patience (504) says nothing of what the server behind it has done.
            doubt = self.status in (408, 504)
            raise NotDelivered(f"answered {self.status}", later=True, wait_s=seconds(self.retry_after), doubt=doubt)
        redirect = (
            "a redirect, which is not followed" if 300 <= self.status < 400 else "so it does not take the message"
        )
        raise NotDelivered(f"answered {self.status}, {redirect}", later=False)


def seconds(retry_after: str | None, now: datetime | None = None) -> float | None:
    """What Retry-After asks for: a number of seconds, or a date; at most an hour, None for anything else."""
    said = (retry_after or "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    wait = (until - (now or datetime.now(UTC))).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT_SECONDS)


def _bounded(work: Callable[[], None]) -> None:
    """Waits for the work at most so long: an answer that drips has no time-out of its own in requests."""
    thread = threading.Thread(target=work, daemon=True, name="stormwalk-alert")
    thread.start()
    thread.join(AT_MOST_SECONDS)


def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    problem: NotDelivered
    logging.getLogger("urllib3").disabled = True
    logging.getLogger("urllib3.connectionpool").disabled = True
    with requests.Session() as session:
        try:
            with session.post(
                url,
                data=body,
                headers={"User-Agent": "stormwalk", **headers},
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,  # nothing of the answer's body is needed
                auth=_nobody,
            ) as answer:
                return Answer(status=answer.status_code, retry_after=answer.headers.get("Retry-After"))
        except (requests.RequestException, OSError, ValueError) as error:
            problem = _why(error)
    # Outside of `except`: the exception that carries the address is not chained to this one.
    raise problem


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Instead of what .netrc may have for this host; proxies and certificates of the environment count as ever."""
    return request


def _why(error: Exception) -> NotDelivered:
    """Which kind of failure it was. Before the request was sent there is no doubt; afterwards there is."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return NotDelivered(f"could not be reached within {CONNECT_SECONDS:.0f} s", later=True)
    if isinstance(error, requests.exceptions.SSLError):
        return NotDelivered("has a certificate that is not trusted", later=True)
    if isinstance(error, requests.exceptions.ProxyError):
        return NotDelivered("cannot be reached through the proxy of the environment", later=True)
    if isinstance(error, requests.Timeout):
        return NotDelivered(f"gave no answer within {ANSWER_SECONDS:.0f} s", later=True, doubt=True)
    if isinstance(error, requests.ConnectionError):
        text = str(error)
        unreached = "NewConnectionError" in text or "NameResolutionError" in text or "Failed to establish" in text
        if unreached:
            return NotDelivered("cannot be reached", later=True)
        return NotDelivered("closed the connection without an answer", later=True, doubt=True)
    return NotDelivered(f"could not be asked ({type(error).__name__})", later=False)
