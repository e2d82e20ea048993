"""A connection that breaks in the middle of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chaos.fault import Flow, FlowFault
from chaos.parameter import choice, whole
from stormwalk.storm import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBody(FlowFault):
    name: ClassVar[str] = "cut-body"
    about: ClassVar[str] = "The answer begins well and the connection breaks in the middle of its body."
    phases: ClassVar[tuple[Phase, ...]] = (Phase.AFTER,)

    after: int = whole(20, "how much of the body arrives", high=10**8, unit="bytes")
    how: str = choice("reset", "whether the connection is reset or closed", ("reset", "close"))

    def flow(self) -> Flow:
        return Flow(cut_bytes=self.after, reset=self.how == "reset")
