"""Yesterday's answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import whole
from chaos.trip import Answer, Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleResponse(CallFault):
    """The first answer to an address is remembered and served to every later call; the first call is spared."""

    name: ClassVar[str] = "stale-response"
    about: ClassVar[str] = "A read is answered with what the same address answered before."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE,)
    maskable: ClassVar[bool] = True

    age: int = whole(600, "the Age header of the old answer", unit="s")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if trip.method not in ("GET", "HEAD"):
            raise Spared("only reads can be stale")
        earlier = trip.memory.get(f"{trip.method} {trip.url}")
        if isinstance(earlier, Answer):
            return trip.answer(earlier.with_header("age", str(self.age)))
        fresh = trip.deliver()
        if fresh.status == 200:
            trip.memory[f"{trip.method} {trip.url}"] = fresh
        raise Spared("there was no earlier answer")
