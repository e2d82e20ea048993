"""WebSockets that the server closes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import SocketFault, Treatment
from chaos.parameter import duration, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketClose(SocketFault):
    """A clean close, as of a server that restarts, on both sides. A connection that breaks is `websocket-cut`."""

    name: ClassVar[str] = "websocket-close"
    about: ClassVar[str] = "An open WebSocket is closed in good order with a code."
    maskable: ClassVar[bool] = True

    code: int = whole(1011, "the code", low=1000, high=4999)
    after: float = duration("1 s", "how long it is well")

    def treatment(self) -> Treatment:
        return Treatment(close_code=self.code, close_after_ms=self.after)
