"""No network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import duration
from chaos.trip import Trip
from stormwalk.storm import Layer, Phase

_CODE = "internetdisconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offline(CallFault):
    """`navigator.onLine` changes, and every call of the context fails. An open WebSocket falls silent."""

    name: ClassVar[str] = "offline"
    about: ClassVar[str] = "The browser goes offline when the call is made, and comes back after some time."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.PAGE,)

    ms: float = duration("2 s", "how long there is no network")

    @property
    def needs(self) -> str:
        return "ms above 0" if not self.ms else ""

    def act(self, trip: Trip, phase: Phase | None) -> None:
        brings_a_page = _brings_a_page(trip)
        if brings_a_page:
            # A browser whose navigation is held does not go offline before that has ended, and both would wait.
            trip.abort(_CODE)
        trip.browser.go_offline()
        try:
            if not brings_a_page:
                trip.abort(_CODE)
            trip.wait(self.ms)
        finally:
            trip.browser.come_back()


def _brings_a_page(trip: Trip) -> bool:
    return "text/html" in {name.lower(): value for name, value in trip.headers.items()}.get("accept", "")
