"""What happens in a storm; registered as the events of `stormwalk.events` are."""

from __future__ import annotations

from dataclasses import dataclass

from stormwalk.access.results import AccessCell
from stormwalk.events import Event, JourneyEvent
from stormwalk.storm import NAMED_BY_INI, BlindSpot, FaultDecision, FaultEntry, Invocation, PlanEntry, RuleCount
from stormwalk.storm_judgement import Recovery, StormVerdict
from stormwalk.storm_results import StormJudgement


@dataclass(frozen=True, slots=True, kw_only=True)
class StormPlanned(Event):
    """The run is a storm: what it will do, and the catalogue of faults that it was made with."""

    seed: str
    plans: tuple[PlanEntry, ...]
    faults: tuple[FaultEntry, ...] = ()
    invocation: Invocation = NAMED_BY_INI


@dataclass(frozen=True, slots=True, kw_only=True)
class StormBegan(JourneyEvent):
    """A journey begins under a plan; `plan` is empty for a control, which passes every call through."""

    plan: str
    seed: str
    repeat: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultApplied(JourneyEvent):
    """A fault has struck a call. `step` is 0 outside of any step."""

    step: int
    decision: FaultDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMissed(JourneyEvent):
    """A rule matched a call and nothing was done to it: withheld by chance or limit, or escaped."""

    step: int
    decision: FaultDecision


@dataclass(frozen=True, slots=True, kw_only=True)
class StormLifted(JourneyEvent):
    """No rule is active any more; what fails from now on fails without our help."""

    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCounted(JourneyEvent):
    """The proof of delivery of one rule, when its journey has ended."""

    count: RuleCount


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindSpotsSeen(JourneyEvent):
    """What happened in the journey that no rule can reach."""

    spots: tuple[BlindSpot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepObserved(JourneyEvent):
    """What was seen of one walk of a step: a `chaos.seen.Observation` as JSON, for the judgement alone."""

    step: int
    observation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHealed(JourneyEvent):
    """A step failed under a fault that was then lifted. `state` is a `chaos.seen.PageState` as JSON, or empty."""

    step: int
    rung: Recovery
    took_ms: float | None = None
    tried: tuple[str, ...] = ()
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsCounted(JourneyEvent):
    """Business objects of one kind (`of`), by id, as an undisturbed session read them: before a step, or at the very
    end (`step` 0). `amounts` are those of the objects, in the order of `ids`, in the smallest unit."""

    step: int
    of: str
    ids: tuple[str, ...]
    amounts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorsTried(JourneyEvent):
    """At the end of a walk in which rights were struck: endpoints that kept the role out in fair weather, as they are
    now, tried by a client that no storm touches."""

    cells: tuple[AccessCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentSkipped(JourneyEvent):
    """Nothing of this journey is struck by the plan, as its controls show."""

    plan: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEnded(JourneyEvent):
    """A walk under a plan has ended, and what it alone comes to beside the controls that there were by then.

    It is told at once, for those who watch and to know when enough have deviated; only `StormJudged` counts.
    """

    plan: str
    verdict: StormVerdict
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StormJudged(Event):
    """The judgement of the run; a later one replaces it."""

    judgement: StormJudgement
