"""What the controls of a journey have shown: which calls its steps make, and so what a plan can strike there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chaos.plan import Plan
from chaos.rule import CallFacts
from chaos.storm import Storm
from stormwalk.observations import Call
from stormwalk.storm import Layer

OF_CLIENT = "api"
"""The type of the calls of an API client, which no page makes."""

Endpoint = tuple[str, str, str, str]
"""Method, address, type and template of a call."""


def endpoint_of(call: Call) -> Endpoint:
    return call.method, call.url, call.resource_type, call.template


@dataclass(slots=True)
class Known:
    """The calls of each step of one journey, by the step's name, and the steps that made objects by a call that the
    project does not name."""

    calls: dict[str, set[Endpoint]] = field(default_factory=dict)
    makers: set[str] = field(default_factory=set)

    @property
    def all_calls(self) -> set[Endpoint]:
        return set().union(*self.calls.values()) if self.calls else set()

    def learn(self, step: str, calls: Iterable[Endpoint]) -> None:
        """A control has walked this step."""
        self.calls.setdefault(step, set()).update(calls)

    def of(self, step: str) -> set[Endpoint]:
        return self.calls.get(step, set())


def strikes_any(plan: Plan, calls: Iterable[Endpoint], storm: Storm) -> bool:
    """Whether a rule of the plan means one of these calls; one that holds for a whole page always does something.

    Actor, role and step of a target are not looked at: which calls there are is known of the journey as a whole.
    """
    for rule in plan.rules:
        if not rule.fault.per_call:
            return True
        for method, url, kind, _ in calls:
            if kind == OF_CLIENT and not rule.acts_in(Layer.API):
                continue
            facts = CallFacts(method=method, url=url, resource_type=kind, first_party=storm.is_first_party(url))
            target = rule.target
            if target.matches(facts, actor=target.actor, role=target.role, step=target.step):
                return True
    return False
