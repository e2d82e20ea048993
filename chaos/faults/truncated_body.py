"""Half of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import share
from chaos.trip import Spared, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedBody(CallFault):
    """Valid HTTP with half of its content. A network error in the middle of a body is `cut-body`."""

    name: ClassVar[str] = "truncated-body"
    about: ClassVar[str] = "The answer ends too early, without a network error."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    keep: float = share(0.5, "the part of the body that arrives")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        answer = trip.deliver()
        if not answer.body or not answer.is_read(trip.method):
            raise Spared("the answer has no body")
        kept = int(len(answer.body) * self.keep)
        if kept == len(answer.body):
            raise Spared("all of the body is kept")
        trip.answer(answer.with_body(answer.body[:kept]))
