"""A network that comes and goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import share
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Flapping(CallFault):
    """Two states (Gilbert-Elliott) that change from call to call, not with time, so that a run can be repeated."""

    name: ClassVar[str] = "flapping"
    about: ClassVar[str] = "The network fails in bursts: once a call has failed, the next ones are likely to fail too."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    maskable: ClassVar[bool] = True

    fails: float = share(0.3, "how likely a burst begins at a call")
    heals: float = share(0.5, "how likely a burst ends at a call")

    @property
    def needs(self) -> str:
        return "fails above 0" if not self.fails else ""

    def act(self, trip: Trip, phase: Phase | None) -> None:
        down = False
        for occurrence in range(1, trip.occurrence + 1):
            u = trip.draw_at(occurrence, "flap")
            down = u >= self.heals if down else u < self.fails
        if not down:
            raise Spared("the network was up")
        trip.abort("internetdisconnected")
