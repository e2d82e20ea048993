"""Folds the events of a run into walks. Whatever is missing or makes no sense is left out, and never guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter

from chaos.judging.walk import Deed, Story, Walk, place_of
from chaos.lexicon import pattern_of
from chaos.scene import Healed
from chaos.seen import Observation, PageState
from stormwalk.access.results import AccessCell
from stormwalk.events import (
    ControlTaken,
    Event,
    EvidenceKept,
    JourneyEvent,
    JourneyFinished,
    JourneyStarted,
    RunPlanned,
    StepFinished,
    StepStarted,
)
from stormwalk.experiment import base_of
from stormwalk.observations import Evidence, EvidenceKind
from stormwalk.reading import UnknownEvent
from stormwalk.storm import NAMED_BY_INI, BlindSpot, FaultDecision, PlanEntry, RuleCount
from stormwalk.storm_events import (
    BlindSpotsSeen,
    DoorsTried,
    ExperimentSkipped,
    FaultApplied,
    FaultMissed,
    ObjectsCounted,
    RuleCounted,
    StepHealed,
    StepObserved,
    StormBegan,
    StormJudged,
    StormPlanned,
)

_T = TypeVar("_T")
# What a story is told in. Of any other kind, also of one that only a newer Stormwalk knows, nothing is missed.
_TOLD_IN = frozenset(
    kind.__name__
    for kind in (
        BlindSpotsSeen, ControlTaken, DoorsTried, ExperimentSkipped, FaultApplied, FaultMissed, JourneyFinished,
        JourneyStarted, ObjectsCounted, RuleCounted, RunPlanned, StepFinished, StepHealed, StepObserved, StepStarted,
        StormBegan, StormPlanned,
    )
)  # fmt: skip
_OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Observation)
_STATE: TypeAdapter[PageState] = TypeAdapter(PageState)


def story_of(events: Iterable[Event]) -> Story:
    """The run that these events tell of. Judgements of it that were made before are no part of it."""
    so_far = _StorySoFar()
    for event in events:
        if not isinstance(event, StormJudged):
            so_far.take(event)
    return so_far.build()


@dataclass(slots=True)
class _StepSoFar:
    started: StepStarted | None = None
    finished: StepFinished | None = None
    observed: StepObserved | None = None
    healed: StepHealed | None = None
    decisions: list[FaultDecision] = field(default_factory=list)
    pictures: list[Evidence] = field(default_factory=list)

    @property
    def name(self) -> str:
        named = self.started or self.finished
        return named.name if named is not None else ""

    def build(self, index: int, before: int) -> Deed:
        seen = _observation(self.observed.observation) if self.observed else None
        began: dict[str, Any] = {}
        if self.started is not None:
            began = {"role": self.started.role, "weight": self.started.weight, "started_at": self.started.at}
        if self.finished is not None:
            began |= {"status": self.finished.status, "reason": self.finished.reason}
        return Deed(
            index=index,
            name=self.name,
            place=place_of(self.name, before),
            observation=seen,
            unreadable=self.observed is not None and seen is None,
            healed=self._healed(),
            decisions=tuple(self.decisions),
            pictures=tuple(self.pictures),
            **began,
        )

    def _healed(self) -> Healed | None:
        one = self.healed
        if one is None:
            return None
        state = _read(_STATE, one.state) if one.state else None
        return Healed(rung=one.rung, took_ms=one.took_ms, tried=one.tried, state=state)


class _WalkSoFar:
    def __init__(self) -> None:
        self.started: JourneyStarted | None = None
        self.finished: JourneyFinished | None = None
        self.plan: str | None = None
        self.repeat = 0
        self.steps: defaultdict[int, _StepSoFar] = defaultdict(_StepSoFar)
        self.counted: list[ObjectsCounted] = []
        self.counts: dict[str, RuleCount] = {}
        self.spots: list[BlindSpot] = []
        self.skipped = ""
        self.doors: tuple[AccessCell, ...] = ()

    def take(self, event: JourneyEvent) -> None:
        match event:
            case JourneyStarted():
                self.started = event
            case JourneyFinished():
                self.finished = event
            case StormBegan():
                self.plan, self.repeat = event.plan, event.repeat
            case ExperimentSkipped():
                self.plan, self.skipped = event.plan, event.reason or "nothing of it is struck"
            case RuleCounted():
                self.counts[event.count.rule] = event.count
            case BlindSpotsSeen():
                self.spots += event.spots
            case DoorsTried():
                self.doors += event.cells
            case ObjectsCounted():
                self.counted.append(event)
            case _:
                self._of_step(event)

    def _of_step(self, event: JourneyEvent) -> None:
        match event:
            case StepStarted():
                self.steps[event.index].started = event
            case StepFinished():
                self.steps[event.index].finished = event
            case StepObserved():
                self.steps[event.step].observed = event
            case StepHealed():
                self.steps[event.step].healed = event
            case FaultApplied() | FaultMissed():
                self.steps[event.step].decisions.append(event.decision)
            case EvidenceKept() if event.evidence.kind is EvidenceKind.PICTURE:
                self.steps[event.step].pictures.append(event.evidence)

    def build(self, key: str, plans: Iterable[str]) -> Walk | None:
        if self.plan is None:
            return None
        nodeid = self.started.nodeid if self.started else key
        base = base_of(nodeid, plans)
        walked = {index: one for index, one in sorted(self.steps.items()) if index > 0 and one.name}
        adrift = [one for index, step in self.steps.items() if index not in walked for one in step.decisions]
        return Walk(
            key=key,
            nodeid=nodeid,
            base=base,
            title=(self.started.title if self.started else "") or base,
            plan=self.plan,
            repeat=self.repeat,
            status=self.finished.status if self.finished else None,
            reason=self.finished.reason if self.finished else "",
            deeds=tuple(self._deeds(walked)),
            adrift=tuple(sorted(adrift, key=lambda one: one.at)),
            counted=tuple(self.counted),
            counts=tuple(self.counts.values()),
            spots=tuple(self.spots),
            skipped=self.skipped,
            doors=self.doors,
        )

    def _deeds(self, walked: dict[int, _StepSoFar]) -> Iterable[Deed]:
        seen: Counter[str] = Counter()
        deeds = []
        for index, step in walked.items():
            pattern = pattern_of(step.name)
            deeds.append(step.build(index, seen[pattern]))
            seen[pattern] += 1
        places = frozenset(one.place for one in deeds)
        return [replace(one, walked=places) for one in deeds]


class _StorySoFar:
    def __init__(self) -> None:
        self.seed = ""
        self.invocation = NAMED_BY_INI
        self.plans: dict[str, PlanEntry] = {}
        self.planned: tuple[str, ...] = ()
        self.at = 0.0
        self.steered = False
        self.unread: Counter[str] = Counter()
        self.walks: defaultdict[str, _WalkSoFar] = defaultdict(_WalkSoFar)

    def take(self, event: Event) -> None:
        self.at = max(self.at, event.at)
        match event:
            case JourneyEvent():
                self.walks[event.journey].take(event)
            case StormPlanned():
                self.seed, self.invocation = event.seed, event.invocation
                self.plans = {one.name: one for one in event.plans}
            case RunPlanned():
                self.planned = event.journeys
            case UnknownEvent() if event.stored_kind in _TOLD_IN:
                self.unread[event.stored_kind] += 1
            case ControlTaken():
                self.steered = self.steered or event.request.kind.steers

    def build(self) -> Story:
        named = {one.plan for one in self.walks.values() if one.plan}
        plans = tuple(sorted({*self.plans, *named}))
        walks = [walk for key, one in self.walks.items() if (walk := one.build(key, plans)) is not None]
        walks.sort(key=lambda one: (one.base, one.plan, one.repeat, one.nodeid, one.key))
        known = {name: self.plans.get(name) or PlanEntry(name=name, hypothesis="") for name in plans}
        return Story(
            seed=self.seed,
            invocation=self.invocation,
            plans=known,
            walks=tuple(walks),
            planned=self.planned,
            at=self.at,
            steered=self.steered,
            unread=dict(sorted(self.unread.items())),
        )


def _observation(text: str) -> Observation | None:
    """What was seen; a walk that ended before it began, or at no moment at all, was never seen."""
    seen = _read(_OBSERVATION, text)
    return seen if seen is not None and seen.ended >= seen.began else None


def _read(adapter: TypeAdapter[_T], text: str) -> _T | None:
    """What was written down; None where it cannot be read, which the judgement then says."""
    try:
        return adapter.validate_json(text)
    except ValueError:
        return None
