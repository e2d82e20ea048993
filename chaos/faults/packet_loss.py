"""A line that loses packets, as a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import duration, share, whole
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketLoss(CallFault):
    """A model and not the real thing, which needs the operating system: each try to send is lost with the same
    chance, a lost one is sent again after a time-out that doubles, and after too many losses the connection resets."""

    name: ClassVar[str] = "packet-loss"
    about: ClassVar[str] = "Modelled: lost packets cost retransmission delays, many in a row a reset."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    maskable: ClassVar[bool] = True

    loss: float = share(0.1, "how likely a try is lost")
    timeout: float = duration("200 ms", "the first retransmission time-out; it doubles")
    resets_after: int = whole(5, "how many losses in a row reset the connection", low=1, high=10)

    @property
    def needs(self) -> str:
        return "loss above 0" if not self.loss else ""

    def act(self, trip: Trip, phase: Phase | None) -> None:
        lost = 0
        while lost < self.resets_after and trip.draw(f"lost {lost}") < self.loss:
            lost += 1
        if lost == 0:
            raise Spared("no packet was lost")
        trip.pause(self.timeout * (2**lost - 1))
        if lost == self.resets_after:
            trip.abort("connectionreset")
