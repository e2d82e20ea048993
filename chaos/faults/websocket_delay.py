"""Slow WebSockets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import SocketFault, Treatment
from chaos.parameter import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketDelay(SocketFault):
    name: ClassVar[str] = "websocket-delay"
    about: ClassVar[str] = "Messages of a WebSocket come late, in both directions and in their order."
    maskable: ClassVar[bool] = True

    ms: float = duration("500 ms", "how late they are")

    @property
    def needs(self) -> str:
        return "ms above 0" if not self.ms else ""

    def treatment(self) -> Treatment:
        return Treatment(delay_ms=self.ms)
