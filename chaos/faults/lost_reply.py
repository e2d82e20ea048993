"""The server does the work, and its answer is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import choice
from chaos.trip import ABORT_CODES, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class LostReply(CallFault):
    name: ClassVar[str] = "lost-reply"
    about: ClassVar[str] = "The server has done the work, and its answer is lost on the way."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    code: str = choice("connectionreset", "the error that the caller sees", ABORT_CODES)

    def act(self, trip: Trip, phase: Phase | None) -> None:
        trip.deliver()
        trip.abort(self.code)
