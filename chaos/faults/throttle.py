"""A thin line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Conditions, ConditionsFault
from chaos.parameter import duration, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle(ConditionsFault):
    """The latency is the least time until the headers come and does not add to a slow server. It occupies the
    connections of the browser, six for each host, as a really slow line does. Answers that another rule has fetched or
    made never pass the browser's network stack and are not slowed down."""

    name: ClassVar[str] = "throttle"
    about: ClassVar[str] = "Few bytes a second, and a least latency, in the browser's own network stack."
    maskable: ClassVar[bool] = True

    down: float = number(200, "download; 0 is no limit", low=0, high=1e6, unit="kB/s")
    up: float = number(0, "upload; 0 is no limit", low=0, high=1e6, unit="kB/s")
    latency: float = duration("0 ms", "the least time until the headers come")

    @property
    def needs(self) -> str:
        return "down, up or latency above 0" if not (self.down or self.up or self.latency) else ""

    def conditions(self) -> Conditions:
        return Conditions(
            download=self.down * 1000 if self.down else -1,
            upload=self.up * 1000 if self.up else -1,
            latency_ms=self.latency,
        )
