"""A call that never ends by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import duration
from chaos.trip import Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang(CallFault):
    """The hold is bounded by a timer of its own: a held document blinds the test, which could never let it go."""

    name: ClassVar[str] = "hang"
    about: ClassVar[str] = "No answer comes; after a long time the call is cut as timed out."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE, Phase.AFTER)

    ms: float = duration("30 s", "how long there is no answer")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if phase is Phase.AFTER:
            trip.deliver()
        trip.pause(self.ms)
        trip.abort("timedout")
