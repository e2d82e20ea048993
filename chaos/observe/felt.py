"""When calls of scripts began and ended in the page itself.

We hear of both through a browser and a driver, on a busy machine late, and late by another time at each call. How long
a page waited between two tries, and which of two calls came first, is then known by the page alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chaos.seen import SeenCall
from stormwalk.observations import TimingSource

_SCRIPTS = ("fetch", "xhr")
_CLOCKS_S = 0.15
"""By so much a page's stamp may lie behind the moment at which we heard of the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeltCall:
    """A call of a script, as the page's own list of resources has it: when it had begun and when it had ended, UTC in
    seconds since the epoch."""

    url: str
    begun: float
    at: float
    failed: bool = True


def as_felt(calls: Sequence[SeenCall], felt: Iterable[FeltCall]) -> tuple[SeenCall, ...]:
    """The calls, those of scripts on the page's clock.

    A page tells neither method nor id: an address counts only where as many calls to it failed, or were answered, as
    the page says, and where it says of none that it came after we had heard of it.
    """
    told: defaultdict[tuple[str, bool], list[FeltCall]] = defaultdict(list)
    for one in sorted(felt, key=lambda one: one.begun):
        told[one.url, one.failed].append(one)
    placed = list(calls)
    for kind, stamps in told.items():
        places = sorted(
            (at for at, one in enumerate(calls) if _kind(one) == kind),
            key=lambda at: (calls[at].begins, calls[at].ends),
        )
        if len(places) == len(stamps) and all(_fits(calls[at], one) for at, one in zip(places, stamps, strict=True)):
            for at, stamp in zip(places, stamps, strict=True):
                placed[at] = _placed(calls[at], stamp)
    return tuple(placed)


def _kind(call: SeenCall) -> tuple[str, bool] | None:
    """What the page tells it by; None for what the page does not tell of, as of an answer that leads elsewhere."""
    status = call.call.status
    leads_on = status is not None and 300 <= status < 400
    if call.in_flight or leads_on or call.call.resource_type not in _SCRIPTS:
        return None
    return call.call.url, call.failed


def _fits(call: SeenCall, stamp: FeltCall) -> bool:
    return stamp.begun <= call.begins + _CLOCKS_S and stamp.begun <= stamp.at <= call.ends + _CLOCKS_S


def _placed(call: SeenCall, stamp: FeltCall) -> SeenCall:
    took = (stamp.at - stamp.begun) * 1000
    timed = replace(call.call, started_at=stamp.begun, duration_ms=took, timing_source=TimingSource.BROWSER)
    return replace(call, call=timed)
