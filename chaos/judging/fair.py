"""What is fairly expected of an application: which faults, at which calls, it can hide from its user altogether.

What is slow, comes late, twice or out of order can be hidden as long as it stays within patience. A call that fails
once can be made again, where the failure looks as if it would pass and the call may be repeated. Decoration can be
missing. Nobody can hide that a call which the step needs fails again and again, that an answer lies, or that the
session is over: there a safe stop is all that can be asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from chaos.rule import Rule
from chaos.seen import SeenCall
from chaos.shorthand import read_rule
from stormwalk.errors import PlanError
from stormwalk.storm import FaultDecision, Phase, RuleEntry

_PASSING = (408, 429, 502, 503, 504)
# These strike one call and leave the next one alone; the network, for example, is away for a while.
_OF_ONE_CALL = ("http", "abort", "lost-reply")
_REPEATABLE = ("GET", "HEAD", "PUT")
_DECORATION = ("image", "font", "media", "stylesheet", "texttrack", "manifest", "ping")

# Faults of one kind: an application that stumbles over one of them stumbles over the others by the same mistake.
FAMILIES = {
    "slow calls": ("latency", "throttle", "slow-drip", "packet-loss", "slow-cpu", "reordered"),
    "failed calls": ("http", "abort", "rate-limit", "offline", "flapping", "hang"),
    "lost replies": ("lost-reply", "duplicate-request"),
    "wrong answers": (
        "truncated-body", "cut-body", "malformed-json", "empty-body", "wrong-json", "wrong-content-type",
        "stale-response",
    ),
    "ended sessions": ("session-expiry",),
    "missing files": ("asset-failure", "third-party-down"),
    "users in a hurry": ("double-click", "reload", "back", "second-tab"),
    "broken streams": (
        "event-stream-cut", "websocket-cut", "websocket-close", "websocket-delay", "websocket-refuse",
    ),
}  # fmt: skip


def family_of(faults: frozenset[str]) -> str:
    """What these faults have in common; the names of several that have nothing in common."""
    kinds = {_family(one) for one in faults}
    return " and ".join(sorted(kinds))


def _family(fault: str) -> str:
    return next((name for name, members in FAMILIES.items() if fault in members), fault)


@lru_cache(maxsize=512)
def rule_of(text: str) -> Rule | None:
    """The rule that was written down; None for one that another version of Stormwalk wrote."""
    try:
        return read_rule(text)
    except PlanError:
        return None


def is_maskable(entry: RuleEntry, call: SeenCall | None, strikes: Sequence[FaultDecision], patience_ms: float) -> bool:
    """Whether a good application hides from its user what this rule did to this call; `call` is None where it is not
    known which one it was."""
    if call is not None and _is_decoration(call):
        return True
    if call is not None and call.failed and call.call.resource_type == "document":
        return False  # there is no application yet that could do anything about it
    if entry.maskable:
        # What a busy machine has added, its user had to wait for as well.
        return sum(max(one.asked_ms or 0.0, one.observed_ms or 0.0) for one in strikes) <= patience_ms
    rule = rule_of(entry.text)
    if call is None or rule is None or rule.limit != 1:
        return False
    passes = rule.fault.name in _OF_ONE_CALL and _will_pass(call)
    return call.background or (passes and _may_be_repeated(call, rule))


def _is_decoration(call: SeenCall) -> bool:
    return call.third_party or call.call.resource_type in _DECORATION


def _may_be_repeated(call: SeenCall, rule: Rule) -> bool:
    if call.call.resource_type == "script":
        return False  # nobody is there who could ask for it again
    unharmed = call.call.method == "DELETE" and rule.phase is not Phase.AFTER
    return call.call.method in _REPEATABLE or unharmed


def _will_pass(call: SeenCall) -> bool:
    """No answer at all, or one that says that it is for now."""
    return not call.in_flight and (call.call.status is None or call.call.status in _PASSING)
