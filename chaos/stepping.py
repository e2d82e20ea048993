"""One step of a walk: it is watched, struck where the plan says, and healed where something heals it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page
from pydantic import TypeAdapter

from chaos.calls import CallLog
from chaos.glances import wait_for
from chaos.harm import Harm
from chaos.invitation import to_press_again
from chaos.items import Experiment
from chaos.known import Known
from chaos.lingering import stay_for_a_word
from chaos.observe import StepWatch
from chaos.recovery import Healed, Ladder
from chaos.rigging import Rigging
from chaos.seen import Observation, PageState
from chaos.sight import PageSight, rest
from chaos.storm import Storm
from chaos.strip import before, recovered, worst
from chaos.tally import Tally
from stormwalk.failures import explain
from stormwalk.journey import Attempt
from stormwalk.model import Status
from stormwalk.observations import Moment
from stormwalk.recorder import Recorder
from stormwalk.storm_events import StepHealed, StepObserved, StormLifted
from stormwalk.storm_judgement import Recovery
from stormwalk.workbench import Workbench

_observation = TypeAdapter(Observation)
_state = TypeAdapter(PageState)
# A page shows what a call has brought before we hear of its end; this long we wait for the end, in turns.
_LATE_TURNS, _LATE_MS = 10, 20.0


@dataclass(slots=True, kw_only=True)
class Stepping:
    """Walks the steps of one walk. `page` is the one that was walked last, `sign_ins` how somebody signed in to each
    context."""

    bench: Workbench
    recorder: Recorder
    experiment: Experiment
    storm: Storm
    log: CallLog
    rigging: Rigging
    harm: Harm
    tally: Tally
    known: Known
    page: Page | None = None
    sign_ins: dict[Any, Attempt] = field(default_factory=dict)

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
            error = self._tried(attempt, page, watch)
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
        self.page = page
        self.log.begin()
        self.tally.before(attempt.name, self.recorder.current_step, is_control=self.experiment.is_control)
        if self.harm.to_come(attempt.name):
            self.recorder.photograph(page, Moment.BEFORE_FAULT, note=before(self.experiment.plan_name))
        observer = self.rigging.observer_of(page)
        assert observer is not None
        return observer.watch(page)

    def _tried(self, attempt: Attempt, page: Page, watch: StepWatch) -> BaseException | None:
        """What the step raised as the application's failure. Whatever else it raises is raised."""
        try:
            attempt.act()
            if self.experiment.is_control:
                attempt.confirm()
            else:
                self._wait_for(attempt, page, watch)
        except BaseException as error:
            if explain(error).status is not Status.FAILED and not self.harm.are_why(error):
                raise
            self.recorder.expect_browser(page)
            return error
        return None

    def _wait_for(self, attempt: Attempt, page: Page, watch: StepWatch) -> None:
        __tracebackhide__ = True

        def confirm() -> None:
            try:
                attempt.confirm()
            except AssertionError:
                self.recorder.expect_browser(page)
                raise

        wait_for(
            confirm,
            PageSight(self.rigging, self.log, page, watch),
            since=watch.began,
            usual_ms=self.bench.project.budgets.expect,
            struck=lambda: self.harm.any_here,
            in_vain=lambda: self.harm.only_client,
        )

    def _let_calls_end(self, page: Page) -> None:
        for _ in range(_LATE_TURNS):
            if not self.log.under_way or page.is_closed():
                return
            rest(page, _LATE_MS)

    def _passed(self, attempt: Attempt, page: Page, watch: StepWatch) -> None:
        self._remember_sign_in(attempt, page)
        if not self.experiment.is_control:
            sight = PageSight(self.rigging, self.log, page, watch)
            stay_for_a_word(watch, sight, lambda: self.log.seen(self.storm.decisions))
        self._observe(watch, done=True)
        if self.experiment.is_control:
            # After the last look, at which we may still hear of a call: what is not learned here is not counted later.
            self.tally.after(self.recorder.current_step, self.log.endpoints)
            self.known.learn(attempt.name, self.log.endpoints)

    def _failed(self, attempt: Attempt, page: Page, watch: StepWatch, error: BaseException) -> None:
        __tracebackhide__ = True
        watch.look_long_enough(lambda: bool(self.log.under_way), self.bench.project.storm.patience)
        if self.experiment.is_control or not self.harm.any:
            self._observe(watch, done=False)
            raise error
        self.recorder.photograph(page, Moment.WORST, note=worst(self.storm, self.experiment.plan_name))
        seen = self._observe(watch, done=False)
        self.storm.lift()
        self.recorder.tell(StormLifted, step=self.recorder.current_step)
        healed = self._ladder(attempt, page, seen).climb()
        self._tell_healed(healed, page)
        if healed.rung is Recovery.NOT_RECOVERED:
            raise healed.error or error
        self.recorder.photograph(page, Moment.RECOVERED, note=recovered(healed, self.storm, self.experiment.plan_name))
        self._remember_sign_in(attempt, page)
        # The journey goes on, and so does the storm: later steps are to be tested too.
        self.storm.switch(self.experiment.plan)

    def _remember_sign_in(self, attempt: Attempt, page: Page) -> None:
        if attempt.signs_in:
            self.sign_ins[page.context] = attempt

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
        known = self.sign_ins.get(page.context)

        def sign_in() -> None:
            assert known is not None
            with self.log.aside():
                known.act()
                _waited_for(known)

        went = any(one.call.resource_type == "document" for one in seen.calls)
        return Ladder(
            attempt=attempt,
            page=page,
            delivered=lambda: self.harm.write_delivered,
            sign_in=sign_in if known and known is not attempt else None,
            state=lambda: self._look(page),
            only_looked=not seen.pressed and not went,
            same_again=to_press_again(seen),
            standing=frozenset(one.name for one in seen.before.controls) if seen.before else frozenset(),
            usual_ms=self.bench.project.budgets.expect,
        )

    def _look(self, page: Page) -> PageState:
        observer = self.rigging.observer_of(page)
        assert observer is not None
        return observer.look(page)

    def _observe(self, watch: StepWatch, *, done: bool) -> Observation:
        seen = watch.finish(
            done=done,
            calls=lambda: self.log.seen(self.storm.decisions),
            console=lambda: tuple(self.log.console),
        )
        text = _observation.dump_json(seen).decode()
        self.recorder.tell(StepObserved, step=self.recorder.current_step, observation=text)
        return seen


def _waited_for(sign_in: Attempt) -> None:
    """A log-in leads to where one came from, where other words may greet: what it was for is the step's to tell."""
    try:
        sign_in.confirm()
    except BaseException as error:
        if explain(error).status is not Status.FAILED:
            raise
