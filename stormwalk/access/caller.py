"""Makes the calls of the probes: bounded in number, in time and in what is read, and only to hosts that are allowed.

A redirect is never followed. A 429 is waited out as it asks. Once an application has stopped answering, at any address,
nobody waits for it again: each later call ends at once without an answer.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from stormwalk.access.answers import Answer, parsed
from stormwalk.access.matrix import READING, Ask
from stormwalk.api.http_problems import why
from stormwalk.errors import UsageError

TIMEOUT_S = 10.0
_STREAM_S = 1.0
_LARGEST = 512_000
_TRIES_AFTER_429 = 4
_LONGEST_PAUSE_S = 5.0
_SILENCES = 3
_PIECE = 16_384
_STREAM = "event-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """With what a call says who makes it; all empty for nobody.

    `further` are headers of every call, `writing` those of calls that write: the proof that a page of the
    application's own is the sender. `in_form` is what a form says beside its fields to the same end.
    """

    token: str = field(default="", repr=False)
    cookies: str = field(default="", repr=False)
    further: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    writing: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    in_form: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def headers(self, method: str = "GET") -> dict[str, str]:
        return {
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
            **({"Cookie": self.cookies} if self.cookies else {}),
            **dict(self.further),
            **(dict(self.writing) if method not in READING else {}),
        }


NOBODY = Credentials()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A call as it was made, with its answer. `at` is monotonic, in seconds."""

    method: str
    path: str
    body: Any
    headers: tuple[tuple[str, str], ...]
    answer: Answer
    at: float


class Pace:
    """Spreads calls so that no more than `per_second` begin in a second."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Returns when it is the caller's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            time.sleep(turn - now)


class Caller:
    """Calls one application, from any thread. Raises UsageError for a host that is not allowed.

    While it is `halted`, every call ends at once without an answer.
    """

    def __init__(self, base_url: str, api_root: str, *, allowed: bool, per_second: float, parallel: int) -> None:
        if not allowed:
            host = urlsplit(base_url).hostname
            raise UsageError(f"{host} is not probed: it is not in safety.allowed_hosts of the project file")
        self.base_url = base_url.rstrip("/")
        self._api_root = api_root
        self._pace = Pace(per_second)
        self._http = _session(parallel)
        self._lock = Lock()
        self._silences = 0
        self.calls = 0
        self.gone = False
        self.halted = False

    def close(self) -> None:
        self._http.close()

    def call(
        self,
        ask: Ask,
        who: Credentials = NOBODY,
        *,
        headers: Mapping[str, str] | None = None,
        from_root: bool = False,
    ) -> Sent:
        """Makes the call, whose places are filled. `from_root` takes the path from the root of the application."""
        sent = self._once(ask, who, headers or {}, from_root)
        for _ in range(_TRIES_AFTER_429):
            if sent.answer.status != 429 or self.halted:
                break
            time.sleep(_pause(sent.answer))
            sent = self._once(ask, who, headers or {}, from_root)
        return sent

    def _once(self, ask: Ask, who: Credentials, further: Mapping[str, str], from_root: bool) -> Sent:
        headers = {**who.headers(ask.method), **further}
        if ask.form:
            ask = replace(ask, body={**(ask.body or {}), **dict(who.in_form)})
        path = ("" if from_root else self._api_root) + ask.path
        return Sent(
            method=ask.method,
            path=path,
            body=ask.body,
            headers=tuple(headers.items()),
            answer=self._reached(ask, headers, path),
            at=time.monotonic(),
        )

    def _reached(self, ask: Ask, headers: Mapping[str, str], path: str) -> Answer:
        if self.halted:
            return Answer(status=None, failure="the check was interrupted")
        if self.gone:
            return Answer(status=None, failure="the application has stopped answering")
        self._pace.wait()
        answer = self._answer(ask, headers, self.base_url + path)
        self._count(answer)
        return answer

    def _count(self, answer: Answer) -> None:
        """Several silences in a row may be those of one slow address: only if the front door is silent too, it is gone.

        Counted in turn, so that a silent application is not asked by all threads at once.
        """
        with self._lock:
            self.calls += 1
            self._silences = self._silences + 1 if answer.status is None else 0
            if self._silences >= _SILENCES and not self.gone:
                self.gone = self._answer(Ask(method="GET", path="/"), {}, f"{self.base_url}/").status is None
                self._silences = 0

    def _answer(self, ask: Ask, headers: Mapping[str, str], url: str) -> Answer:
        try:
            with self._http.request(
                ask.method,
                url,
                json=None if ask.form else ask.body,
                data=ask.body if ask.form else None,
                headers=dict(headers),
                timeout=TIMEOUT_S,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as problem:
            return Answer(status=None, failure=why(problem))


def _session(parallel: int) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    # Who calls is said by each call alone: a cookie of one actor must not travel with the call of another.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "User-Agent": "stormwalk-access"})
    adapter = HTTPAdapter(pool_connections=2, pool_maxsize=parallel)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read(response: requests.Response) -> Answer:
    content_type = response.headers.get("Content-Type", "").lower()
    text = _text(_body(response, _STREAM_S if _STREAM in content_type else TIMEOUT_S), response.encoding or "utf-8")
    location = response.headers.get("Location", "")
    return Answer(
        status=response.status_code,
        text=text,
        content_type=content_type,
        location=urlsplit(location).path if 300 <= response.status_code < 400 else "",
        data=parsed(text, content_type),
        headers=tuple(response.headers.items()),
    )


def _body(response: requests.Response, patience_s: float) -> bytes:
    """The beginning of the body, as much as comes in time: a stream of events never ends, a hostile answer may not.

    Read as it comes, not in whole pieces: those of an answer that drips are never whole.
    """
    until, body = time.monotonic() + patience_s, bytearray()
    try:
        while len(body) < _LARGEST and time.monotonic() < until:
            piece = response.raw.read1(_PIECE, decode_content=True)
            if not piece:
                break
            body += piece
    except urllib3.exceptions.ReadTimeoutError:
        if patience_s == TIMEOUT_S:
            raise
    return bytes(body[:_LARGEST])


def _text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding, "replace")
    except LookupError:  # a character set that does not exist, or is none
        return body.decode("utf-8", "replace")


def _pause(answer: Answer) -> float:
    """Seconds to wait after a 429: what it asks, within bounds."""
    asked = {name.lower(): value for name, value in answer.headers}.get("retry-after", "")
    return min(float(asked), _LONGEST_PAUSE_S) if asked.isdecimal() else 1.0


def as_text(body: Any) -> str:
    """A body as it is shown."""
    return "" if body is None else json.dumps(body, ensure_ascii=False)
