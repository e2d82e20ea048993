"""A call of the API client, and what requests and urllib3 make of what happens to it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import HTTPError

from chaos.trip import Answer, BrowserHands, Unable

_NEVER_CONNECTED = ("connectionrefused", "addressunreachable", "internetdisconnected", "connectionfailed")
_TICK_S = 0.05


@dataclass(frozen=True, slots=True)
class Lost:
    """The call has ended with a network error; `code` is one of `ABORT_CODES`."""

    code: str
    url: str

    def for_requests(self, request: requests.PreparedRequest) -> requests.RequestException:
        """What requests raises for it."""
        if self.code == "timedout":
            return requests.ReadTimeout(f"{self.url}: read timed out", request=request)
        return requests.ConnectionError(self.for_urllib3(), request=request)

    def for_urllib3(self) -> Exception:
        """What urllib3 raises below its retries."""
        if self.code == "timedout":
            return TimeoutError("timed out")
        if self.code == "namenotresolved":
            return OSError("Name or service not known")
        if self.code in _NEVER_CONNECTED:
            return ConnectionRefusedError(111, f"Connection refused ({self.code})")
        return ConnectionResetError(104, f"Connection reset by peer ({self.code})")


class ApiVehicle:
    """Carries one call or attempt. `timeout_s` is how long the caller waits; 0 is for ever."""

    def __init__(
        self,
        request: requests.PreparedRequest,
        ask: Callable[[requests.PreparedRequest], Answer],
        is_lifted: Callable[[], bool],
        timeout_s: float,
    ) -> None:
        self._request = request
        self._ask = ask
        self._is_lifted = is_lifted
        self._timeout_s = timeout_s
        self._waited_s = 0.0
        self._result: Answer | None = None
        self._passed_on: requests.PreparedRequest | None = None
        self.failure: Lost | None = None

    @property
    def url(self) -> str:
        return self._request.url or ""

    @property
    def method(self) -> str:
        return self._request.method or ""

    @property
    def headers(self) -> Mapping[str, str]:
        return {name.lower(): str(value) for name, value in self._request.headers.items()}

    @property
    def browser(self) -> BrowserHands:
        raise Unable("the API client has no browser")

    def pause(self, ms: float) -> bool:
        """Blocks the thread of the call. A caller that has run out of patience is given its time-out."""
        end = time.monotonic() + ms / 1000
        while (left := end - time.monotonic()) > 0:
            if self._is_lifted():
                return False
            if self._timeout_s and self._waited_s >= self._timeout_s:
                self.abort("timedout")
                return True
            slept = min(left, _TICK_S, self._timeout_s - self._waited_s if self._timeout_s else left)
            time.sleep(max(slept, 0.001))
            self._waited_s += max(slept, 0.001)
        return True

    def send(self) -> Answer:
        try:
            return self._ask(self._request)
        except (requests.RequestException, OSError, HTTPError) as problem:
            raise Unable(f"the application gave no answer: {type(problem).__name__}") from problem

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        beside = requests.Request(method, urljoin(self.url, path), headers=dict(headers)).prepare()
        return self._ask(beside).status

    def answer(self, answer: Answer) -> None:
        if self.failure is None:
            self._result = answer

    def abort(self, code: str) -> None:
        self.failure = self.failure or Lost(code, self.url)

    def pass_on(self, without: tuple[str, ...]) -> None:
        self._passed_on = self._request.copy()
        for name in without:
            self._passed_on.headers.pop(name, None)

    def result(self) -> Answer:
        """The answer; a call that was passed on is made now, so that its own errors reach the caller as they are."""
        if self._result is None:
            self._result = self._ask(self._passed_on or self._request)
        return self._result


def answer_of(status: int, headers: Any, body: bytes) -> Answer:
    pairs: Iterable[tuple[str, str]] = headers.items()
    return Answer(status=status, headers=tuple((name.lower(), value) for name, value in pairs), body=body)


def raw_of(answer: Answer, method: str) -> HTTPResponse:
    """The answer as urllib3 would have read it."""
    headers = HTTPHeaderDict()
    for name, value in answer.headers:
        headers.add(name, value)
    return HTTPResponse(
        body=io.BytesIO(answer.body),
        headers=headers,
        status=answer.status,
        reason=None,
        preload_content=False,
        decode_content=False,
        request_method=method,
    )


def read_timeout(timeout: Any) -> float:
    """How long requests waits for an answer; 0 is for ever."""
    wanted = timeout[1] if isinstance(timeout, tuple) else timeout
    return float(wanted) if isinstance(wanted, int | float) else 0.0
