"""Response times by endpoint while a run goes on: how they are now, how they were in the controls, and their course.

At most `KEPT` times are kept of an endpoint on each side, so that a long run costs no more than a short one. Times are
milliseconds, moments UTC in seconds.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median

from stormwalk.observations import Call
from stormwalk.reporting.facts import CallOutcome, is_api, outcome
from stormwalk.reporting.words import shorten

KEPT = 300
ENDPOINTS = 200
WINDOW = 300.0
BINS = 30
NARROWEST_BIN = 1.0
BLOWS = 100
GUST = 5.0
"""Seconds; blows of one fault that are closer are shown as one."""


@dataclass(frozen=True, slots=True)
class Timed:
    """When a call began, and how long it took; `own` is without what we injected, None where we ended the call."""

    at: float
    ms: float
    own: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """A fault that struck again and again between two moments."""

    fault: str
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """What was measured between two moments; `place` is the share of the window, 0 to 1."""

    place: float
    p50: float
    p95: float


@dataclass(slots=True)
class Endpoint:
    """The calls of one method and template. `now` are all calls in order, `controls` only those of controls."""

    name: str
    calls: int = 0
    failed: int = 0
    now: deque[Timed] = field(default_factory=lambda: deque(maxlen=KEPT))
    controls: deque[Timed] = field(default_factory=lambda: deque(maxlen=KEPT))

    def times(self, *, own: bool) -> list[tuple[float, float]]:
        """When each call began and how long it took: as the page felt it, or `own`, without what we injected."""
        both = ((one.at, one.own if own else one.ms) for one in self.now)
        return [(at, ms) for at, ms in both if ms is not None]

    def recent(self, until: float, *, own: bool = False) -> list[float]:
        """The times within the window that ends at `until`; all that there are where nothing is so young."""
        known = self.times(own=own)
        return [ms for at, ms in known if at > until - WINDOW] or [ms for _, ms in known]

    def course(self, since: float, until: float, *, own: bool = False) -> list[Bin]:
        """The times in equal parts of a stretch of time; parts in which nothing was called are left out."""
        bins = max(1, min(BINS, int((until - since) / NARROWEST_BIN)))
        width = (until - since) / bins or NARROWEST_BIN
        parts: dict[int, list[float]] = {}
        for at, ms in self.times(own=own):
            if since <= at <= until:
                parts.setdefault(min(int((at - since) / width), bins - 1), []).append(ms)
        return [
            Bin(place=(part + 0.5) / bins, p50=median(times), p95=rank(times, 0.95))
            for part, times in sorted(parts.items())
        ]


def rank(times: list[float], share: float) -> float:
    """The nearest rank: the smallest time that at least this share of all times does not exceed."""
    ordered = sorted(times)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


class Timings:
    """All endpoints of a run. What comes after the first `ENDPOINTS` of them is only counted."""

    def __init__(self) -> None:
        self.endpoints: dict[str, Endpoint] = {}
        self.left_out = 0
        self.blows: deque[Blow] = deque(maxlen=BLOWS)

    def strike(self, fault: str, at: float) -> None:
        """A fault has struck; what strikes often is one blow as long as no other one comes between."""
        last = self.blows[-1] if self.blows else None
        if last and last.fault == fault and at - last.until < GUST:
            self.blows[-1] = replace(last, until=max(last.until, at))
        else:
            self.blows.append(Blow(fault=fault, since=at, until=at))

    def take(self, call: Call, own: float | None, *, control: bool) -> None:
        """Add a call of the API; others, and what was cancelled, say nothing of an endpoint."""
        came = outcome(call)
        if not is_api(call) or came is CallOutcome.CANCELLED:
            return
        endpoint = self._endpoint(shorten(f"{call.method} {call.template}", 160))
        if endpoint is None:
            self.left_out += 1
            return
        endpoint.calls += 1
        endpoint.failed += came is CallOutcome.FAILED
        if call.duration_ms is not None and math.isfinite(call.duration_ms):
            timed = Timed(call.started_at, call.duration_ms, own)
            endpoint.now.append(timed)
            if control:
                endpoint.controls.append(timed)

    def _endpoint(self, name: str) -> Endpoint | None:
        if name not in self.endpoints and len(self.endpoints) < ENDPOINTS:
            self.endpoints[name] = Endpoint(name)
        return self.endpoints.get(name)
