"""WebSockets that break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Flow, FlowFault
from chaos.parameter import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketCut(FlowFault):
    name: ClassVar[str] = "websocket-cut"
    about: ClassVar[str] = "An open WebSocket is cut: the page sees code 1006, which is no clean close."
    of_sockets: ClassVar[bool] = True
    maskable: ClassVar[bool] = True

    after: float = duration("1 s", "how long it is well")

    def flow(self) -> Flow:
        return Flow(cut_ms=self.after, reset=True)
