"""One journey in its weather, from its first step to the end state, with all that watches and strikes it.

A control walks in the very same weather with a plan that strikes nothing, so that it is the journey's own measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from chaos.calls import CallLog
from chaos.end_state import Count, Counter
from chaos.harm import Harm
from chaos.hooks import Hooks
from chaos.injection.waiting import soon
from chaos.items import Experiment
from chaos.known import Known, endpoint_of, strikes_any
from chaos.locks import Locks
from chaos.pattern import siblings
from chaos.plan import Plan
from chaos.rigging import Rigging
from chaos.sight import rest
from chaos.steering import Steering
from chaos.stepping import Stepping
from chaos.storm import Storm
from chaos.tally import Tally
from chaos.turns import Turns
from stormwalk.config import Actor
from stormwalk.journey import Attempt
from stormwalk.model import NoteLevel, Status
from stormwalk.observations import Call, CallSource
from stormwalk.recorder import Recorder
from stormwalk.storm import FaultDecision, Outcome
from stormwalk.storm_events import (
    BlindSpotsSeen,
    DoorsTried,
    ExperimentSkipped,
    FaultApplied,
    FaultMissed,
    ObjectsCounted,
    RuleCounted,
    StormBegan,
)
from stormwalk.templates import template_of
from stormwalk.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """What the walks of a process share. `plans` are all plans of the run, `locks` what controls have found shut."""

    bench: Workbench
    plans: Sequence[Plan]
    seed: str
    steering: Steering
    locks: Locks


class Walk:
    """From the beginning of a journey to its end. `base` is its name without the experiment, `known` what its controls
    have shown so far."""

    def __init__(
        self, climate: Climate, recorder: Recorder, experiment: Experiment, *, base: str, known: Known
    ) -> None:
        self.experiment = experiment
        self.recorder = recorder
        self._bench = bench = climate.bench
        self._known = known
        self._locks = climate.locks
        project, base_url, redactor = bench.project, bench.ticket.base_url, bench.redactor
        templates = project.application.url_templates
        self.storm = self._make_storm(climate, base)
        self._hooks = Hooks(self.storm, project.storm.hooks, base_url, self._hook_stuck)
        self.log = CallLog(self.storm, redactor, project.storm.background)
        self.rigging = Rigging(self.storm, climate.plans, redactor, lambda url: template_of(url, templates))
        self._counter = Counter(project, base_url, redactor)
        self._tally = Tally(self._counter, known, self._counts, self._counted)
        self._turns = Turns(bench.settings.root / "reports" / ".turns", base_url)
        self._alone = True
        self._stepping = self._make_stepping()
        recorder.tell(StormBegan, plan=experiment.plan_name, seed=climate.seed, repeat=experiment.repeat)
        recorder.flush()

    def _make_storm(self, climate: Climate, base: str) -> Storm:
        project, plan_name = self._bench.project, self.experiment.plan_name
        base_url = self._bench.ticket.base_url
        return Storm(
            self.experiment.plan,
            seed=climate.seed,
            journey=base,
            repeat=self.experiment.repeat,
            base_url=base_url,
            own_hosts=siblings(base_url, project.safety.allowed_hosts),
            templates=project.application.url_templates,
            background=project.storm.background,
            redactor=self._bench.redactor,
            on_decision=self._decided,
            on_problem=self._broke,
            allows=lambda rule: climate.steering.allows(plan_name, rule),
        )

    def _make_stepping(self) -> Stepping:
        project, plan = self._bench.project, self.experiment.plan
        return Stepping(
            bench=self._bench,
            recorder=self.recorder,
            experiment=self.experiment,
            storm=self.storm,
            log=self.log,
            rigging=self.rigging,
            harm=Harm(self.storm, self.log, self.rigging, project, self._known, plan),
            tally=self._tally,
            known=self._known,
        )

    def nothing_to_strike(self) -> str:
        """Why the plan has nothing to do in this journey, as its controls have shown; empty where it has."""
        plan, calls = self.experiment.plan, self._known.all_calls
        if plan is None or not calls or strikes_any(plan, calls, self.storm):
            return ""
        return self._nothing_meant

    @property
    def _nothing_meant(self) -> str:
        return f"no call of this journey is one that {self.experiment.plan_name} strikes"

    def call_ended(self, call: Call) -> None:
        """The page, or the API client, made a call; which ones the client makes is known even of a step that fails."""
        self.log.call_ended(call)
        if self.experiment.is_control and self.storm.step and call.source is CallSource.API:
            self._known.learn(self.storm.step, [endpoint_of(call)])

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        """The journey goes on as this person. Where it is counted what they have, nobody else does so meanwhile."""
        self.rigging.somebody_came(page, actor)
        if actor is None or not self._counter.counts_of(actor):
            return
        if not self._turns.take(actor.username, lambda ms: rest(page, ms)):
            self._alone = False
            others = f"another worker, or another run, walks as {actor.name} at the same time"
            self._bench.note(NoteLevel.WARNING, f"storm {self.experiment.id}: {others}: nothing was counted")

    def steered(self) -> None:
        """Somebody has switched rules; told by another thread."""
        page = self._stepping.page
        if page is not None:
            soon(page, self.storm.steered)

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        """Walks one step. What heals it is not its failure; what does not is raised."""
        __tracebackhide__ = True
        self._stepping.perform(attempt, page)

    # Its end.

    def end(self, *, walked: bool = True) -> None:
        """No rule is active any more; what is left to be told is told. Without `walked`, somebody has ended the run:
        then nobody is asked any more what there is in the end."""
        if walked and self._hooks.planned:
            self.storm.switch(self.experiment.plan)  # a step that nothing healed has lifted it
        tried = walked and self._hooks.any_on
        try:
            if tried:  # while they are on: whoever decides about rights behind a hook does so now
                self._try_doors()
        finally:
            self.storm.lift()
        try:
            self.rigging.close()
            if walked:
                if not tried:
                    self._look_at_doors()
                self._tally.at_the_end()
        finally:
            self._counter.close()
            self._turns.close()
            for count in self.storm.counts:
                self.recorder.tell(RuleCounted, count=count)
            if self.storm.proof.meant_none and self.recorder.status is Status.PASSED:
                self.recorder.tell(ExperimentSkipped, plan=self.experiment.plan_name, reason=self._nothing_meant)
            if self.storm.blind_spots:
                self.recorder.tell(BlindSpotsSeen, spots=self.storm.blind_spots)
            self.recorder.flush()

    def _look_at_doors(self) -> None:
        if self.experiment.is_control:
            calls = self._known.all_calls
            self._locks.see_what_is_shut(self._roles, calls, self.storm, self._beside_the_page())
        elif self._locks.were_struck(self.storm.decisions):
            self._try_doors()

    def _try_doors(self) -> None:
        cells = self._locks.tried_again(self._roles, self._beside_the_page())
        if cells:
            self.recorder.tell(DoorsTried, cells=cells)

    @property
    def _roles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.role for one in self.rigging.actors))

    def skip(self, reason: str) -> None:
        """There is nothing here for the plan to strike."""
        self.recorder.tell(ExperimentSkipped, plan=self.experiment.plan_name, reason=reason)
        self.recorder.flush()

    def _counts(self) -> Sequence[Count]:
        if not (self._counter.tables and self.rigging.actors and self._alone):
            return ()
        return self._counter.count(self.rigging.actors, self._beside_the_page())

    def _counted(self, step: int, one: Count) -> None:
        self.recorder.tell(ObjectsCounted, step=step, of=one.kind, ids=one.ids, amounts=one.amounts)

    def _beside_the_page(self) -> Callable[[Callable[[], Any]], Any]:
        """Runs blocking work while the calls of the page are not held up."""
        page = self._stepping.page
        if page is None or page.is_closed():
            return lambda work: work()
        return lambda work: self._bench.pumped(work, page)

    def _decided(self, decision: FaultDecision) -> None:
        kind = FaultApplied if decision.outcome is Outcome.APPLIED else FaultMissed
        self.recorder.tell(kind, step=self.recorder.current_step, decision=decision)

    def _hook_stuck(self, problem: str) -> None:
        self._bench.note(NoteLevel.ERROR, problem)

    def _broke(self, problem: str) -> None:
        self._bench.note(NoteLevel.WARNING, f"storm {self.experiment.id}: {problem}")
