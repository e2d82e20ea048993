"""A run that is being followed, folded event by event; what is shown of it is made from this by `dashboard.views`."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from itertools import islice
from statistics import median

from dashboard.steering import Steering
from dashboard.steps import JourneyState, StepState
from dashboard.timings import Timings
from dashboard.troubles import ErrorLog
from stormwalk.access.results import Access, AccessCell, AccessCoverage, ControlSeen
from stormwalk.events import (
    AccessCellJudged,
    AccessConcluded,
    AccessProbed,
    AccessStarted,
    CallFinished,
    ControlsSeen,
    ControlTaken,
    Event,
    JourneyEvent,
    RunFinished,
    RunPlanned,
    RunStarted,
    StepFinished,
)
from stormwalk.experiment import base_of
from stormwalk.model import Environment, RunMode, Status
from stormwalk.storm import PlanEntry
from stormwalk.storm_events import FaultApplied, StormJudged, StormPlanned
from stormwalk.storm_results import StormJudgement
from stormwalk.strikes import without_injected

_SAMPLES = 15
_CONTROLS_SEEN = 500


@dataclass(slots=True)
class AccessState:
    """The access check so far; a later verdict on a cell replaces an earlier one."""

    access: Access = field(default_factory=Access)
    cells: dict[tuple[str, str], AccessCell] = field(default_factory=dict)
    planned: tuple[tuple[str, str], ...] = ()
    controls: deque[ControlSeen] = field(default_factory=lambda: deque(maxlen=_CONTROLS_SEEN))
    changed: int = 0

    def take(self, id_: int, event: Event) -> None:
        match event:
            case AccessStarted():
                self.planned = event.cells
                self.access = replace(
                    self.access, roles=event.roles, draft=event.draft, coverage=AccessCoverage(cells=len(event.cells))
                )
            case AccessCellJudged():
                self.cells[event.cell.endpoint, event.cell.role] = event.cell
            case ControlsSeen():
                self.controls.extend(event.controls)
            case AccessProbed():
                probes = self.access.probes + event.probes
                self.access = replace(self.access, probes=probes, finished=True, remarks=event.remarks)
            case AccessConcluded():
                self.access = replace(self.access, findings=event.findings, coverage=event.coverage)
            case _:
                return
        self.changed = id_

    def build(self) -> Access:
        return replace(self.access, cells=tuple(self.cells.values()), controls=tuple(self.controls))


class RunState:
    """What is known of a run after the events up to `last`. Not for two threads at once."""

    def __init__(self, run_id: str) -> None:
        self.id = run_id
        self.last = 0
        self.last_at = 0.0
        self.events = 0
        self.project = ""
        self.mode = RunMode.NORMAL
        self.base_url = ""
        self.started_at = 0.0
        self.finished_at: float | None = None
        self.ended = 0
        self.exit_code: int | None = None
        self.interrupted = False
        self.workers = 1
        self.environment = Environment()
        self.planned: tuple[str, ...] = ()
        self.seed = ""
        self.plans: tuple[PlanEntry, ...] = ()
        self.judgement: StormJudgement | None = None
        self.judged = 0
        self.journeys: dict[str, JourneyState] = {}
        self.at_work: dict[str, JourneyState] = {}
        self.timings = Timings()
        self.log = ErrorLog()
        self.access: AccessState | None = None
        self.steering = Steering()
        self._controls: dict[tuple[str, str], deque[float]] = {}
        self._bases: dict[str, str] = {}

    @property
    def is_storm(self) -> bool:
        return self.mode is RunMode.CHAOS or bool(self.plans)

    @property
    def begun(self) -> bool:
        return bool(self.started_at)

    def base(self, nodeid: str) -> str:
        """Pytest's name of a journey without its experiment: what its controls and its storms have in common. Its own
        parameters stay: with others it is another journey."""
        if nodeid not in self._bases:
            self._bases[nodeid] = base_of(nodeid, [plan.name for plan in self.plans])
        return self._bases[nodeid]

    def numbered(self, number: int) -> JourneyState | None:
        """The journey that began as the first, the second, ...; None where there is none."""
        return (
            next(islice(self.journeys.values(), min(number - 1, len(self.journeys)), None), None)
            if number > 0
            else None
        )

    def take(self, id_: int, event: Event) -> None:
        """Add what the event tells. One that is not known adds nothing."""
        self.last, self.events = id_, self.events + 1
        self.last_at = max(self.last_at, event.at)
        journey = self._journey(event) if isinstance(event, JourneyEvent) else None
        if journey and isinstance(event, JourneyEvent):
            self._take_of_journey(id_, event, journey)
        else:
            self._take_of_run(id_, event)
        self.log.take(id_, event, journey)

    def _journey(self, event: JourneyEvent) -> JourneyState:
        if event.journey not in self.journeys:
            self.journeys[event.journey] = JourneyState(key=event.journey, number=len(self.journeys) + 1)
        return self.journeys[event.journey]

    def _take_of_journey(self, id_: int, event: JourneyEvent, journey: JourneyState) -> None:
        journey.take(id_, event)
        if not journey.finished:  # its last pictures come when the worker walks the next one already
            self.at_work[event.worker] = journey
        if isinstance(event, CallFinished):
            own = without_injected(event.call, journey.strikes.take(event.call))
            self.timings.take(event.call, own, control=self.is_storm and journey.in_fair_weather)
        if isinstance(event, FaultApplied):
            journey.strikes.add(event.decision)
            self.timings.strike(journey.fault, event.at)
        if isinstance(event, StepFinished) and event.status is Status.PASSED and journey.in_fair_weather:
            self._note_control(journey, event)

    def _note_control(self, journey: JourneyState, event: StepFinished) -> None:
        if self.is_storm and event.duration_ms is not None:
            place = (self.base(journey.nodeid), journey.steps[event.index].name)
            self._controls.setdefault(place, deque(maxlen=_SAMPLES)).append(event.duration_ms)

    def control_ms(self, journey: JourneyState, step: StepState) -> tuple[float, float] | None:
        """The median and the longest time of the step in the controls of its journey; None where there is none yet."""
        times = self._controls.get((self.base(journey.nodeid), step.name))
        return (median(times), max(times)) if times else None

    def _take_of_run(self, id_: int, event: Event) -> None:
        match event:
            case RunStarted():
                self._start(event)
            case RunPlanned():
                self.planned = event.journeys
            case RunFinished():
                self.ended = id_
                self.finished_at, self.exit_code, self.interrupted = event.at, event.exit_code, event.interrupted
            case StormPlanned():
                self.seed, self.plans = event.seed, event.plans
                self._bases.clear()
            case StormJudged():
                self.judgement, self.judged = event.judgement, id_
            case ControlTaken():
                self.steering.take(event.request, event.worker)
            case AccessStarted() | AccessCellJudged() | ControlsSeen() | AccessProbed() | AccessConcluded():
                self.access = self.access or AccessState()
                self.access.take(id_, event)

    def _start(self, event: RunStarted) -> None:
        self.project, self.mode, self.base_url = event.project, event.mode, event.base_url
        self.started_at, self.workers, self.environment = event.at, event.workers, event.environment
