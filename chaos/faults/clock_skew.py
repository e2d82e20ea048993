"""A wrong clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import World, WorldFault
from chaos.parameter import choice, duration


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSkew(WorldFault):
    """`Date` of the page is wrong; timers, `performance` and workers are not. Pages opened before keep their clock."""

    name: ClassVar[str] = "clock-skew"
    about: ClassVar[str] = "The clock of the user's computer is wrong."
    maskable: ClassVar[bool] = True
    filters: ClassVar[tuple[str, ...]] = ("actor", "role")

    by: float = duration("60 min", "how wrong it is")
    direction: str = choice("ahead", "whether it is ahead or behind", ("ahead", "behind"))

    @property
    def needs(self) -> str:
        return "by above 0" if not self.by else ""

    def world(self) -> World:
        return World(clock_skew_ms=self.by if self.direction == "ahead" else -self.by)
