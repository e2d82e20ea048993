"""What a run of storms came to: every experiment with its verdict, findings by cause, figures, and the score.

Made by `chaos` from events and kept as one event; whoever reports reads the newest one of a run.
"""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.access.results import Severity
from stormwalk.experiment import titled
from stormwalk.storm import BlindSpot, RuleCount
from stormwalk.storm_judgement import CellScore, Degradation, Recovery, StormScore, StormVerdict, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Healing:
    """A step that failed under a fault, and what healed it once the fault was lifted. `tried` are the rungs before."""

    step: str
    rung: Recovery
    took_ms: float | None = None
    tried: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentResult:
    """A journey under one plan, over all its repeats.

    `journey` is pytest's name of it without the experiment, `keys` the keys of its walks in the run. `skipped` says
    that no call of the journey is one that the plan strikes, so that there was nothing to test. `replay` is the
    command that makes the same storm again.
    """

    journey: str
    title: str
    plan: str
    rules: tuple[str, ...]
    keys: tuple[str, ...]
    verdict: StormVerdict
    reason: str = ""
    hypothesis: str = ""
    skipped: bool = False
    cells: tuple[CellScore, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    healings: tuple[Healing, ...] = ()
    counts: tuple[RuleCount, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    replay: str = ""

    @property
    def full_title(self) -> str:
        """The title, with the parameters of the journey."""
        return titled(self.title, self.journey)

    @property
    def name(self) -> str:
        """What the experiment is called where people read it."""
        return f"{self.full_title} under {self.plan}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StormFinding:
    """One cause with all experiments that show it. `id` is the same in every run of the same cause.

    `shown_by` are the experiments as `journey title under plan`. `before` and `after` are ids of pictures of the first
    of them, in the journey with key `journey_key`; empty where there is none. `reproduced` of `tried` walks showed it.
    """

    id: str
    sign: str
    severity: Severity
    verdict: StormVerdict
    title: str
    words: str
    step: str
    call: str = ""
    evidence: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ()
    journey_key: str = ""
    before: str = ""
    after: str = ""
    reproduced: int = 1
    tried: int = 1
    replay: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDegradation:
    """How much slower a step of a journey was under a plan."""

    journey: str
    step: str
    plan: str
    degradation: Degradation


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDegradation:
    """How much slower an endpoint was under a plan; the page's own calls, delays of ours included."""

    endpoint: str
    plan: str
    degradation: Degradation


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiFailure:
    """How an endpoint failed under storms: `503` or `net::ERR_FAILED`, how often, and what came of the cells."""

    endpoint: str
    failure: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StormFigures:
    """The figures of the summary. `injected` is `500ms`, or `0 to 2000ms` where storms were mixed, or `none`.

    `asked_ms` and `observed_ms` are medians over delayed replies. `timeouts` are steps out of patience, calls that the
    application gave up, and calls that timed out; `failed_transactions` writing steps that were not done even after
    recovery. `recovery` counts the rungs. `degradation` is that of all steps of the latency experiments.
    """

    injected: str
    asked_ms: float | None = None
    observed_ms: float | None = None
    delayed: int = 0
    timeouts: int = 0
    failed_transactions: int = 0
    degradation: Degradation | None = None
    api_failures: tuple[ApiFailure, ...] = ()
    recovery: tuple[tuple[Recovery, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StormJudgement:
    """All of it. `steered` says that somebody switched rules by hand, so that nothing here counts."""

    seed: str
    experiments: tuple[ExperimentResult, ...]
    findings: tuple[StormFinding, ...]
    score: StormScore
    figures: StormFigures
    steps: tuple[StepDegradation, ...] = ()
    calls: tuple[CallDegradation, ...] = ()
    controls: int = 0
    controls_failed: tuple[str, ...] = ()
    steered: bool = False
    fail_under: float | None = None
    judged_at: float = 0.0

    @property
    def deviated(self) -> tuple[ExperimentResult, ...]:
        return tuple(one for one in self.experiments if one.verdict.deviated)

    @property
    def inconclusive(self) -> tuple[ExperimentResult, ...]:
        return tuple(one for one in self.experiments if one.verdict is StormVerdict.INCONCLUSIVE and not one.skipped)

    @property
    def never_happened(self) -> bool:
        """Whether nothing at all was walked under a plan; not even a storm that strikes nothing anywhere is green."""
        return all(one.skipped for one in self.experiments)

    @property
    def below_gate(self) -> bool:
        """Whether the score is below what the command or else the project asks for."""
        return self.fail_under is not None and (self.score.score is None or self.score.score < self.fail_under)
