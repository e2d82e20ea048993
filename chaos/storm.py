"""The storm of one journey: which rules are active, what they decide for each call, and the proof of what was done.

It knows neither Playwright nor requests. The dispatcher, the API adapter and the proxy ask it and report to it; they
may do so from several threads.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from chaos.decide import Keys, draw
from chaos.pattern import origin_of
from chaos.plan import Plan
from chaos.rule import CallFacts, Rule
from stormwalk.storm import BlindSpot, DecisionKey, Escape, FaultDecision, Layer, Outcome, RuleCount

LIFTED = "the storm was lifted meanwhile"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose calls they are."""

    actor: str = "visitor"
    role: str = "anonymous"


@dataclass(slots=True, kw_only=True)
class Strike:
    """A rule that is about to strike one call. The reporting half is filled in while it happens."""

    rule: Rule
    key: DecisionKey
    layer: Layer
    url: str
    seed: str
    memory: dict[str, object]
    step: str
    asked_ms: float = 0.0
    observed_ms: float = 0.0
    paused: bool = False
    delivered: bool = False
    server_status: int | None = None

    def draw(self, label: str) -> float:
        return draw(self.seed, self.key, label)

    def draw_at(self, occurrence: int, label: str) -> float:
        return draw(self.seed, replace(self.key, occurrence=occurrence), label)


@dataclass(slots=True)
class _Tally:
    matched: int = 0
    applied: int = 0
    withheld: int = 0
    escaped: Counter[str] = field(default_factory=Counter)


