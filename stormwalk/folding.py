"""Fold the events of one journey into it: its steps with their calls and pictures, and its weather."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stormwalk.events import (
    CallFinished,
    ConsoleWritten,
    EvidenceKept,
    JourneyEvent,
    JourneyFinished,
    JourneyStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.model import Journey, JourneyStorm, Step
from stormwalk.observations import Call, ConsoleLine, Evidence
from stormwalk.storm import FaultDecision, RuleCount
from stormwalk.storm_events import (
    ExperimentSkipped,
    FaultApplied,
    FaultMissed,
    RuleCounted,
    StepHealed,
    StormBegan,
)
from stormwalk.storm_results import Healing


@dataclass(slots=True)
class StepSoFar:
    """A step, and what has been told of it until now."""

    step: Step
    calls: list[Call] = field(default_factory=list)
    console: list[ConsoleLine] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def build(self) -> Step:
        return replace(self.step, calls=tuple(self.calls), console=tuple(self.console), evidence=tuple(self.evidence))


@dataclass(slots=True)
class JourneySoFar:
    """A journey of which the events are still being read."""

    journey: Journey
    steps: dict[int, StepSoFar] = field(default_factory=dict)
    # What belongs to no step: index 0, or a step of which nothing else is known.
    outside: StepSoFar = field(default_factory=lambda: StepSoFar(Step(index=0, name="")))
    storm: JourneyStorm | None = None
    decisions: list[tuple[int, FaultDecision]] = field(default_factory=list)
    healed: list[tuple[int, Healing]] = field(default_factory=list)
    counts: list[RuleCount] = field(default_factory=list)
    skipped: str = ""

    def take(self, event: JourneyEvent) -> None:
        """Add what the event tells. One that is not known adds nothing."""
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
                # Whoever skips it need not begin it first.
                self.storm = self.storm or JourneyStorm(plan=event.plan, seed="")
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

    def _at(self, index: int) -> StepSoFar:
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
        self.steps[event.index] = StepSoFar(
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
        so_far = self.steps.setdefault(event.index, StepSoFar(Step(index=event.index, name=event.name)))
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
