"""What a storm was judged to have shown: troubles, outcomes, verdicts, scores. Read-only values, as in `model`.

They are made by `chaos` from what was seen, kept as events, and read by whoever reports.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stormwalk.access.results import Severity


class Outcome(StrEnum):
    """How a step ended under a fault, from best to worst; `invalid` stands outside of the order."""

    TRANSPARENT = "transparent"
    RECOVERED = "recovered"
    GRACEFUL = "graceful"
    DEGRADED_SILENT = "degraded silently"
    NO_FEEDBACK = "no feedback"
    STUCK = "stuck"
    BROKEN_UI = "broken page"
    CORRUPT = "corrupt"
    FAIL_OPEN = "access opened"
    INVALID = "invalid"

    @property
    def rank(self) -> int:
        """0 is the best; the invalid one is behind all others."""
        return list(Outcome).index(self)


class StormVerdict(StrEnum):
    """What is said of a cell or an experiment; the values are the words on the screen."""

    HELD = "held"
    DEGRADED = "deviated, degraded"
    BROKEN = "deviated, broken"
    LEAK = "deviated, leak"
    INCONCLUSIVE = "inconclusive"

    @property
    def deviated(self) -> bool:
        return self in (StormVerdict.DEGRADED, StormVerdict.BROKEN, StormVerdict.LEAK)


class Recovery(StrEnum):
    """What healed a failed step after its fault was lifted: the rungs of the ladder, from the lowest."""

    ALONE = "alone"
    RETRY = "retry"
    RELOAD = "reload"
    NEW_LOGIN = "new login"
    NOT_RECOVERED = "not recovered"

    @property
    def recovered(self) -> bool:
        return self is not Recovery.NOT_RECOVERED


class ResilienceStatus(StrEnum):
    """The word for the score of a run; the values are what is printed."""

    STRONG = "Strong"
    MODERATE = "Moderate"
    WEAK = "Weak"
    INCONCLUSIVE = "Inconclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One sign of trouble with its proof.

    `sign` is the sign's name (`blank-page`), `words` one sentence for a person, `evidence` the lines that prove it.
    `gates` says that the score of the cell is nothing with it. `call` is method and template (`POST /api/orders`)
    where one call is the cause, `at` UTC in seconds where the moment is known.
    """

    sign: str
    severity: Severity
    gates: bool
    words: str
    evidence: tuple[str, ...] = ()
    step: str = ""
    call: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellScore:
    """A cell (step x call x fault) with its outcome and its score from 0 to 100; None where it is not valid.

    The terms are those of the score, each from 0 to 1: outcome, recovery, feedback, performance, stability.
    `gate` is False where a trouble takes the whole score. `weight` is criticality of the step times likelihood of
    the fault.
    """

    journey: str
    step: str
    site: str
    fault: str
    outcome: Outcome
    verdict: StormVerdict
    score: float | None
    gate: bool = True
    terms: tuple[tuple[str, float], ...] = ()
    weight: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyScore:
    """The weighted mean of the valid cells of a journey, from 0 to 100; None where there is none."""

    journey: str
    score: float | None
    valid: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormScore:
    """The resilience of a run, with what stands beside a score so that it can be trusted.

    `interval` are the bounds of the 95 % Wilson interval of the share of cells that reach `passing` points, which is
    also where *Moderate* begins; *Strong* begins at `strong`.
    `uncertain` says that the interval straddles a limit, so that the lower grade is given and printed with a plus-minus
    sign. `violations` are the troubles that gate. `weights` are those of the terms and of the faults, as used.
    """

    status: ResilienceStatus
    score: float | None
    journeys: tuple[JourneyScore, ...]
    worst: CellScore | None
    tenth_percentile: float | None
    valid: int
    planned: int
    passing: float
    interval: tuple[float, float] | None
    uncertain: bool = False
    violations: tuple[Trouble, ...] = ()
    weights: tuple[tuple[str, float], ...] = ()
    reason: str = ""
    strong: float = 85.0
    score_version: int = 1

    @property
    def coverage(self) -> float:
        """Valid cells among the planned ones, 0 to 1."""
        return self.valid / self.planned if self.planned else 0.0

    @property
    def word(self) -> str:
        """The status as it is printed: `Moderate ±` where the interval straddles a limit."""
        return f"{self.status} ±" if self.uncertain else str(self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Degradation:
    """How much slower a step or a call was than in its controls. Times are milliseconds.

    `percent` is the change of the median, None with fewer than three samples on a side; `interval` are the bounds of
    its 95 % bootstrap interval. `significant` is False where the controls' own spread covers the difference ("n.s.").
    """

    control_ms: float | None
    storm_ms: float | None
    controls: int
    storms: int
    control_spread_ms: float = 0.0
    percent: float | None = None
    interval: tuple[float, float] | None = None
    significant: bool = False
    words: str = ""
