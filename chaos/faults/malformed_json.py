"""Text that is no JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import text
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedJson(CallFault):
    name: ClassVar[str] = "malformed-json"
    about: ClassVar[str] = "The answer has the right status and type, and a body that is no JSON."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    body: str = text('{"data": [}', "what comes instead")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        answer = trip.deliver()
        if not answer.is_read(trip.method):
            raise Spared("nobody reads the body of this answer")
        trip.answer(answer.with_body(self.body.encode()))
