"""Answers that say that it did not work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import text, whole
from chaos.trip import Answer, Trip
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpError(CallFault):
    name: ClassVar[str] = "http"
    about: ClassVar[str] = "The call is answered with a status of your choice."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE, Phase.AFTER)

    status: int = whole(503, "the status", low=200, high=599)
    retry_after: int = whole(0, "the Retry-After header; 0 sends none", high=86_400, unit="s")
    body: str = text('{"error": "unavailable"}', "the body")
    content_type: str = text("application/json", "the type of the body")
    header: str = text("", 'a further header, as in "x-request-id: 7"')

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if phase is Phase.AFTER:
            trip.deliver()
        trip.answer(Answer(status=self.status, headers=self._headers(), body=self.body.encode()))

    def _headers(self) -> tuple[tuple[str, str], ...]:
        found = [("content-type", self.content_type)]
        if self.retry_after:
            found.append(("retry-after", str(self.retry_after)))
        name, colon, value = self.header.partition(":")
        if colon:
            found.append((name.strip().lower(), value.strip()))
        return tuple(found)
