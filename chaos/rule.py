"""A rule: a fault and the calls that it strikes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chaos.fault import CallFault, Fault, ServerFault
from chaos.pattern import UrlPattern
from stormwalk.storm import Layer, Phase, RuleEntry

TYPES = (
    "document",
    "stylesheet",
    "image",
    "media",
    "font",
    "script",
    "texttrack",
    "xhr",
    "fetch",
    "eventsource",
    "websocket",
    "manifest",
    "ping",
    "other",
    "api",
)  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EVERYTHING = UrlPattern("**")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What is known of a call when it is decided about. `first_party` is the application's own origin."""

    method: str
    url: str
    resource_type: str = "other"
    first_party: bool = True
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which calls a rule strikes; what is empty restricts nothing. `nth` counts calls with the same keys in a step."""

    url: UrlPattern = EVERYTHING
    methods: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    party: str = ""
    actor: str = ""
    role: str = ""
    step: str = ""
    nth: int = 0

    def matches(self, call: CallFacts, *, actor: str, role: str, step: str) -> bool:
        """Whether the call is one of them, `nth` aside."""
        return (
            (not self.methods or call.method in self.methods)
            and (not self.types or call.resource_type in self.types)
            and (not self.party or call.first_party == (self.party == "first"))
            and self.is_for(actor, role, step)
            and self.url.matches(call.url)
        )

    def is_for(self, actor: str, role: str, step: str) -> bool:
        wanted = ((self.actor, actor), (self.role, role), (self.step, step))
        return all(not asked or asked == given for asked, given in wanted)

    def used(self) -> tuple[str, ...]:
        """The keys that restrict something, beside the address."""
        keys: dict[str, object] = {"method": self.methods, "type": self.types, "party": self.party, "actor": self.actor}
        keys |= {"role": self.role, "step": self.step, "nth": self.nth}
        return tuple(key for key, value in keys.items() if value)


class RuleProblem(ValueError):
    """A rule makes no sense; `key` says where."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: {expected}")
        self.key = key
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A fault with its target.

    `limit` is how often it strikes calls with the same keys: in one step, for one endpoint. `first` spares an endpoint
    in all steps behind the first one that calls it: what was seen there need not be seen again. `hops` makes it strike
    the later hops of redirects as well, which only Chromium can. `scope` says for the API client whether a call is
    struck above its retries (`call`) or each of its attempts (`attempt`). Raises RuleProblem.
    """

    id: str
    fault: Fault
    target: Target = Target()
    probability: float = 1.0
    limit: int = 0
    first: bool = False
    phase: Phase | None = None
    hops: bool = False
    scope: str = "call"

    def __post_init__(self) -> None:
        kind = type(self.fault)
        if self.phase is not None and self.phase not in kind.phases:
            has = ", ".join(kind.phases) or "none"
            raise RuleProblem("phase", f'{kind.name} has no phase "{self.phase}"; it has: {has}')
        if self.phase is None and kind.phases:
            object.__setattr__(self, "phase", kind.phases[0])
        if self.probability <= 0:
            raise RuleProblem("probability", "expected more than 0 %: this rule never strikes")
        if not kind.per_call and (self.probability < 1 or self.limit or self.first):
            raise RuleProblem(
                "probability", f"{kind.name} holds for all calls, so neither chance nor limit can be kept"
            )
        for key in self.target.used():
            if key not in kind.filters:
                able = ", ".join(kind.filters) or "the address only"
                raise RuleProblem(f"target.{key}", f"{kind.name} cannot be restricted by it; it can by: {able}")
        if isinstance(self.fault, ServerFault) and not self.target.url.is_everything:
            raise RuleProblem("target.url", f"{kind.name} is on for the whole application, and not for an address")
        if self.hops and not isinstance(self.fault, CallFault):
            raise RuleProblem("hops", f"only faults of single calls can strike redirect hops, and {kind.name} is none")
        self._complete_target()

    def _complete_target(self) -> None:
        """What the fault means where the rule does not say."""
        target, kind = self.target, type(self.fault)
        if (kind.types and not target.types) or (kind.party and not target.party):
            types, party = target.types or kind.types, target.party or kind.party
            more = replace(target, types=types, party=party)
            object.__setattr__(self, "target", more)

    def acts_in(self, layer: Layer) -> bool:
        return layer in self.fault.layers

    def written(self) -> str:
        """The rule in shorthand."""
        parts = [self.fault.written()]
        parts += ["once" if self.limit == 1 else f"{self.limit} times"] if self.limit else []
        parts += ["first"] if self.first else []
        parts += [f"{self.probability:.4%}".rstrip("0%").rstrip(".") + "%"] if self.probability < 1 else []
        parts += [str(self.phase)] if self.phase and self.phase is not self.fault.phases[0] else []
        parts += ["hops"] if self.hops else []
        parts += ["attempt"] if self.scope == "attempt" else []
        return " ".join([*parts, "@", *self._target_written()])

    def _target_written(self) -> list[str]:
        target = self.target
        words = [",".join(target.methods)] if target.methods else []
        words.append(target.url.text)
        pairs = {"type": ",".join(target.types), "party": target.party, "actor": target.actor, "role": target.role}
        pairs |= {"step": target.step, "nth": str(target.nth or "")}
        defaults = {"type": ",".join(self.fault.types), "party": self.fault.party}
        for key, value in pairs.items():
            if value and value != defaults.get(key):
                words.append(f'{key}="{value}"' if " " in value else f"{key}={value}")
        return words

    def entry(self) -> RuleEntry:
        return RuleEntry(id=self.id, fault=self.fault.name, text=self.written(), maskable=self.fault.maskable)
