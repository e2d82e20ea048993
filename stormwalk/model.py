"""What there is: a run, its journeys, their steps, and what is known of each.

All of it is read-only. A `Run` is folded from the events of the store by `stormwalk.reading`;
nobody builds one by hand but tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from stormwalk.access.results import Access
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.experiment import base_of, titled
from stormwalk.gate.results import GateResult
from stormwalk.observations import Call, ConsoleLine, Evidence, EvidenceKind, Moment
from stormwalk.storm import FaultDecision, FaultEntry, PlanEntry, RuleCount
from stormwalk.storm_results import Healing, StormJudgement

# The moments of a step's pictures; the first of them tells most.
_TELLING = (Moment.FAILURE, Moment.WORST, Moment.END, Moment.RECOVERED, Moment.BEFORE_FAULT, Moment.JOURNEY)


class Status(StrEnum):
    """How a step or a journey ended. `error` means that we could not test, not that the application is wrong."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class FlowStatus(StrEnum):
    """The word for a whole run; the values are what is printed."""

    PASSED = "Passed"
    PARTIAL_FAILURE = "Partial Failure"
    FAILED = "Failed"


class RunMode(StrEnum):
    NORMAL = "normal"
    CHAOS = "chaos"


class NoteLevel(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One named action of a user with its check. `status` is None while it runs; `index` counts from 1."""

    index: int
    name: str
    page: str = ""
    actor: str = ""
    role: str = ""
    weight: float = 1.0
    role_check: bool = False
    status: Status | None = None
    started_at: float = 0.0
    duration_ms: float | None = None
    url: str = ""
    reason: str = ""
    details: str = ""
    calls: tuple[Call, ...] = ()
    console: tuple[ConsoleLine, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def picture(self) -> Evidence | None:
        """The picture that tells most: of the failure, else of the worst moment, else of the end."""
        return min(self.pictures, key=lambda one: _TELLING.index(one.moment), default=None)

    @property
    def pictures(self) -> tuple[Evidence, ...]:
        """All pictures of the step, in the order in which they were taken."""
        pictures = (one for one in self.evidence if one.kind is EvidenceKind.PICTURE)
        return tuple(sorted(pictures, key=lambda one: one.taken_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Steps by status. `total` is the sum of the four."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.errors + self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyStorm:
    """The weather of a journey in a run of storms. Without a `plan` it is a control: every call was passed through.

    `decisions` are those about its calls, by step (0 outside of any); `healed` is what healed which step.
    """

    plan: str
    seed: str
    repeat: int = 0
    decisions: tuple[tuple[int, FaultDecision], ...] = ()
    healed: tuple[tuple[int, Healing], ...] = ()
    counts: tuple[RuleCount, ...] = ()
    skipped: str = ""

    @property
    def is_control(self) -> bool:
        return not self.plan


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStorm:
    """The storm of a whole run; `judgement` is None until it has been judged. `faults` are all that there were."""

    seed: str = ""
    plans: tuple[PlanEntry, ...] = ()
    faults: tuple[FaultEntry, ...] = ()
    judgement: StormJudgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One walk of a user goal. `key` is unique in the run; `nodeid` is pytest's name of it, the same in every run.

    `expected_steps` are the names of the steps of the last passed run, empty where there is none yet. `console` and
    `evidence` hold what belongs to no step, as `background_calls` does.
    """

    key: str
    nodeid: str
    title: str
    goal: str = ""
    worker: str = ""
    status: Status | None = None
    started_at: float = 0.0
    duration_ms: float | None = None
    reason: str = ""
    expected_steps: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    background_calls: tuple[Call, ...] = ()
    console: tuple[ConsoleLine, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    storm: JourneyStorm | None = None

    @property
    def full_title(self) -> str:
        """The title, with the parameters of the journey."""
        return titled(self.title, base_of(self.nodeid, (self.storm.plan,)) if self.storm else self.nodeid)

    @property
    def in_fair_weather(self) -> bool:
        """Whether nothing was done to it: what fails here, the application fails by itself."""
        return self.storm is None or self.storm.is_control

    @property
    def calls(self) -> Iterator[Call]:
        """Every call of the journey, those outside of a step included."""
        yield from self.background_calls
        for step in self.steps:
            yield from step.calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth knowing of a run that belongs to no step: a warning, a thing that could not be done."""

    level: NoteLevel
    message: str
    at: float = 0.0
    worker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """With what a run was made, for whoever wants to make it again."""

    command: str = ""
    commit: str = ""
    branch: str = ""
    browser: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    platform: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution, with everything that happened in it. `finished_at` is None while it runs or when it was killed."""

    id: str
    project: str
    mode: RunMode
    base_url: str
    started_at: float
    finished_at: float | None = None
    exit_code: int | None = None
    interrupted: bool = False
    workers: int = 1
    planned: tuple[str, ...] = ()
    environment: Environment = field(default_factory=Environment)
    journeys: tuple[Journey, ...] = ()
    notes: tuple[Note, ...] = ()
    access: Access | None = None
    storm: RunStorm | None = None
    gate: GateResult | None = None
    requests: tuple[ControlRequest, ...] = ()
    """What was asked of the run while it went on, and taken up; each once, in the order of the requests."""

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped it in good order: what had not begun by then was not walked."""
        return any(one.kind is ControlKind.STOP for one in self.requests)

    @property
    def is_storm(self) -> bool:
        return self.mode is RunMode.CHAOS or self.storm is not None

    @property
    def fair_weather(self) -> tuple[Journey, ...]:
        """The journeys to which nothing was done: all of a normal run, the controls of a run of storms.

        Only they say whether the application works; every functional figure is theirs. What a storm broke is told by
        its judgement.
        """
        return tuple(journey for journey in self.journeys if journey.in_fair_weather)

    @property
    def storm_walks(self) -> tuple[Journey, ...]:
        """The journeys that were walked under a plan."""
        return tuple(journey for journey in self.journeys if not journey.in_fair_weather)

    @property
    def only_storms(self) -> bool:
        """Whether journeys were walked, and none of them in fair weather, so that nothing is known of the functions."""
        return bool(self.journeys) and not self.fair_weather

    @property
    def steps(self) -> Iterator[Step]:
        """The steps of the journeys in fair weather."""
        for journey in self.fair_weather:
            yield from journey.steps

    @property
    def totals(self) -> Totals:
        """Steps in fair weather counted by status; one that never ended counts as an error, since it was not tested."""
        statuses = [step.status or Status.ERROR for step in self.steps]
        return Totals(
            passed=statuses.count(Status.PASSED),
            failed=statuses.count(Status.FAILED),
            errors=statuses.count(Status.ERROR),
            skipped=statuses.count(Status.SKIPPED),
        )

    @property
    def flow_status(self) -> FlowStatus:
        """*Passed* without failure or error, *Failed* when no journey passed, else *Partial Failure*.

        It speaks of the journeys in fair weather alone. What the access check found counts as a failure, and a run of
        nothing else is judged by it alone.
        """
        outcomes = [journey.status or Status.ERROR for journey in self.fair_weather]
        bad = self.totals.failed + self.totals.errors + outcomes.count(Status.FAILED) + outcomes.count(Status.ERROR)
        if self.access is not None:
            bad += len(self.access.alarms) + len(self.access.unjudged) + (not self.access.finished)
            outcomes += [Status.PASSED for one in self.access.cells if not self.journeys and one.verdict.is_good]
        if Status.PASSED not in outcomes:
            return FlowStatus.FAILED
        return FlowStatus.PARTIAL_FAILURE if bad or self.interrupted else FlowStatus.PASSED
