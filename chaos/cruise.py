"""All storms of one process: which walks there will be, what each of them comes to, and when it is enough."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from chaos.items import Experiment
from chaos.judging import judge
from chaos.judging.by_hand import STEERED
from chaos.judging.stored import guards_of
from chaos.listing import catalogue
from chaos.plan import Plan
from chaos.weather import StormWeather
from stormwalk.errors import StormwalkError
from stormwalk.events import Event, JourneyEvent, JourneyFinished
from stormwalk.experiment import base_of
from stormwalk.model import NoteLevel, Status
from stormwalk.recorder import Recorder
from stormwalk.reporting.words import count, duration
from stormwalk.storm import NAMED_BY_INI, Invocation, PlanEntry
from stormwalk.storm_events import ExperimentEnded, StormPlanned
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import ExperimentResult
from stormwalk.workbench import Workbench

_STORMS_TAKE_LONGER = 1.5
_NO_CONTROL = "take its controls along, such as with -k 'lost-reply or control'"


class Inconclusive(StormwalkError):
    """An experiment proves nothing: its storm never happened, or we could not test."""


class Cruise:
    """`stop_after` is how many experiments may deviate before no other is begun; 0 is any number."""

    def __init__(
        self,
        bench: Workbench,
        plans: tuple[Plan, ...],
        seed: str,
        *,
        stop_after: int = 0,
        invocation: Invocation = NAMED_BY_INI,
    ) -> None:
        self.bench = bench
        self._plans = plans
        self._names = [plan.name for plan in plans]
        self._seed = seed
        self._stop_after = stop_after
        hidden = tuple(map(bench.redactor.text, invocation.options))
        self._invocation = replace(invocation, options=hidden)
        self._guards = tuple(guards_of(bench.project))
        # The events of each walk, by the key of its journey, and which walks are controls of which journey.
        self._events: defaultdict[str, list[Event]] = defaultdict(list)
        self._controls: defaultdict[str, list[str]] = defaultdict(list)
        self._weather = StormWeather(bench, plans, seed)
        bench.weather = self._weather
        bench.helm.objection = self._weather.steering.objection
        bench.helm.steer = self._weather.steering.take
        bench.listeners.append(self._heard)

    # Before the first walk.

    def plan(self, walks: Sequence[tuple[str, Experiment]]) -> None:
        """Says what will be walked, by the names of the items. Every worker has collected the same: one speaks."""
        if self.bench.worker not in ("main", "gw0"):
            return
        self.bench.tell(
            StormPlanned, seed=self._seed, plans=self._entries, faults=catalogue(), invocation=self._invocation
        )
        names = [base_of(nodeid, self._names) for nodeid, _ in walks]
        told = f"{count(len(walks), 'walk')} of {count(len(set(names)), 'journey')}, controls included"
        self.bench.note(NoteLevel.INFO, f"{told}; {self._about_how_long(names)}")
        for name in self._without_control(walks):
            self.bench.note(
                NoteLevel.WARNING, f"{name} is walked without a control, and cannot be judged: {_NO_CONTROL}"
            )

    @property
    def _entries(self) -> tuple[PlanEntry, ...]:
        return tuple(plan.entry() for plan in self._plans)

    def _without_control(self, walks: Sequence[tuple[str, Experiment]]) -> Iterator[str]:
        by_base: defaultdict[str, list[Experiment]] = defaultdict(list)
        for nodeid, experiment in walks:
            by_base[base_of(nodeid, self._names)].append(experiment)
        return (base for base, experiments in by_base.items() if not any(one.is_control for one in experiments))

    def _about_how_long(self, names: Sequence[str]) -> str:
        """What the journeys have taken before says how long this will take; faults make it longer."""
        known = {name: self.bench.usual_ms(name) for name in set(names)}
        if None in known.values():
            return "how long it takes is not known yet"
        at_once = max(1, min(self.bench.workers, len(known)))  # the walks of a journey stay on one worker
        whole = sum(known[name] or 0.0 for name in names) * _STORMS_TAKE_LONGER / at_once
        return f"about {duration(whole)}"

    # One walk.

    def begin(self, experiment: Experiment) -> None:
        """A journey begins under an experiment."""
        recorder = self._recorder
        if experiment.is_control:
            self._controls[self._base].append(recorder.key)
        else:
            self._forget_experiments()
        self._weather.begin(recorder, experiment)

    def expect_worth_walking(self) -> None:
        """Skips, with the reason, where the plan has nothing to strike or the storm was stopped."""
        walk = self._weather.walk
        if walk is None or walk.experiment.is_control:
            return
        reason = (walk.nothing_to_strike() if self._is_known_whole else "") or self._enough()
        if reason:
            walk.skip(reason)
            pytest.skip(reason)

    @property
    def _is_known_whole(self) -> bool:
        """Whether a control has come to its end: of one that has not, nobody knows which calls were still to come."""
        ended = (one for key in self._controls[self._base] for one in self._events[key])
        return any(isinstance(one, JourneyFinished) and one.status is Status.PASSED for one in ended)

    def _enough(self) -> str:
        """Why no other experiment is begun, empty where one is; what other workers have found counts as well."""
        if not self._stop_after:
            return ""
        ended = self.bench.happened(ExperimentEnded.__name__)
        deviated = sum(isinstance(one, ExperimentEnded) and one.verdict.deviated for one in ended)
        enough = deviated >= self._stop_after
        return f"stopped: {count(deviated, 'experiment')} deviated (--chaos-stop-after)" if enough else ""

    def was_told(self, error: BaseException) -> bool:
        """Whether the error is what a recorded step of this journey has raised, so that the judgement knows of it."""
        return self._recorder.has_told(error)

    def calm(self, *, walked: bool = True) -> None:
        """No rule is active from here on. Where the journey was walked, and not cut off, the end state is read."""
        self._weather.end(walked=walked)

    def expect_held(self) -> None:
        """Judges the experiment with the controls that there are so far: fails, or raises Inconclusive."""
        __tracebackhide__ = True
        recorder = self._recorder
        recorder.flush()
        keys = [*self._controls[self._base], recorder.key]
        planned = StormPlanned(at=0.0, seed=self._seed, plans=self._entries, invocation=self._invocation)
        # The walk has ended but for its clean-up, which is no matter of the experiment.
        ended = JourneyFinished(at=time.time(), journey=recorder.key, status=recorder.status, duration_ms=0.0)
        events = [planned, *(one for key in keys for one in self._events[key]), ended]
        judgement = judge(events, self.bench.project.storm, self._guards)
        try:
            for result in judgement.experiments:
                self._expect_held(result)
        except BaseException as error:
            recorder.knows(error)
            raise

    def _expect_held(self, result: ExperimentResult) -> None:
        __tracebackhide__ = True
        if result.skipped:
            pytest.skip(result.reason)
        if self._weather.steering.steered:
            result = replace(result, verdict=StormVerdict.INCONCLUSIVE, reason=STEERED, troubles=())
        told = "; ".join(one.words for one in result.troubles[:3]) or result.reason
        self._recorder.tell(ExperimentEnded, plan=result.plan, verdict=result.verdict, words=told)
        self._recorder.flush()
        if result.verdict.deviated:
            pytest.fail(f"{result.verdict}: {told}\nreplay: {result.replay}", pytrace=False)
        if result.verdict is StormVerdict.INCONCLUSIVE:
            advice = "" if self._controls[self._base] else f"; {_NO_CONTROL}"
            raise Inconclusive(f"inconclusive: {result.reason or told}{advice}")

    @property
    def _recorder(self) -> Recorder:
        recorder = self.bench.recorder
        assert recorder is not None
        return recorder

    @property
    def _base(self) -> str:
        return base_of(self._recorder.nodeid, self._names)

    def _forget_experiments(self) -> None:
        """Of the walks before this one only controls are needed again; a run may have very many."""
        kept = {self._recorder.key, *(key for keys in self._controls.values() for key in keys)}
        for key in set(self._events) - kept:
            del self._events[key]

    def _heard(self, events: Sequence[Event]) -> None:
        for one in events:
            if isinstance(one, JourneyEvent):
                self._events[one.journey].append(one)
