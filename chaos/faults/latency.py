"""Slow calls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice, duration, share
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase

SHAPES = ("uniform", "normal", "lognormal", "pareto")
_NORMAL = NormalDist()
# Pareto with this index has a mean of three times its scale and a tail that is really long.
_PARETO = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(CallFault):
    name: ClassVar[str] = "latency"
    about: ClassVar[str] = "The call is held up, then goes on unharmed."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE, Phase.AFTER)
    maskable: ClassVar[bool] = True

    ms: float = duration("500 ms", "how long the call is held up")
    jitter: float = duration("0 ms", "how much longer or shorter it may be")
    shape: str = choice("uniform", "how the jitter is distributed", SHAPES)
    tail: float = share(0.0, "part of the calls that take ten times as long")
    cap: float = duration("30 s", "the longest that a call is held up")

    @property
    def needs(self) -> str:
        return "ms or jitter above 0, and a cap above 0" if not (self.ms or self.jitter) or not self.cap else ""

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if phase is Phase.AFTER:
            trip.deliver()
        delay = self.delay(trip.draw("delay"), trip.draw("tail"))
        if delay <= 0:
            raise Spared("the jitter left no delay")
        trip.pause(delay)

    def delay(self, u: float, tail: float) -> float:
        """The delay in milliseconds for two numbers from 0 up to 1."""
        wanted = self.ms + self.jitter * spread(self.shape, u)
        return min(max(wanted, 0.0) * (10 if tail < self.tail else 1), self.cap)


def spread(shape: str, u: float) -> float:
    """The inverse distribution: -1 to 1 for the uniform and the normal one, 0 and more for those with a long tail."""
    u = min(max(u, 1e-9), 1 - 1e-9)
    if shape == "uniform":
        return 2 * u - 1
    if shape == "normal":
        return min(max(_NORMAL.inv_cdf(u) / 2, -1.0), 1.0)
    if shape == "lognormal":
        return math.exp(_NORMAL.inv_cdf(u)) - math.exp(-3)
    return float((1 - u) ** (-1 / _PARETO)) - 1
