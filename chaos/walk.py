"""One journey in its weather: every step is watched, struck where the plan says, and healed where something heals it.

A control walks in the very same weather with a plan that strikes nothing, so that it is the journey's own measure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import Page
from pydantic import TypeAdapter

from chaos.calls import CallLog
from chaos.end_state import Count, Counter
from chaos.glances import wait_for
from chaos.harm import Harm
from chaos.hooks import Hooks
from chaos.injection.waiting import soon
from chaos.invitation import to_press_again
from chaos.items import Experiment
from chaos.known import Known, endpoint_of, strikes_any
from chaos.lingering import stay_for_a_word
from chaos.locks import Locks
from chaos.observe import StepWatch
from chaos.plan import Plan
from chaos.recovery import Healed, Ladder
from chaos.rigging import Rigging
from chaos.seen import Observation, PageState
from chaos.sight import PageSight, rest
from chaos.steering import Steering
from chaos.storm import Storm
from chaos.strip import before, recovered, worst
from chaos.tally import Tally
from chaos.turns import Turns
from stormwalk.config import Actor
from stormwalk.failures import explain
from stormwalk.journey import Attempt
from stormwalk.model import Call, CallSource, Moment, NoteLevel, Status
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
    StepHealed,
    StepObserved,
    StormBegan,
    StormLifted,
)
from stormwalk.storm_judgement import Recovery
from stormwalk.templates import template_of
from stormwalk.workbench import Workbench

_observation = TypeAdapter(Observation)
_state = TypeAdapter(PageState)
# A page shows what a call has brought before we hear of its end; this long we wait for the end, in turns.
_LATE_TURNS, _LATE_MS = 10, 20.0


class Walk:
    """From the beginning of a journey to its end. `base` is its name without the experiment, `known` what its controls
    have shown so far; `plans` are all plans of the run."""

    def __init__(
        self,
        bench: Workbench,
        recorder: Recorder,
        experiment: Experiment,
        *,
        seed: str,
        plans: Sequence[Plan],
        base: str,
        known: Known,
        steering: Steering,
        locks: Locks,
    ) -> None:
        self.experiment = experiment
        self.recorder = recorder
        self._bench = bench
        self._known = known
        self._locks = locks
        project, base_url, redactor = bench.project, bench.ticket.base_url, bench.redactor
        templates, background = project.application.url_templates, project.storm.background
        self.storm = Storm(
            experiment.plan,
            seed=seed,
            journey=base,
            repeat=experiment.repeat,
            base_url=base_url,
            templates=templates,
            background=background,
            redactor=redactor,
            on_decision=self._decided,
            on_problem=self._broke,
            allows=lambda rule: steering.allows(self._plan_name, rule),
        )
        self._hooks = Hooks(self.storm, project.storm.hooks, base_url, self._hook_stuck)
        self.log = CallLog(self.storm, redactor, background)
        self.rigging = Rigging(self.storm, plans, redactor, lambda url: template_of(url, templates))
        self._harm = Harm(self.storm, self.log, self.rigging, project, known, experiment.plan)
        self._counter = Counter(project, base_url, redactor)
        self._tally = Tally(self._counter, known, self._counts, self._counted)
        self._turns = Turns(bench.settings.root / "reports" / ".turns", base_url)
        self._alone = True
        self._sign_ins: dict[Any, Attempt] = {}
        self._last_page: Page | None = None
        recorder.tell(StormBegan, plan=self._plan_name, seed=seed, repeat=experiment.repeat)
        recorder.flush()

    @property
    def _plan_name(self) -> str:
        return self.experiment.plan.name if self.experiment.plan else ""

    def nothing_to_strike(self) -> str:
        """Why the plan has nothing to do in this journey, as its controls have shown; empty where it has."""
        plan, calls = self.experiment.plan, self._known.all_calls
        if plan is None or not calls or strikes_any(plan, calls, self.storm):
            return ""
        return self._nothing_meant

    @property
    def _nothing_meant(self) -> str:
        return f"no call of this journey is one that {self._plan_name} strikes"

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
        page = self._last_page
        if page is not None:
            soon(page, self.storm.steered)

    # Steps.

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        """Walks one step. What heals it is not its failure; what does not is raised."""
        __tracebackhide__ = True
        if page is None or self.rigging.observer_of(page) is None:
            self._plainly(attempt)
        else:
            self._watched(attempt, page)

    def _plainly(self, attempt: Attempt) -> None:
        """A step of which no page is to be seen."""
        __tracebackhide__ = True
        self.storm.enter_step(attempt.name)
        try:
            attempt.act()
            attempt.confirm()
        finally:
            self.storm.leave_step()

    def _watched(self, attempt: Attempt, page: Page) -> None:
        __tracebackhide__ = True
        watch = self._prepared(attempt, page)
        self.storm.enter_step(attempt.name)
        try:
            error = self._tried(attempt, page, watch.began)
            watch.acted()
            self._let_calls_end(page)
            if error is None:
                self._passed(attempt, page, watch)
            else:
                self._failed(attempt, page, watch, error)
        finally:
            # Whatever the journey calls now, its clean-up for example, is no step's and is not struck.
            self.storm.leave_step()

    def _prepared(self, attempt: Attempt, page: Page) -> StepWatch:
        self._last_page = page
        self.log.begin()
        self._tally.before(attempt.name, self.recorder.current_step, is_control=self.experiment.is_control)
        if self._harm.to_come(attempt.name):
            self.recorder.photograph(page, Moment.BEFORE_FAULT, note=before(self._plan_name))
        observer = self.rigging.observer_of(page)
        assert observer is not None
        return observer.watch(page)

    def _tried(self, attempt: Attempt, page: Page, began: float) -> BaseException | None:
        """What the step raised as the application's failure. Whatever else it raises is raised."""
        try:
            attempt.act()
            if self.experiment.is_control:
                attempt.confirm()
            else:
                self._wait_for(attempt, page, began)
        except BaseException as error:
            if explain(error).status is not Status.FAILED and not self._harm.are_why(error):
                raise
            return error
        return None

    def _wait_for(self, attempt: Attempt, page: Page, began: float) -> None:
        __tracebackhide__ = True
        wait_for(
            attempt.confirm,
            PageSight(self.rigging, self.log, page),
            since=began,
            usual_ms=self._bench.project.budgets.expect,
            struck=lambda: self._harm.any_here,
            in_vain=lambda: self._harm.only_client,
        )

    def _let_calls_end(self, page: Page) -> None:
        for _ in range(_LATE_TURNS):
            if not self.log.under_way or page.is_closed():
                return
            rest(page, _LATE_MS)

    def _passed(self, attempt: Attempt, page: Page, watch: StepWatch) -> None:
        self._remember_sign_in(attempt, page)
        if self.experiment.is_control:
            self._tally.after(self.recorder.current_step, self.log.endpoints)
            self._known.learn(attempt.name, self.log.endpoints)
        else:
            sight = PageSight(self.rigging, self.log, page)
            stay_for_a_word(watch, sight, lambda: self.log.seen(self.storm.decisions))
        self._observe(watch, done=True)

    def _failed(self, attempt: Attempt, page: Page, watch: StepWatch, error: BaseException) -> None:
        __tracebackhide__ = True
        watch.look_long_enough(lambda: bool(self.log.under_way), self._bench.project.storm.patience)
        if self.experiment.is_control or not self._harm.any:
            self._observe(watch, done=False)
            raise error
        self.recorder.photograph(page, Moment.WORST, note=worst(self.storm, self._plan_name))
        seen = self._observe(watch, done=False)
        self.storm.lift()
        self.recorder.tell(StormLifted, step=self.recorder.current_step)
        healed = self._ladder(attempt, page, seen).climb()
        self._tell_healed(healed, page)
        if healed.rung is Recovery.NOT_RECOVERED:
            raise healed.error or error
        self.recorder.photograph(page, Moment.RECOVERED, note=recovered(healed, self.storm, self._plan_name))
        self._remember_sign_in(attempt, page)
        # The journey goes on, and so does the storm: later steps are to be tested too.
        self.storm.switch(self.experiment.plan)

    def _remember_sign_in(self, attempt: Attempt, page: Page) -> None:
        if attempt.signs_in:
            self._sign_ins[page.context] = attempt

    def _tell_healed(self, healed: Healed, page: Page) -> None:
        self.recorder.tell(
            StepHealed,
            step=self.recorder.current_step,
            rung=healed.rung,
            took_ms=healed.took_ms,
            tried=healed.tried,
            state=_state.dump_json(self._look(page)).decode(),
        )

    def _ladder(self, attempt: Attempt, page: Page, seen: Observation) -> Ladder:
        known = self._sign_ins.get(page.context)

        def sign_in() -> None:
            assert known is not None
            with self.log.aside():
                known.act()
                _waited_for(known)

        went = any(one.call.resource_type == "document" for one in seen.calls)
        return Ladder(
            attempt=attempt,
            page=page,
            delivered=lambda: self._harm.write_delivered,
            sign_in=sign_in if known and known is not attempt else None,
            state=lambda: self._look(page),
            only_looked=not seen.pressed and not went,
            same_again=to_press_again(seen),
            usual_ms=self._bench.project.budgets.expect,
        )

    def _look(self, page: Page) -> PageState:
        observer = self.rigging.observer_of(page)
        assert observer is not None
        return observer.look(page)

    def _observe(self, watch: StepWatch, *, done: bool) -> Observation:
        calls, console = self.log.seen(self.storm.decisions), tuple(self.log.console)
        seen = watch.finish(done=done, calls=calls, console=console)
        text = _observation.dump_json(seen).decode()
        self.recorder.tell(StepObserved, step=self.recorder.current_step, observation=text)
        return seen

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
                self.recorder.tell(ExperimentSkipped, plan=self._plan_name, reason=self._nothing_meant)
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
        self.recorder.tell(ExperimentSkipped, plan=self._plan_name, reason=reason)
        self.recorder.flush()

    def _counts(self) -> Sequence[Count]:
        if not (self._counter.tables and self.rigging.actors and self._alone):
            return ()
        return self._counter.count(self.rigging.actors, self._beside_the_page())

    def _counted(self, step: int, one: Count) -> None:
        self.recorder.tell(ObjectsCounted, step=step, of=one.kind, ids=one.ids, amounts=one.amounts)

    def _beside_the_page(self) -> Callable[[Callable[[], Any]], Any]:
        """Runs blocking work while the calls of the page are not held up."""
        page = self._last_page
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


def _waited_for(sign_in: Attempt) -> None:
    """A log-in leads to where one came from, where other words may greet: what it was for is the step's to tell."""
    try:
        sign_in.confirm()
    except BaseException as error:
        if explain(error).status is not Status.FAILED:
            raise
