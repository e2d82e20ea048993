"""What the controls of a journey have shown: the calls of its steps, and so what a plan has to strike there."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.plan import Plan
from chaos.rule import CallFacts
from chaos.storm import Storm

SeenEndpoint = tuple[str, str, str, str]
"""Method, address, type and template of a call."""


@dataclass(slots=True)
class Known:
    """The calls of each step in the controls so far."""

    calls: dict[str, set[SeenEndpoint]] = field(default_factory=dict)

    @property
    def all_calls(self) -> set[SeenEndpoint]:
        return set().union(*self.calls.values()) if self.calls else set()

    def of(self, step: str) -> set[SeenEndpoint]:
        return self.calls.get(step, set())


def strikes_any(plan: Plan, calls: set[SeenEndpoint], storm: Storm) -> bool:
    """Whether a rule of the plan means one of these calls; one that holds for a whole page always does something.

    Actor, role and step of a target are not looked at: which calls there are is known of the journey as a whole.
    """
    for rule in plan.rules:
        if not rule.fault.per_call:
            return True
        for method, url, kind, _ in calls:
            facts = CallFacts(method=method, url=url, resource_type=kind, first_party=storm.is_first_party(url))
            target = rule.target
            if target.matches(facts, actor=target.actor, role=target.role, step=target.step):
                return True
    return False
