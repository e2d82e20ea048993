"""Which rules somebody has switched off by hand. One thread switches, and others ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from chaos.plan import Plan
from chaos.rule import Rule
from stormwalk.control import ControlKind, ControlRequest

_Name = tuple[str, str]


class Steering:
    """The switches of all plans of a run. `changed` is called after each, in the thread that switches.

    A rule is named by its text or id, which may mean one in several plans, or as `PLAN/ID`.
    """

    def __init__(self, plans: Iterable[Plan], changed: Callable[[], None]) -> None:
        self._names: dict[str, frozenset[_Name]] = {}
        for plan in plans:
            for rule in plan.rules:
                for name in (rule.written(), rule.id, f"{plan.name}/{rule.id}"):
                    self._add(name, (plan.name, rule.id))
        self._changed = changed
        self._off: frozenset[_Name] = frozenset()
        self._paused = False
        self.steered = False
        """Whether anybody has had a hand in the run, so that what it shows proves nothing."""

    def _add(self, name: str, rule: _Name) -> None:
        self._names[name] = self._names.get(name, frozenset()) | {rule}

    def allows(self, plan: str, rule: Rule) -> bool:
        """Whether the rule may strike now."""
        return not self._paused and (plan, rule.id) not in self._off

    def objection(self, request: ControlRequest) -> str:
        """Why a request makes no sense; empty where it does."""
        known = not request.kind.names_rule or request.rule in self._names
        return "" if known else f"no plan of this run has the rule {request.rule[:120]}"

    def take(self, request: ControlRequest) -> None:
        """Does what is asked, from now on and for every call that begins; `stop` is no matter of the storm."""
        self.steered = True
        meant = self._names.get(request.rule, frozenset())
        match request.kind:
            case ControlKind.PAUSE:
                self._paused = True
            case ControlKind.RESUME:
                self._paused = False
            case ControlKind.RULE_OFF:
                self._off |= meant
            case ControlKind.RULE_ON:
                self._off -= meant
        self._changed()
