"""A body that comes in drops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Flow, FlowFault
from chaos.parameter import duration, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowDrip(FlowFault):
    name: ClassVar[str] = "slow-drip"
    about: ClassVar[str] = "The headers come at once, the body in small pieces."
    maskable: ClassVar[bool] = True

    bytes: int = whole(1024, "how much comes at a time", low=1, high=1_000_000, unit="bytes")
    every: float = duration("20 ms", "the time between two pieces")

    def flow(self) -> Flow:
        return Flow(chunk_bytes=self.bytes, chunk_ms=self.every)
