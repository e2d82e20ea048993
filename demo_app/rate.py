"""A limit on how often one caller may call the API; none unless a decoy says so."""

from __future__ import annotations

import threading
import time
from collections import Counter

from flask import Flask, request
from flask.typing import ResponseReturnValue

from demo_app.defects import defect_on

CALLS_A_SECOND = 40


def install_limit(app: Flask) -> None:
    with app.app_context():
        if defect_on("rate-limited"):
            app.before_request(_Limit())


class _Limit:
    """Counts the calls of each caller in the second that runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._calls: Counter[str] = Counter()

    def __call__(self) -> ResponseReturnValue | None:
        if not request.path.startswith("/api/"):
            return None
        # Whoever has not signed in shares an address with others here: a browser is not a script.
        caller = request.headers.get("Authorization") or request.user_agent.string
        if self._calls_of(caller) <= CALLS_A_SECOND:
            return None
        message = "Too many calls. Please wait a moment."
        return {"error": {"code": "too_many_calls", "message": message}}, 429, {"Retry-After": "1"}

    def _calls_of(self, caller: str) -> int:
        with self._lock:
            second = int(time.monotonic())
            if second != self._second:
                self._second = second
                self._calls.clear()
            self._calls[caller] += 1
            return self._calls[caller]
