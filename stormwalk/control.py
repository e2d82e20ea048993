"""What somebody asks of a run that is going on: they look at it in the dashboard, and steer it.

A request is a row of the store that the processes of the run look for; that one of them has taken it up is an event.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 1000
_WORDS = {"pause": "pause the storm", "resume": "resume the storm", "stop": "stop the run"}


class ControlKind(StrEnum):
    """What is asked. `pause` switches every rule off until `resume`; `stop` ends the run in good order."""

    PAUSE = "pause"
    RESUME = "resume"
    RULE_ON = "rule-on"
    RULE_OFF = "rule-off"
    STOP = "stop"

    @property
    def names_rule(self) -> bool:
        return self in (ControlKind.RULE_ON, ControlKind.RULE_OFF)

    @property
    def steers(self) -> bool:
        """Whether it changes the storm, so that what the run shows from then on proves nothing."""
        return self is not ControlKind.STOP


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRequest:
    """One request. `rule` is the rule that it means: its `RuleEntry.text` or `id`, or `PLAN/ID`; `by` is who asked.

    `at` is UTC in seconds since the epoch. `id` is given by the store: within a run they grow, and 0 is none yet.
    Raises ValueError for a request that makes no sense.
    """

    kind: ControlKind
    at: float
    by: str = ""
    rule: str = ""
    id: int = 0

    def __post_init__(self) -> None:
        if self.kind.names_rule != bool(self.rule):
            raise ValueError(f"{self.kind}: {'name a rule' if self.kind.names_rule else 'it is for no single rule'}")
        if len(self.rule) > _LONGEST or len(self.by) > _LONGEST:
            raise ValueError(f"{self.kind}: a rule and a name have at most {_LONGEST} characters")


def asked_words(request: ControlRequest) -> str:
    """`dashboard asked to switch off latency:500ms @ /api/**`, for people; not yet redacted."""
    switch = f"switch {'on' if request.kind is ControlKind.RULE_ON else 'off'} {request.rule}"
    return f"{request.by or 'somebody'} asked to {_WORDS.get(request.kind, switch)}"
