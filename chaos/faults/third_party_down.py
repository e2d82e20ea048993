"""Other people's servers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice, duration
from chaos.trip import ABORT_CODES, Trip
from stormwalk.storm import Layer, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyDown(CallFault):
    name: ClassVar[str] = "third-party-down"
    about: ClassVar[str] = "Calls to other hosts than the application's own fail, at once or after a while."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.ROUTE,)
    party: ClassVar[str] = "third"
    maskable: ClassVar[bool] = True

    code: str = choice("namenotresolved", "the error", ABORT_CODES)
    after: float = duration("0 ms", "how long the caller waits for it")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        trip.pause(self.after)
        trip.abort(self.code)
