"""An impatient user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.trip import Spared, Trip
from stormwalk.storm import Layer, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Reload(CallFault):
    name: ClassVar[str] = "reload"
    about: ClassVar[str] = "The user reloads the page while the call is under way."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.PAGE,)

    def act(self, trip: Trip, phase: Phase | None) -> None:
        # The call that follows from it matches again, and must not lead to it for ever.
        if "done" in trip.memory:
            raise Spared("the user has done it once")
        trip.memory["done"] = True
        trip.deliver()
        trip.browser.reload()
