"""Files that a page is made of, and that do not come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice
from chaos.trip import Answer, Trip
from stormwalk.storm import Layer, Phase

HOW = {"abort": 0, "404": 404, "503": 503}


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFailure(CallFault):
    name: ClassVar[str] = "asset-failure"
    about: ClassVar[str] = "Style sheets, scripts, fonts or images do not come; the target says which, and whose."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.ROUTE,)
    types: ClassVar[tuple[str, ...]] = ("stylesheet", "script", "font", "image", "media")

    how: str = choice("abort", "what comes instead", tuple(HOW))

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if self.how == "abort":
            return trip.abort("failed")
        trip.answer(Answer(status=HOW[self.how], headers=(("content-type", "text/plain"),), body=b"not here"))
