"""Why a request got no answer, in words that a person understands."""

from __future__ import annotations

import ssl

import requests
from urllib3.exceptions import NameResolutionError, NewConnectionError, SSLError


def why(problem: BaseException) -> str:
    """A few words: `connection refused`, `timed out`, `unknown host`; else the innermost reason as it is."""
    causes = list(_causes(problem))
    if any(isinstance(one, requests.Timeout | TimeoutError) for one in causes):
        return "timed out"
    if any(isinstance(one, NameResolutionError) for one in causes):
        return "unknown host"
    if any(isinstance(one, ConnectionRefusedError) for one in causes):
        return "connection refused"
    if any(isinstance(one, SSLError | ssl.SSLError) for one in causes):
        return f"no secure connection: {causes[-1]}"
    if any(isinstance(one, ConnectionError) for one in causes) and not isinstance(causes[-1], NewConnectionError):
        return "connection closed before the answer"
    return str(causes[-1]) or type(causes[-1]).__name__


def _causes(problem: BaseException) -> list[BaseException]:
    """The problem and what lies below it; requests and urllib3 keep that in three different places."""
    found: list[BaseException] = []
    queue: list[object] = [problem]
    while queue:
        one = queue.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            queue += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    return found
