"""The proof of delivery: what each rule matched, applied and missed, and what no rule can reach."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from chaos.decide import draw
from chaos.rule import Rule
from stormwalk.redact import Redactor
from stormwalk.storm import BlindSpot, DecisionKey, Escape, FaultDecision, Layer, Outcome, RuleCount


@dataclass(slots=True, kw_only=True)
class Strike:
    """A rule that is about to strike one call. The lower half is filled in while it happens."""

    rule: Rule
    key: DecisionKey
    layer: Layer
    url: str
    seed: str
    memory: dict[str, object]
    paused: bool = False
    asked_ms: float = 0.0
    observed_ms: float = 0.0
    delivered: bool = False
    server_status: int | None = None
    ended: bool = False
    began_at: float = field(default_factory=time.time)

    def draw(self, label: str) -> float:
        return draw(self.seed, self.key, label)

    def draw_at(self, occurrence: int, label: str) -> float:
        return draw(self.seed, replace(self.key, occurrence=occurrence), label)


@dataclass(slots=True)
class _Tally:
    rule: Rule
    applied: int = 0
    withheld: int = 0
    not_meant: int = 0
    escaped: Counter[str] = field(default_factory=Counter)

    def count(self) -> RuleCount:
        return RuleCount(
            rule=self.rule.id,
            fault=self.rule.fault.name,
            matched=self.applied + self.withheld + self.escaped.total(),
            applied=self.applied,
            withheld=self.withheld,
            escaped=tuple(Escape(reason=reason, calls=calls) for reason, calls in sorted(self.escaped.items())),
        )


class Proof:
    """Takes reports, from several threads. `on_decision` is told of each in the thread that made it."""

    def __init__(
        self,
        redactor: Redactor,
        on_decision: Callable[[FaultDecision], None],
        on_problem: Callable[[str], None],
    ) -> None:
        self.decisions: list[FaultDecision] = []
        self.problems: list[str] = []
        self._redactor = redactor
        self._on_decision = on_decision
        self._on_problem = on_problem
        self._tallies: dict[str, _Tally] = {}
        self._blind: dict[str, BlindSpot] = {}
        self._lock = threading.RLock()

    def know(self, rule: Rule) -> None:
        """From now on the rule is counted, also when it matches nothing."""
        self._tallies.setdefault(rule.id, _Tally(rule))

    def applied(self, strike: Strike, reason: str = "") -> None:
        """The fault has done to the call what it says."""
        with self._lock:
            self._tallies[strike.rule.id].applied += 1
        self._record(strike, Outcome.APPLIED, reason)

    def withheld(self, strike: Strike, reason: str) -> None:
        """Chance or limit spared the call."""
        with self._lock:
            self._tallies[strike.rule.id].withheld += 1
        self._record(strike, Outcome.WITHHELD, reason, fired=False)

    def spared(self, strike: Strike, reason: str) -> None:
        """The fault itself had nothing to do for this call: no packet was lost, the caller has waited long enough."""
        with self._lock:
            self._tallies[strike.rule.id].withheld += 1
        self._record(strike, Outcome.WITHHELD, reason)

    def not_meant(self, strike: Strike) -> None:
        """The fault is not about calls such as this one, which only itself can tell: it is not one that matched."""
        with self._lock:
            self._tallies[strike.rule.id].not_meant += 1

    def escaped(self, strike: Strike, reason: str) -> None:
        """The fault should have struck this call, and could not, or not as it was asked to."""
        with self._lock:
            self._tallies[strike.rule.id].escaped[reason] += 1
        self._record(strike, Outcome.ESCAPED, reason)

    def escaped_unseen(self, rule: Rule, reason: str, calls: int = 1) -> None:
        """Calls that the rule means went by where nobody could decide about them."""
        with self._lock:
            self._tallies[rule.id].escaped[reason] += calls

    def held(self, rule: Rule, calls: int = 1) -> None:
        """A fault that holds for all calls was proved to have struck so many more."""
        with self._lock:
            self._tallies[rule.id].applied += calls

    def blind(self, what: str, url: str) -> None:
        """Something happened that no rule could reach."""
        with self._lock:
            seen = self._blind.get(what) or BlindSpot(what=what, example=self._redactor.url(url), calls=0)
            self._blind[what] = replace(seen, calls=seen.calls + 1)

    def problem(self, what: str) -> None:
        """A fault broke, or could not be installed; said once."""
        with self._lock:
            if what in self.problems:
                return
            self.problems.append(what)
        self._on_problem(what)

    @property
    def counts(self) -> tuple[RuleCount, ...]:
        with self._lock:
            return tuple(tally.count() for tally in self._tallies.values())

    @property
    def meant_none(self) -> bool:
        """Whether calls came by that the plan was thought to mean, and each of them was one that it is not about."""
        with self._lock:
            tallies = self._tallies.values()
            return any(one.not_meant for one in tallies) and not any(one.count().matched for one in tallies)

    @property
    def blind_spots(self) -> tuple[BlindSpot, ...]:
        with self._lock:
            return tuple(self._blind.values())

    def _record(self, strike: Strike, outcome: Outcome, reason: str, fired: bool = True) -> None:
        decision = FaultDecision(
            key=replace(strike.key, template=self._redactor.text(strike.key.template)),
            fault=strike.rule.fault.name,
            layer=strike.layer,
            fired=fired,
            outcome=outcome,
            url=self._redactor.url(strike.url),
            phase=strike.rule.phase,
            asked_ms=strike.asked_ms if strike.paused else None,
            observed_ms=strike.observed_ms if strike.paused else None,
            delivered=strike.delivered,
            server_status=strike.server_status,
            went_on=strike.rule.fault.per_call and not (strike.ended or strike.delivered),
            reason=reason,
            began_at=strike.began_at,
            at=time.time(),
        )
        with self._lock:
            self.decisions.append(decision)
        self._on_decision(decision)
