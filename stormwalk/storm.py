"""What a storm is made of, for whoever reads a run: the plan, the faults there are, and what was done to which call.

Read-only values, as in `model`. Durations are milliseconds, `at` is UTC in seconds since the epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BACKGROUND = "*"
"""The pseudo-step of calls that no step has caused: polling, and whatever happens between two steps."""


class Phase(StrEnum):
    """When a fault strikes: the server never sees the call, or has done the work when the answer is lost."""

    BEFORE = "before"
    AFTER = "after"


class Layer(StrEnum):
    """Where a fault is realised."""

    ROUTE = "route"
    CDP = "cdp"
    PROXY = "proxy"
    PAGE = "page"
    API = "api"
    SERVER = "server"


class Outcome(StrEnum):
    """What became of a call that a rule matched.

    `withheld`: chance, limit or the fault itself spared it. `escaped`: it should have been struck, and was not.
    """

    APPLIED = "applied"
    WITHHELD = "withheld"
    ESCAPED = "escaped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterEntry:
    """One parameter of a fault, as help texts show it; `unit` is empty where it has none."""

    name: str
    about: str
    default: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultEntry:
    """One fault of the catalogue. `unsupported` says why it cannot be done faithfully; empty where it can."""

    name: str
    about: str
    phases: tuple[Phase, ...] = ()
    layers: tuple[Layer, ...] = ()
    engines: tuple[str, ...] = ()
    maskable: bool = False
    parameters: tuple[ParameterEntry, ...] = ()
    unsupported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleEntry:
    """One rule of a plan; `text` is the rule in shorthand."""

    id: str
    fault: str
    text: str
    maskable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEntry:
    """One plan. `source` is the file that it was read from, empty for one that comes with Stormwalk and for a rule."""

    name: str
    hypothesis: str
    rules: tuple[RuleEntry, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What a command must name again to walk the same application: the `patience` of the environment, the `root` of
    pytest's names as seen from where the run was started (empty for that place itself), and `options`. `fail_under` is
    the score that the command itself asked for, in place of the project's."""

    patience: str = ""
    root: str = ""
    options: tuple[str, ...] = ()
    fail_under: float | None = None


NAMED_BY_INI = Invocation()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionKey:
    """What a decision is a function of, beside the seed. `params` is a digest, `occurrence` counts from 1."""

    journey: str
    actor: str
    step: str
    method: str
    template: str
    params: str
    occurrence: int
    rule: str
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultDecision:
    """What was decided for one call under one rule, and what became of it.

    `fired` is the decision, a function of the key and the seed alone; `outcome` also depends on what happened.
    `asked_ms` and `observed_ms` are the delay that was to be added and the one that was, where there was one.
    `server_status` is the server's own answer where the call was delivered to it; of a call that `went_on` the answer
    that its caller got is the server's own. `reason` says why a call was withheld or escaped, or what else is worth
    knowing of it. `began_at` is when the fault was about to act and `at` when it had, in UTC seconds; 0 where it is not
    known.
    """

    key: DecisionKey
    fault: str
    layer: Layer
    fired: bool
    outcome: Outcome
    url: str = ""
    phase: Phase | None = None
    asked_ms: float | None = None
    observed_ms: float | None = None
    delivered: bool = False
    server_status: int | None = None
    went_on: bool = False
    reason: str = ""
    began_at: float = 0.0
    at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Escape:
    """Calls that a rule should have struck and did not, by reason."""

    reason: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """The proof of delivery of one rule: `matched` = applied + withheld + the sum of `escaped`."""

    rule: str
    fault: str
    matched: int = 0
    applied: int = 0
    withheld: int = 0
    escaped: tuple[Escape, ...] = ()

    @property
    def happened(self) -> bool:
        """Whether there was any storm at all; without one nothing can be judged."""
        return self.applied > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpot:
    """Something that happened and that no rule can reach, with an example and how often it was seen."""

    what: str
    example: str
    calls: int
