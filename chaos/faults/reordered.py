"""Answers in another order than the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CallFault
from chaos.parameter import duration
from chaos.trip import Spared, Trip
from stormwalk.storm import Layer, Phase

_WAITING = "waiting"
_STEP_MS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reordered(CallFault):
    """The first call waits, answered by the server, until a later one that matches has overtaken it."""

    name: ClassVar[str] = "reordered"
    about: ClassVar[str] = "An answer is held back until a later call has been answered."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)
    layers: ClassVar[tuple[Layer, ...]] = (Layer.ROUTE,)
    maskable: ClassVar[bool] = True

    patience: float = duration("3 s", "how long an answer waits to be overtaken")

    def act(self, trip: Trip, phase: Phase | None) -> None:
        if trip.memory.get(_WAITING):
            # Somebody waits: this call goes first, and the other one follows when it has been answered.
            trip.answer(trip.deliver())
            trip.memory[_WAITING] = False
            return
        trip.memory[_WAITING] = True
        try:
            answer = trip.deliver()
            waited = 0.0
            while trip.memory[_WAITING] and waited < self.patience and trip.pause(_STEP_MS):
                waited += _STEP_MS
            overtaken = not trip.memory[_WAITING]
        finally:
            trip.memory[_WAITING] = False
        if not overtaken:
            raise Spared("no later call came to overtake it")
        trip.pause(_STEP_MS)  # the page takes the other answer first
        trip.answer(answer)
