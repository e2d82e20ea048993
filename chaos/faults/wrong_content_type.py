"""A page where JSON was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import text, whole
from chaos.trip import Answer, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongContentType(CallFault):
    """JSON that is only labelled as text has no effect on `response.json()`, so the body is changed with the label."""

    name: ClassVar[str] = "wrong-content-type"
    about: ClassVar[str] = "A maintenance page in HTML is served where data was expected."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE, Phase.AFTER)

    status: int = whole(200, "the status", low=200, high=599)
    content_type: str = text("text/html; charset=utf-8", "the type of the body")
    body: str = text("<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>", "the body")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if phase is Phase.AFTER:
            trip.deliver()
        headers = (("content-type", self.content_type),)
        trip.answer(Answer(status=self.status, headers=headers, body=self.body.encode()))
