"""A stream of events that breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Flow, FlowFault
from chaos.parameter import duration
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStreamCut(FlowFault):
    """To refuse a stream from the beginning, take `abort` or `http` with `type=eventsource`."""

    name: ClassVar[str] = "event-stream-cut"
    about: ClassVar[str] = "A stream of server-sent events breaks some time after it began."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)
    maskable: ClassVar[bool] = True

    after: float = duration("1 s", "how long the stream is well")

    def flow(self) -> Flow:
        return Flow(cut_ms=self.after, reset=True)
