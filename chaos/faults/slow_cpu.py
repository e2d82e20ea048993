"""A slow computer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import CHROMIUM, World, WorldFault
from chaos.parameter import number
from stormwalk.storm import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowCpu(WorldFault):
    name: ClassVar[str] = "slow-cpu"
    about: ClassVar[str] = "The page's own code runs several times slower; workers do not."
    layers: ClassVar[tuple[Layer, ...]] = (Layer.CDP,)
    engines: ClassVar[tuple[str, ...]] = CHROMIUM
    maskable: ClassVar[bool] = True

    rate: float = number(4, "how many times slower", low=1, high=50, unit="x")

    @property
    def needs(self) -> str:
        return "a rate above 1" if self.rate == 1 else ""

    def world(self) -> World:
        return World(cpu_rate=self.rate)
