"""Too many calls."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import whole
from chaos.trip import Answer, Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit(CallFault):
    """The first call of an endpoint opens its window: calls within it are refused, calls after it pass for good."""

    name: ClassVar[str] = "rate-limit"
    about: ClassVar[str] = "Calls are refused with 429 and Retry-After until that time is over."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    maskable: ClassVar[bool] = True

    retry_after: int = whole(1, "how long calls are refused", low=1, high=3600, unit="s")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        now = time.monotonic()
        until = trip.memory.setdefault(trip.endpoint, now + self.retry_after)
        assert isinstance(until, float)
        if now >= until:
            raise Spared("the caller has waited as long as it was told to")
        headers = (("content-type", "application/json"), ("retry-after", str(math.ceil(until - now))))
        trip.answer(Answer(status=429, headers=headers, body=b'{"error": "too many requests"}'))
