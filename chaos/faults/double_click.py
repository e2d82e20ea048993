"""A user who clicks twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import World, WorldFault
from chaos.parameter import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubleClick(WorldFault):
    """The second click is a real one of the mouse at the same place: a disabled or covered button does not get it."""

    name: ClassVar[str] = "double-click"
    about: ClassVar[str] = "Every click on a button is followed by a second one."
    maskable: ClassVar[bool] = True

    after: float = duration("50 ms", "the time between the two")

    def world(self) -> World:
        return World(second_click_ms=self.after)
