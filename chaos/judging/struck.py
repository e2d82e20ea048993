"""Which calls of which steps were struck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chaos.judging.walk import Deed, Walk
from chaos.seen import SeenCall
from stormwalk.storm import BACKGROUND, FaultDecision, Layer, Outcome

EVERYTHING = "every call"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A call of a step that a rule struck. `name` is method and template; `decisions` are empty where a rule held for
    every call. `call` is the struck call as the page saw it, None where that is not known."""

    rule: str
    fault: str
    name: str
    decisions: tuple[FaultDecision, ...] = ()
    call: SeenCall | None = None

    @property
    def in_background(self) -> bool:
        """Whether no step caused the call: polling goes on whatever a user does."""
        return bool(self.decisions) and all(one.key.step == BACKGROUND for one in self.decisions)

    @property
    def essential(self) -> tuple[bool, bool, bool]:
        """Sorts the call that a user would miss most behind all others."""
        call = self.call
        return (False, False, False) if call is None else (call.matters, call.failed, call.writes)


def sites_of(walk: Walk, deed: Deed) -> tuple[Site, ...]:
    """The struck calls of a step, the one that matters most first.

    Polling is among them only where nothing else was struck, since it happens to fall into one step or another.
    """
    grouped: defaultdict[tuple[str, str, str], list[FaultDecision]] = defaultdict(list)
    for one in (*deed.strikes, *(strike for strike, at in _adrift(walk) if at is deed)):
        grouped[one.key.rule, one.fault, f"{one.key.method} {one.key.template}"].append(one)
    decided = [
        Site(rule=rule, fault=fault, name=name, decisions=tuple(made), call=_call(deed, name, fault))
        for (rule, fault, name), made in grouped.items()
    ]
    everything = [*decided, *_holding(walk, deed)]
    found = [one for one in everything if not one.in_background] or everything
    return tuple(sorted(found, key=lambda one: (one.essential, one.name, one.rule), reverse=True))


def _adrift(walk: Walk) -> Iterator[tuple[FaultDecision, Deed]]:
    """What struck outside of any step shows in the next one that somebody looked at, or in the last. What struck a step
    that was cut short shows in none."""
    seen = [one for one in walk.deeds if one.observation is not None]
    names = {BACKGROUND, *(one.name for one in seen)}
    for strike in walk.adrift:
        if strike.outcome is Outcome.APPLIED and strike.layer is not Layer.API and seen and strike.key.step in names:
            yield strike, next((one for one in seen if one.started_at >= strike.at), seen[-1])


def _holding(walk: Walk, deed: Deed) -> Iterator[Site]:
    """Rules that hold for all calls strike every step that does anything; a step that was healed ends no storm."""
    seen = deed.observation
    if seen is None or not (seen.calls or seen.pressed):
        return
    for count in walk.holding:
        yield Site(rule=count.rule, fault=count.fault, name=EVERYTHING)


def _call(deed: Deed, name: str, fault: str) -> SeenCall | None:
    """The struck call of this name: one that failed tells most."""
    seen = deed.observation
    calls = [one for one in seen.calls if one.endpoint == name] if seen is not None else []
    struck = [one for one in calls if one.fault == fault] or calls
    return next((one for one in struck if one.failed), struck[0] if struck else None)


def delay_ms(decisions: Iterable[FaultDecision]) -> float:
    """For how long calls were held up by us; calls that were held up together count once."""
    spans = sorted((one.at - one.observed_ms / 1000, one.at) for one in decisions if one.observed_ms)
    whole, until = 0.0, float("-inf")
    for begin, end in spans:
        whole += max(0.0, end - max(begin, until))
        until = max(until, end)
    return whole * 1000
