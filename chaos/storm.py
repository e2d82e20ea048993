"""The storm of one journey: which rules are active, and what they decide for each call.

It knows neither Playwright nor requests. The dispatcher, the API adapter and the proxy ask it, perhaps from several
threads, and report to its `proof`.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from chaos.decide import Keys
from chaos.pattern import origin_of
from chaos.plan import Plan
from chaos.proof import Proof, Strike
from chaos.rule import CallFacts, Rule
from stormwalk.redact import Redactor
from stormwalk.storm import BlindSpot, DecisionKey, FaultDecision, Layer, RuleCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Whose calls they are."""

    actor: str = "visitor"
    role: str = "anonymous"


class Storm:
    """One journey under one plan, or under none: then it is a control and passes every call through.

    `base_url` says what is first party, `templates` are declared or were learned before, `background` are patterns of
    polling. `on_decision` is told of every decision when it has been carried out, in the thread that did it;
    `on_problem` of what broke. `allows` says of a rule whether it may strike now; when its word changes, say `steered`.
    """

    def __init__(
        self,
        plan: Plan | None,
        *,
        seed: str | int,
        journey: str,
        repeat: int = 0,
        base_url: str = "",
        own_hosts: Iterable[str] = (),
        templates: Iterable[str] = (),
        background: Iterable[str] = (),
        redactor: Redactor | None = None,
        on_decision: Callable[[FaultDecision], None] = lambda decision: None,
        on_problem: Callable[[str], None] = lambda problem: None,
        allows: Callable[[Rule], bool] = lambda rule: True,
    ) -> None:
        self.plan = plan
        self.seed = str(seed)
        self.base_url = base_url
        self.step = ""
        self.proof = Proof(redactor or Redactor(()), on_decision, on_problem)
        self._origin = origin_of(base_url)
        self._own_hosts = frozenset(own_hosts)
        self._keys = Keys(journey, repeat, templates, background)
        self._lifted = False
        self._allows = allows
        self._listeners: list[Callable[[], None]] = []
        self._fired: Counter[DecisionKey] = Counter()
        # The first step that called an endpoint, for each rule that means no other.
        self._first: dict[tuple[str, ...], str] = {}
        self._memories: defaultdict[tuple[str, str, str], dict[str, object]] = defaultdict(dict)
        self._lock = threading.Lock()
        self._know(plan)

    # What a journey tells.

    def enter_step(self, name: str) -> None:
        """A step begins; what is called from now on is its."""
        self.step = name
        self._tell()

    def leave_step(self) -> None:
        """What is called from now on belongs to no step."""
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

    def steered(self) -> None:
        """Rules were switched by hand. A call that one of them holds is let go once no other is active."""
        self._tell()

    def on_change(self, listener: Callable[[], None]) -> None:
        """`listener` is called after a step, a lift, a switch or a hand's, in the thread that made it."""
        self._listeners.append(listener)

    def off_change(self, listener: Callable[[], None]) -> None:
        """The listener is told of nothing more."""
        self._listeners.remove(listener)

    # What became of it.

    @property
    def decisions(self) -> tuple[FaultDecision, ...]:
        """Every decision that has been carried out, in the order in which that ended."""
        return tuple(self.proof.decisions)

    @property
    def counts(self) -> tuple[RuleCount, ...]:
        """One for each rule that was ever active."""
        return self.proof.counts

    @property
    def blind_spots(self) -> tuple[BlindSpot, ...]:
        return self.proof.blind_spots

    @property
    def problems(self) -> tuple[str, ...]:
        """What broke or could not be installed; the calls went on."""
        return tuple(self.proof.problems)

    # What those ask who carry it out.

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that may strike now."""
        if self.plan is None or self._lifted:
            return ()
        return tuple(filter(self._allows, self.plan.rules))

    @property
    def is_active(self) -> bool:
        return bool(self.rules)

    def is_first_party(self, url: str) -> bool:
        """Whether the address is the application's own, or of one of its own hosts; a WebSocket counts as HTTP."""
        origin = origin_of(url)
        same = (origin.replace("ws", "http", 1) if origin[:2] == "ws" else origin) == self._origin
        return not self._origin or same or bool(origin and urlsplit(url).hostname in self._own_hosts)

    def matching(self, call: CallFacts, who: Who, *layers: Layer) -> tuple[Rule, ...]:
        """The active rules that mean this call, `nth` aside, and that one of these layers can carry out."""
        step = self._step_of(call, layers[0])
        return tuple(
            rule
            for rule in self.rules
            if any(map(rule.acts_in, layers)) and rule.target.matches(call, actor=who.actor, role=who.role, step=step)
        )

    def strikes(self, rules: Iterable[Rule], call: CallFacts, who: Who, layer: Layer) -> list[Strike]:
        """Decides about one call under each of these rules; gives the strikes that are to be carried out.

        Each of them has to be reported to `proof`, as applied or as escaped.
        """
        step = self._step_of(call, layer)
        with self._lock:
            key = self._keys.count(call, actor=who.actor, step=step, world=layer.value)
            found = [
                Strike(
                    rule=rule,
                    key=replace(key, rule=rule.id),
                    layer=layer,
                    url=call.url,
                    seed=self.seed,
                    memory=self._memories[rule.id, who.actor, layer.value],
                )
                for rule in rules
                if rule.target.nth in (0, key.occurrence)
            ]
            spared = {id(one): self._reason_to_spare(one) for one in found}
        for one in found:
            if spared[id(one)]:
                self.proof.withheld(one, spared[id(one)])
        return [one for one in found if not spared[id(one)]]

    def _step_of(self, call: CallFacts, layer: Layer) -> str:
        """An API client has no background: it polls nothing, and what it calls the step has called."""
        return self.step if layer is Layer.API and self.step else self._keys.step_of(call.url, self.step)

    def _reason_to_spare(self, strike: Strike) -> str:
        rule, site = strike.rule, replace(strike.key, occurrence=0)
        if rule.first and not self._is_first_step(strike):
            return "another step was the first"
        if rule.probability < 1 and strike.draw("fire") >= rule.probability:
            return "chance"
        if rule.limit and self._fired[site] >= rule.limit:
            return "limit"
        self._fired[site] += 1
        return ""

    def _is_first_step(self, strike: Strike) -> bool:
        key = strike.key
        place = (key.rule, strike.layer.value, key.actor, key.method, key.template)
        return self._first.setdefault(place, key.step) == key.step

    def _know(self, plan: Plan | None) -> None:
        for rule in plan.rules if plan else ():
            self.proof.know(rule)

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()
