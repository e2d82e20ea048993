"""Calls that end with a network error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice
from chaos.trip import ABORT_CODES, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort(CallFault):
    """`fetch` cannot tell the codes apart, XMLHttpRequest tells three kinds, a navigation all of them."""

    name: ClassVar[str] = "abort"
    about: ClassVar[str] = "The call is cut by a network error; the server never sees it."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)

    code: str = choice("connectionreset", "the error", ABORT_CODES)

    def act(self, trip: Trip, phase: Phase | None) -> None:
        trip.abort(self.code)
