"""The same call twice on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.trip import Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRequest(CallFault):
    """As a proxy or a browser does that repeats a call by itself: idempotency keys survive it, disabled buttons not."""

    name: ClassVar[str] = "duplicate-request"
    about: ClassVar[str] = "The server gets the call twice, word for word; the caller sees the first answer."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)
    maskable: ClassVar[bool] = True

    def act(self, trip: Trip, phase: Phase | None) -> None:
        answer = trip.deliver()
        trip.deliver_again()
        trip.answer(answer)
