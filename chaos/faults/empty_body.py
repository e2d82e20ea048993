"""An answer without content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyBody(CallFault):
    name: ClassVar[str] = "empty-body"
    about: ClassVar[str] = "The answer has the right status and type, and no body."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    def act(self, trip: Trip, phase: Phase | None) -> None:
        answer = trip.deliver()
        if not answer.body or not answer.is_read(trip.method):
            raise Spared("the answer has no body anyway")
        trip.answer(answer.with_body(b""))
