"""Fold the events of a run into the model. Pure but for `read_run`, which asks the store for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from stormwalk.access.results import Access, AccessCell, AccessCoverage
from stormwalk.errors import StoreError
from stormwalk.events import (
    AccessCellJudged,
    AccessConcluded,
    AccessProbed,
    AccessStarted,
    CallFinished,
    ConsoleWritten,
    ControlsSeen,
    Event,
    EvidenceKept,
    JourneyEvent,
    JourneyFinished,
    JourneyStarted,
    NoteTaken,
    RunFinished,
    RunPlanned,
    RunStarted,
    StepFinished,
    StepStarted,
    from_json,
)
from stormwalk.model import (
    Call,
    ConsoleLine,
    Evidence,
    Journey,
    JourneyStorm,
    Note,
    NoteLevel,
    Run,
    RunMode,
    RunStorm,
    Step,
)
from stormwalk.storm import FaultDecision, RuleCount
from stormwalk.storm_events import (
    ExperimentSkipped,
    FaultApplied,
    FaultMissed,
    RuleCounted,
    StepHealed,
    StormBegan,
    StormJudged,
    StormPlanned,
)
from stormwalk.storm_results import Healing

if TYPE_CHECKING:
    from stormwalk.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """Stands in for a stored event that this version cannot read; `stored_kind` is the kind it was stored as."""

    stored_kind: str


def decode(kind: str, payload: str) -> Event:
    """The event of a stored row; an `UnknownEvent` for what a newer version wrote."""
    try:
        return from_json(kind, payload)
    except ValueError:
        return UnknownEvent(at=0.0, stored_kind=kind)


def read_run(store: Store, run_id: str) -> Run:
    """The run with everything that is stored of it. Raises StoreError when no event of it is there."""
    happened = (recorded.event for recorded in store.follow(run_id))
    first = next(happened, None)
    if first is None:
        raise StoreError(_nothing_there(store, run_id))
    return fold(run_id, chain([first], happened))


def fold(run_id: str, events: Iterable[Event]) -> Run:
    """The run that these events tell of, in the order in which they were appended.

    A run that was killed has steps and journeys without a status; nothing is invented for them. Events of a kind
    that this version does not know are left out, and one note for each kind says so.
    """
    folding = _RunSoFar(run_id)
    for event in events:
        folding.take(event)
    return folding.build()


def _nothing_there(store: Store, run_id: str) -> str:
    known = {run.id: run for run in store.runs()}
    if run_id in known and known[run_id].pruned:
        return f"The events of run {run_id} were removed, as of all old runs; only its summary is kept."
    newest = next(iter(known), None)
    advice = f"The newest run is {newest}." if newest else "There is no run yet: walk the journeys first."
    return f"There is no run {run_id} in the store. {advice}"


@dataclass(slots=True)
class _StepSoFar:
    step: Step
    calls: list[Call] = field(default_factory=list)
    console: list[ConsoleLine] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def build(self) -> Step:
        return replace(self.step, calls=tuple(self.calls), console=tuple(self.console), evidence=tuple(self.evidence))


@dataclass(slots=True)
class _JourneySoFar:
    journey: Journey
    steps: dict[int, _StepSoFar] = field(default_factory=dict)
    # What belongs to no step: index 0, or a step of which nothing else is known.
    outside: _StepSoFar = field(default_factory=lambda: _StepSoFar(Step(index=0, name="")))
    storm: JourneyStorm | None = None
    decisions: list[tuple[int, FaultDecision]] = field(default_factory=list)
    healed: list[tuple[int, Healing]] = field(default_factory=list)
    counts: list[RuleCount] = field(default_factory=list)
    skipped: str = ""

    def take(self, event: JourneyEvent) -> None:
        match event:
            case JourneyStarted():
                self._start(event)
            case JourneyFinished():
                self.journey = replace(
                    self.journey, status=event.status, duration_ms=event.duration_ms, reason=event.reason
                )
            case StepStarted():
                self._start_step(event)
            case StepFinished():
                self._finish_step(event)
            case CallFinished():
                self._at(event.step).calls.append(event.call)
            case ConsoleWritten():
                self._at(event.step).console.append(event.line)
            case EvidenceKept():
                self._at(event.step).evidence.append(event.evidence)
            case StormBegan():
                self.storm = JourneyStorm(plan=event.plan, seed=event.seed, repeat=event.repeat)
            case FaultApplied() | FaultMissed():
                self.decisions.append((event.step, event.decision))
            case StepHealed():
                self.healed.append((event.step, self._healing(event)))
            case RuleCounted():
                self.counts.append(event.count)
            case ExperimentSkipped():
                self.skipped = event.reason

    def _healing(self, event: StepHealed) -> Healing:
        step = self._at(event.step).step.name
        return Healing(step=step, rung=event.rung, took_ms=event.took_ms, tried=event.tried)

    def _weather(self) -> JourneyStorm | None:
        if self.storm is None:
            return None
        return replace(
            self.storm,
            decisions=tuple(self.decisions),
            healed=tuple(self.healed),
            counts=tuple(self.counts),
            skipped=self.skipped,
        )

    def _at(self, index: int) -> _StepSoFar:
        return self.steps.get(index, self.outside)

    def _start(self, event: JourneyStarted) -> None:
        self.journey = replace(
            self.journey,
            nodeid=event.nodeid,
            title=event.title,
            goal=event.goal,
            worker=event.worker,
            started_at=event.at,
            expected_steps=event.expected_steps,
        )

    def _start_step(self, event: StepStarted) -> None:
        self.steps[event.index] = _StepSoFar(
            Step(
                index=event.index,
                name=event.name,
                page=event.page,
                actor=event.actor,
                role=event.role,
                weight=event.weight,
                role_check=event.role_check,
                started_at=event.at,
            )
        )

    def _finish_step(self, event: StepFinished) -> None:
        # A step that was never reached is only ever finished, as skipped.
        so_far = self.steps.setdefault(event.index, _StepSoFar(Step(index=event.index, name=event.name)))
        so_far.step = replace(
            so_far.step,
            status=event.status,
            duration_ms=event.duration_ms,
            url=event.url,
            reason=event.reason,
            details=event.details,
        )

    def build(self) -> Journey:
        return replace(
            self.journey,
            steps=tuple(so_far.build() for _, so_far in sorted(self.steps.items())),
            background_calls=tuple(self.outside.calls),
            console=tuple(self.outside.console),
            evidence=tuple(self.outside.evidence),
            storm=self._weather(),
        )


class _AccessSoFar:
    def __init__(self) -> None:
        self.access = Access()
        self.cells: dict[tuple[str, str], AccessCell] = {}

    def take(self, event: Event) -> None:
        match event:
            case AccessStarted():
                # Until the check concludes, this is all that is known of how much there is to judge.
                planned = AccessCoverage(cells=len(event.cells))
                self.access = replace(
                    self.access, roles=event.roles, draft=event.draft, matrix=event.matrix, coverage=planned
                )
            case AccessCellJudged():
                self.cells[event.cell.endpoint, event.cell.role] = event.cell
            case ControlsSeen():
                self.access = replace(self.access, controls=(*self.access.controls, *event.controls))
            case AccessProbed():
                self.access = replace(
                    self.access,
                    probes=self.access.probes + event.probes,
                    duration_ms=event.duration_ms,
                    remarks=event.remarks,
                    finished=True,
                )
            case AccessConcluded():
                self.access = replace(self.access, findings=event.findings, coverage=event.coverage)

    def build(self) -> Access:
        return replace(self.access, cells=tuple(self.cells.values()))


class _RunSoFar:
    def __init__(self, run_id: str) -> None:
        self.run = Run(id=run_id, project="", mode=RunMode.NORMAL, base_url="", started_at=0.0)
        self.journeys: dict[str, _JourneySoFar] = {}
        self.notes: list[Note] = []
        self.unknown: Counter[str] = Counter()
        self.access: _AccessSoFar | None = None
        self.storm: RunStorm | None = None

    def take(self, event: Event) -> None:
        match event:
            case JourneyEvent():
                self._journey(event.journey).take(event)
            case RunStarted():
                self._start(event)
            case RunPlanned():
                self.run = replace(self.run, planned=event.journeys)
            case RunFinished():
                self.run = replace(
                    self.run, finished_at=event.at, exit_code=event.exit_code, interrupted=event.interrupted
                )
            case NoteTaken():
                self.notes.append(Note(level=event.level, message=event.message, at=event.at, worker=event.worker))
            case UnknownEvent():
                self.unknown[event.stored_kind] += 1
            case StormPlanned():
                self.storm = replace(self.storm or RunStorm(), seed=event.seed, plans=event.plans)
            case StormJudged():
                self.storm = replace(self.storm or RunStorm(), judgement=event.judgement)
            case AccessStarted() | AccessCellJudged() | ControlsSeen() | AccessProbed() | AccessConcluded():
                self.access = self.access or _AccessSoFar()
                self.access.take(event)

    def _journey(self, key: str) -> _JourneySoFar:
        if key not in self.journeys:
            self.journeys[key] = _JourneySoFar(Journey(key=key, nodeid=key, title=key))
        return self.journeys[key]

    def _start(self, event: RunStarted) -> None:
        self.run = replace(
            self.run,
            project=event.project,
            mode=event.mode,
            base_url=event.base_url,
            started_at=event.at,
            workers=event.workers,
            environment=event.environment,
        )

    def build(self) -> Run:
        return replace(
            self.run,
            journeys=tuple(journey.build() for journey in self.journeys.values()),
            access=self.access.build() if self.access else None,
            storm=self.storm,
            notes=(*self.notes, *(_not_read(kind, times) for kind, times in self.unknown.items())),
        )


def _not_read(kind: str, times: int) -> Note:
    message = f"{times} events of kind {kind} were left out: a newer Stormwalk wrote them. Update this one to see them."
    return Note(level=NoteLevel.WARNING, message=message)
