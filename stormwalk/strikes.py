"""Which calls were struck: a decision names a method and an address, and an application calls the same again.

A decision is told before its call has ended, and was made while that call was on its way. Each belongs to one call: the
application's own second try is not struck because the first one was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from stormwalk.observations import Call
from stormwalk.storm import FaultDecision

CLOCKS_S = 0.15
"""So far the clocks of a browser and of ours may be apart."""
_CLOCKS_APART_S = (0.0, 0.02, CLOCKS_S)
KEPT = 200


@dataclass(slots=True)
class Strikes:
    """The decisions whose call has not ended yet."""

    waiting: list[FaultDecision] = field(default_factory=list)

    @classmethod
    def of(cls, decisions: Iterable[FaultDecision]) -> Strikes:
        return cls(list(decisions))

    def add(self, decision: FaultDecision) -> None:
        self.waiting.append(decision)
        del self.waiting[:-KEPT]

    def shared_out(self, calls: Sequence[Call]) -> list[tuple[FaultDecision, ...]]:
        """What was done to each of these calls. A decision goes to the call that it fits best: of the end of one and
        the beginning of the next, with seconds between them, a busy machine hears at once."""
        found: list[tuple[FaultDecision, ...]] = [()] * len(calls)
        for apart_s in _CLOCKS_APART_S:
            for at, call in enumerate(calls):
                found[at] = found[at] or self.take(call, apart_s)
        return found

    def take(self, call: Call, apart_s: float = CLOCKS_S) -> tuple[FaultDecision, ...]:
        """What was done to this call, by one rule or by several; from then on it belongs to no other call."""
        first = next((one for one in self.waiting if _fits(one, call, apart_s)), None)
        if first is None:
            return ()
        mine = tuple(one for one in self.waiting if replace(one.key, rule="") == replace(first.key, rule=""))
        for one in mine:
            self.waiting.remove(one)
        return mine


def _fits(one: FaultDecision, call: Call, apart_s: float) -> bool:
    if one.key.method != call.method or one.url != call.url:
        return False
    ended = call.started_at + (call.duration_ms or 0.0) / 1000
    began = one.began_at or one.at  # a fault may hold on for longer than its call
    return not began or call.started_at - apart_s <= began <= ended + apart_s


def without_injected(call: Call, struck: tuple[FaultDecision, ...]) -> float | None:
    """How long the call would have taken without us, in milliseconds; None where we ended it, or nobody knows."""
    if call.duration_ms is None or any(not one.went_on for one in struck):
        return None
    return max(0.0, call.duration_ms - sum(one.observed_ms or 0.0 for one in struck))
