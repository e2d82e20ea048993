"""Sends one request and takes the time. Knows requests, and nothing of actors and projects."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import BaseAdapter

from stormwalk.api.http_problems import why

T = TypeVar("T")


class Runner(Protocol):
    """Executes a blocking call, perhaps in a thread; gives what it gives and raises what it raises."""

    def __call__(self, blocking: Callable[[], T], /) -> T: ...


def directly(blocking: Callable[[], T], /) -> T:
    """The runner for whoever has no page that waits meanwhile."""
    return blocking()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came of it. `took_ms` includes reading the body, `started_at` is UTC in seconds."""

    request: requests.PreparedRequest
    started_at: float
    took_ms: float
    answer: requests.Response | None = None
    failure: str | None = None


class _SameHostSession(requests.Session):
    """Follows redirects only within the host that was asked: credentials and calls stay where they belong."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        try:
            stays = urlsplit(urljoin(resp.url, target or "")).hostname == urlsplit(resp.url).hostname
        except ValueError:  # an address that is none
            stays = False
        return target if stays else None


class Transport:
    """A session of requests without proxies, .netrc and redirects of its own."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._http = _SameHostSession()
        self._http.trust_env = False
        self._http.headers.update({"Accept": "application/json", "User-Agent": "stormwalk"})

    def mount(self, adapter: BaseAdapter) -> None:
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, adapter)

    def close(self) -> None:
        self._http.close()

    def set_cookies(self, cookies: Mapping[str, str], host: str) -> None:
        """Sends these to the host from now on."""
        # The cookie jar of the standard library writes names without a dot in this way.
        domain = host if "." in host or ":" in host else f"{host}.local"
        for name, value in cookies.items():
            self._http.cookies.set(name, value, domain=domain, path="/")

    def cookie(self, name: str) -> str:
        """The value of a cookie that would be sent; empty where there is none."""
        return next((one.value or "" for one in self._http.cookies if one.name == name), "")

    def forget_cookies(self) -> None:
        self._http.cookies.clear()

    def prepare(self, request: requests.Request) -> requests.PreparedRequest:
        return self._http.prepare_request(request)

    def exchange(self, request: requests.PreparedRequest) -> Exchange:
        """Blocks until the answer is read. The clock is read here, so that a runner with a thread adds nothing."""
        started_at, begun = time.time(), time.perf_counter()
        answer, failure = None, None
        try:
            answer = self._http.send(request, timeout=self._timeout_s, allow_redirects=False)
        except requests.RequestException as problem:
            failure = why(problem)
        took_ms = (time.perf_counter() - begun) * 1000
        return Exchange(request=request, started_at=started_at, took_ms=took_ms, answer=answer, failure=failure)