class Storm:
    """One journey under one plan, or under none: then it is a control and passes every call through.

    `templates` are declared or were learned before, `background` are patterns of polling, `base_url` says what is
    first party. `on_decision` is told of every decision when it has been carried out, in the thread that did it.
    """

    def __init__(
        self,
        plan: Plan | None,
        *,
        seed: str | int,
        journey: str,
        repeat: int = 0,
        base_url: str = "",
        templates: Iterable[str] = (),
        background: Iterable[str] = (),
        on_decision: Callable[[FaultDecision], None] = lambda decision: None,
        on_problem: Callable[[str], None] = lambda problem: None,
    ) -> None:
        self.plan = plan
        self.seed = str(seed)
        self.journey = journey
        self.repeat = repeat
        self.base_url = base_url
        self.step = ""
        self.decisions: list[FaultDecision] = []
        self.problems: list[str] = []
        self._origin = origin_of(base_url)
        self._on_decision = on_decision
        self._on_problem = on_problem
        self._keys = Keys(journey, repeat, templates, background)
        self._lifted = False
        self._listeners: list[Callable[[], None]] = []
        self._tallies: dict[str, _Tally] = {}
        self._rules: dict[str, Rule] = {}
        self._fired: Counter[DecisionKey] = Counter()
        self._memories: defaultdict[tuple[str, str], dict[str, object]] = defaultdict(dict)
        self._blind: Counter[str] = Counter()
        self._blind_examples: dict[str, str] = {}
        self._lock = threading.RLock()
        self._know(plan)

    # What a journey tells.

    def enter_step(self, name: str) -> None:
        """A step begins; what is called from now on is its."""
        self.step = name
        self._tell()

    def leave_step(self) -> None:
        self.enter_step("")

    def lift(self) -> None:
        """From now on no rule is active, held calls are let go, and the browser is as it was."""
        self._lifted = True
        self._tell()

    def switch(self, plan: Plan | None) -> None:
        """Another plan, or none. Counts and decisions so far stay."""
        self.plan, self._lifted = plan, False
        self._know(plan)
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> None:
        """`listener` is called after a step, a lift or a switch, in the thread that made it."""
        self._listeners.append(listener)

    # What those ask who carry it out.

    @property
    def active(self) -> bool:
        """Whether any rule may strike."""
        return self.plan is not None and not self._lifted

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that may strike now."""
        return self.plan.rules if self.plan is not None and not self._lifted else ()

    def is_first_party(self, url: str) -> bool:
        return not self._origin or origin_of(url).replace("ws", "http", 1) == self._origin

    def step_of(self, url: str) -> str:
        return self._keys.step_of(url, self.step)

    def matching(self, call: CallFacts, who: Who, layers: tuple[Layer, ...]) -> tuple[Rule, ...]:
        """The active rules that mean this call, `nth` aside, and that these layers can carry out."""
        step = self.step_of(call.url)
        return tuple(
            rule
            for rule in self.rules
            if any(rule.acts_in(one) for one in layers)
            and rule.target.matches(call, actor=who.actor, role=who.role, step=step)
        )

    def strikes(self, call: CallFacts, who: Who, layer: Layer, rules: tuple[Rule, ...]) -> list[Strike]:
        """Decides for one call under each of these rules; gives the strikes that are to be carried out.

        Each of them has to be reported: `applied`, `spared` or `escaped`.
        """
        if not rules:
            return []
        step = self.step_of(call.url)
        with self._lock:
            key = self._keys.count(call, actor=who.actor, step=step, world=layer.value)
            found = [self._strike(rule, key, call, who, layer) for rule in rules]
        return [one for one in found if one is not None]

    def _strike(self, rule: Rule, key: DecisionKey, call: CallFacts, who: Who, layer: Layer) -> Strike | None:
        if rule.target.nth not in (0, key.occurrence):
            return None
        strike = Strike(
            rule=rule,
            key=replace(key, rule=rule.id),
            layer=layer,
            url=call.url,
            seed=self.seed,
            memory=self._memories[rule.id, who.actor],
            step=self.step,
        )
        self._tally(rule).matched += 1
        if rule.probability < 1 and strike.draw("fire") >= rule.probability:
            self._withhold(strike, "chance")
            return None
        site = replace(strike.key, occurrence=0)
        if rule.limit and self._fired[site] >= rule.limit:
            self._withhold(strike, "limit")
            return None
        self._fired[site] += 1
        return strike

    # What those report who carry it out.

    def applied(self, strike: Strike, reason: str = "") -> None:
        """The fault has done to the call what it says."""
        with self._lock:
            self._tally(strike.rule).applied += 1
        self._record(strike, Outcome.APPLIED, True, reason)

    def escaped(self, strike: Strike, reason: str) -> None:
        """The fault should have struck this call, and could not, or not as it was asked to."""
        with self._lock:
            self._tally(strike.rule).escaped[reason] += 1
        self._record(strike, Outcome.ESCAPED, True, reason)

    def escaped_unseen(self, rule: Rule, reason: str, calls: int = 1) -> None:
        """Calls that the rule means went by where nobody could decide about them."""
        with self._lock:
            tally = self._tally(rule)
            tally.matched += calls
            tally.escaped[reason] += calls

    def held_generally(self, rule: Rule, calls: int = 1) -> None:
        """A fault that holds for all calls was proved to have struck so many more."""
        with self._lock:
            tally = self._tally(rule)
            tally.matched += calls
            tally.applied += calls

    def blind(self, what: str, example: str) -> None:
        """Something happened that no rule could reach."""
        with self._lock:
            self._blind[what] += 1
            self._blind_examples.setdefault(what, example)

    def problem(self, what: str) -> None:
        """A fault broke, or could not be installed; said once."""
        with self._lock:
            if what in self.problems:
                return
            self.problems.append(what)
        self._on_problem(what)

    # The proof.

    @property
    def counts(self) -> tuple[RuleCount, ...]:
        """One for each rule that was ever active, also for one that matched nothing."""
        with self._lock:
            return tuple(self._count(rule, self._tallies[name]) for name, rule in self._rules.items())

    @property
    def blind_spots(self) -> tuple[BlindSpot, ...]:
        with self._lock:
            return tuple(
                BlindSpot(what=what, example=self._blind_examples[what], calls=calls)
                for what, calls in self._blind.items()
            )

    def _count(self, rule: Rule, tally: _Tally) -> RuleCount:
        escaped = tuple(Escape(reason=reason, calls=calls) for reason, calls in sorted(tally.escaped.items()))
        return RuleCount(
            rule=rule.id,
            fault=rule.fault.name,
            matched=tally.matched,
            applied=tally.applied,
            withheld=tally.withheld,
            escaped=escaped,
        )

    def _withhold(self, strike: Strike, reason: str) -> None:
        self._tally(strike.rule).withheld += 1
        self._record(strike, Outcome.WITHHELD, False, reason)

    def _record(self, strike: Strike, outcome: Outcome, fired: bool, reason: str) -> None:
        decision = FaultDecision(
            key=strike.key,
            fault=strike.rule.fault.name,
            layer=strike.layer,
            fired=fired,
            outcome=outcome,
            url=strike.url,
            phase=strike.rule.phase,
            asked_ms=strike.asked_ms if strike.paused else None,
            observed_ms=strike.observed_ms if strike.paused else None,
            delivered=strike.delivered,
            server_status=strike.server_status,
            reason=reason,
            at=time.time(),
        )
        with self._lock:
            self.decisions.append(decision)
        self._on_decision(decision)

    def _tally(self, rule: Rule) -> _Tally:
        return self._tallies[rule.id]

    def _know(self, plan: Plan | None) -> None:
        for rule in plan.rules if plan else ():
            self._rules[rule.id] = rule
            self._tallies.setdefault(rule.id, _Tally())

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
