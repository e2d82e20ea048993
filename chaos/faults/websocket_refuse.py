"""WebSockets that do not open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Flow, FlowFault
from chaos.parameter import whole


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketRefuse(FlowFault):
    name: ClassVar[str] = "websocket-refuse"
    about: ClassVar[str] = "The handshake of a WebSocket is answered with an error."
    of_sockets: ClassVar[bool] = True

    status: int = whole(503, "the status", low=400, high=599)

    def flow(self) -> Flow:
        return Flow(refuse=self.status)
