"""The weather of a run of storms: it watches every step, strikes where the plan says, and sees what heals a step.

A control walks in the very same weather with a plan that strikes nothing, so that it is the journey's own measure.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page
from pydantic import TypeAdapter

from chaos.adapter import ChaosAdapter
from chaos.calls import CallLog
from chaos.end_state import Count, Counter
from chaos.injection import Dispatcher, FaultProxy
from chaos.items import Experiment
from chaos.known import Known, strikes_any
from chaos.lasting import look_long_enough
from chaos.observe import Observer, StepWatch
from chaos.plan import Plan
from chaos.recovery import Ladder
from chaos.seen import Observation, PageState, SeenCall
from chaos.storm import Storm, Who
from chaos.tally import Tally
from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.errors import StormwalkError
from stormwalk.failures import explain
from stormwalk.journey import Attempt
from stormwalk.model import Call, ConsoleLine, Moment, NoteLevel, Status
from stormwalk.recorder import Recorder
from stormwalk.storm import FaultDecision, Outcome
from stormwalk.storm_events import (
    BlindSpotsSeen,
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
_LATE_TURNS, _LATE_MS = 10, 20.0


class Inconclusive(StormwalkError):
    """An experiment proves nothing: its storm never happened, or we could not test."""


class Walk:
    """One journey in its weather, from its beginning to its end."""

    def __init__(
        self,
        bench: Workbench,
        recorder: Recorder,
        experiment: Experiment,
        seed: str,
        plans: tuple[Plan, ...],
        known: Known,
    ) -> None:
        project = bench.project
        self.experiment = experiment
        self.recorder = recorder
        self.known = known
        self._bench = bench
        self._plans = plans
        self._templates = project.application.url_templates
        self.storm = Storm(
            experiment.plan,
            seed=seed,
            journey=recorder.base_nodeid,
            repeat=experiment.repeat,
            base_url=bench.ticket.base_url,
            templates=self._templates,
            background=project.storm.background,
            redactor=bench.redactor,
            on_decision=self._decided,
            on_problem=self._broke,
        )
        self.log = CallLog(self.storm, bench.redactor, project.storm.background)
        self._counter = Counter(project, bench.ticket.base_url, bench.redactor)
        self._tally = Tally(self._counter, known, self._counts, self._counted)
        self._dispatchers: dict[BrowserContext, Dispatcher] = {}
        self._observers: dict[BrowserContext, Observer] = {}
        self._proxies: list[FaultProxy] = []
        self._adapters: list[tuple[ApiClient, Who]] = []
        self._actors: list[Actor] = []
        self._sign_ins: dict[BrowserContext, Attempt] = {}
        self._last_page: Page | None = None
        self._pending: list[tuple[int, FaultDecision]] = []
        recorder.tell(StormBegan, plan=self._plan_name, seed=seed, repeat=experiment.repeat)
        recorder.flush()

    @property
    def _plan_name(self) -> str:
        return self.experiment.plan.name if self.experiment.plan else ""

    # What is made for the journey.

    def context_options(self) -> dict[str, Any]:
        plan = self.experiment.plan
        if plan is None or not plan.needs_proxy:
            return {}
        proxy = FaultProxy(self.storm)
        proxy.__enter__()
        self._proxies.append(proxy)
        return {"proxy": {"server": proxy.server}}

    def context_came(self, context: BrowserContext) -> None:
        has_proxy = bool(self.experiment.plan and self.experiment.plan.needs_proxy)
        self._dispatchers[context] = Dispatcher(context, self.storm, plans=self._plans, has_proxy=has_proxy)
        observer = self._observers[context] = Observer(
            context, self._bench.redactor, lambda url: template_of(url, self._templates)
        )
        observer.install()
        self.log.attach(context)

    def client_came(self, client: ApiClient) -> None:
        actor = client.actor
        who = Who(actor=actor.name, role=actor.role) if actor else Who()
        client.mount(_InSteps(self.storm, who))

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        if actor is not None:
            self._actors.append(actor)
            dispatcher = self._dispatchers.get(page.context)
            if dispatcher is not None:
                dispatcher.belongs_to(Who(actor=actor.name, role=actor.role))

    # Steps.

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        """Walks one step. What heals it is not its failure; what does not is raised."""
        __tracebackhide__ = True
        if page is None or page.context not in self._observers:
            self._plainly(attempt)
            return
        self._last_page = page
        self.log.begin()
        self._tally.before(attempt.name, self.recorder.current_step, is_control=self.experiment.is_control)
        if self._will_strike(attempt.name):
            self.recorder.photograph(page, Moment.BEFORE_FAULT)
        watch = self._observers[page.context].watch(page)
        self.storm.enter_step(attempt.name)
        error = self._tried(attempt)
        watch.acted()
        self._let_calls_end(page)
        if error is None:
            self._passed(attempt, page, watch)
        else:
            self._failed(attempt, page, watch, error)
        self.storm.leave_step()

    def _let_calls_end(self, page: Page) -> None:
        """A page shows what a call has brought before we hear of its end; a moment later we have."""
        for _ in range(_LATE_TURNS):
            if not self.log.under_way or page.is_closed():
                return
            with suppress(Error):
                page.wait_for_timeout(_LATE_MS)

    def _plainly(self, attempt: Attempt) -> None:
        __tracebackhide__ = True
        self.storm.enter_step(attempt.name)
        try:
            attempt.act()
            attempt.confirm()
        finally:
            self.storm.leave_step()

    def _tried(self, attempt: Attempt) -> BaseException | None:
        """What the step raised as the application's failure. Whatever else it raises is raised."""
        try:
            attempt.act()
            attempt.confirm()
        except BaseException as error:
            if explain(error).status is not Status.FAILED:
                raise
            return error
        return None

    def _passed(self, attempt: Attempt, page: Page, watch: StepWatch) -> None:
        if attempt.signs_in:
            self._sign_ins[page.context] = attempt
        if self.experiment.is_control:
            self._tally.after(self.recorder.current_step, self.log.endpoints)
            self.known.calls.setdefault(attempt.name, set()).update(self.log.endpoints)
        self._observe(watch, done=True)

    def _failed(self, attempt: Attempt, page: Page, watch: StepWatch, error: BaseException) -> None:
        __tracebackhide__ = True
        look_long_enough(watch, lambda: self.log.under_way, self._bench.project.storm.patience)
        if self.experiment.is_control or not self._struck():
            self._observe(watch, done=False)
            raise error
        self.recorder.photograph(page, Moment.WORST)
        self._observe(watch, done=False)
        step = self.recorder.current_step
        self.storm.lift()
        self.recorder.tell(StormLifted, step=step)
        healed = self._ladder(attempt, page).climb()
        state = self._observers[page.context].look(page)
        self.recorder.tell(
            StepHealed,
            step=step,
            rung=healed.rung,
            took_ms=healed.took_ms,
            tried=healed.tried,
            state=_state.dump_json(state).decode(),
        )
        if healed.rung is Recovery.NOT_RECOVERED:
            raise healed.error or error
        self.recorder.photograph(page, Moment.RECOVERED)
        # The journey goes on, and so does the storm: later steps are to be tested too.
        self.storm.switch(self.experiment.plan)

    def _ladder(self, attempt: Attempt, page: Page) -> Ladder:
        known = self._sign_ins.get(page.context)

        def sign_in() -> None:
            assert known is not None
            known.act()
            known.confirm()

        return Ladder(
            attempt=attempt,
            page=page,
            delivered=self._write_delivered,
            sign_in=sign_in if known and known is not attempt else None,
            state=lambda: self._observers[page.context].look(page),
        )

    def _write_delivered(self) -> bool:
        """Whether a write of this step may have reached the server; one that is still under way may as well."""
        under_way = any(method not in ("GET", "HEAD") for method in self.log.under_way)
        return under_way or any(
            one.writes and not one.background and (one.took_effect or _unknown(one))
            for one in self.log.seen(self.storm.decisions)
        )

    def _struck(self) -> bool:
        """Whether the storm has done anything at all so far."""
        applied = any(one.applied for one in self.storm.counts)
        held = any(one.holds for one in self._dispatchers.values())
        return applied or held or any(one.outcome is Outcome.APPLIED for one in self.storm.decisions)

    def _observe(self, watch: StepWatch, *, done: bool) -> None:
        calls, console = self.log.seen(self.storm.decisions), tuple(self.log.console)
        seen = watch.finish(done=done, calls=calls, console=console)
        text = _observation.dump_json(seen).decode()
        self.recorder.tell(StepObserved, step=self.recorder.current_step, observation=text)

    def _will_strike(self, step: str) -> bool:
        plan = self.experiment.plan
        return plan is not None and strikes_any(plan, self.known.of(step), self.storm)

    # Its end.

    def end(self) -> None:
        """No rule is active any more; what is left to be told is told. May follow a failure, or Ctrl-C."""
        self.storm.lift()
        for dispatcher in self._dispatchers.values():
            dispatcher.close()
        for proxy in self._proxies:
            proxy.close()
        try:
            self._tally.at_the_end()
        finally:
            self._counter.close()
            for count in self.storm.counts:
                self.recorder.tell(RuleCounted, count=count)
            if self.storm.blind_spots:
                self.recorder.tell(BlindSpotsSeen, spots=self.storm.blind_spots)
            self.recorder.flush()

    def skip(self, reason: str) -> None:
        """There is nothing here for the plan to strike."""
        self.recorder.tell(ExperimentSkipped, plan=self._plan_name, reason=reason)
        self.recorder.flush()

    def _counts(self) -> list[Count]:
        if not self._counter.tables or not self._actors:
            return []
        return self._counter.count(self._actors, self._beside(self._last_page))

    def _counted(self, step: int, one: Count) -> None:
        self.recorder.tell(ObjectsCounted, step=step, of=one.kind, ids=one.ids, amounts=one.amounts)

    def _beside(self, page: Page | None) -> Callable[[Callable[[], Any]], Any]:
        """Runs blocking work while the calls of the page are not held up."""
        if page is None or page.is_closed():
            return lambda work: work()
        return lambda work: self._bench.pumped(work, page)

    def _decided(self, decision: FaultDecision) -> None:
        kind = FaultApplied if decision.outcome is Outcome.APPLIED else FaultMissed
        self.recorder.tell(kind, step=self.recorder.current_step, decision=decision)

    def _broke(self, problem: str) -> None:
        self._bench.note(NoteLevel.WARNING, f"storm {self.experiment.id}: {problem}")


class _InSteps(ChaosAdapter):
    """Strikes calls of the API client that belong to a step; what a journey prepares between its steps is spared."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if self._storm.step:
            return super().send(request, *args, **kwargs)
        return super(ChaosAdapter, self).send(request, *args, **kwargs)


class StormWeather:
    """The weather of a process in a run of storms. Between journeys nothing happens."""

    def __init__(self, bench: Workbench, plans: tuple[Plan, ...], seed: str) -> None:
        self.bench = bench
        self.plans = plans
        self.seed = seed
        self.walk: Walk | None = None
        self._known: dict[str, Known] = {}

    def begin(self, recorder: Recorder, experiment: Experiment) -> Walk:
        """A journey begins."""
        known = self._known.setdefault(recorder.base_nodeid, Known())
        self.walk = Walk(self.bench, recorder, experiment, self.seed, self.plans, known)
        return self.walk

    def end(self) -> None:
        """The journey has ended."""
        walk, self.walk = self.walk, None
        if walk is not None:
            walk.end()

    def nothing_to_strike(self, walk: Walk) -> str:
        """Why the plan has nothing to do in this journey, as its controls have shown; empty where it has."""
        plan, known = walk.experiment.plan, walk.known.all_calls
        if plan is None or not known or strikes_any(plan, known, walk.storm):
            return ""
        return f"no call of this journey is one that {plan.name} strikes"

    def context_options(self) -> dict[str, Any]:
        return self.walk.context_options() if self.walk else {}

    def context_came(self, context: BrowserContext) -> None:
        if self.walk:
            self.walk.context_came(context)

    def client_came(self, client: ApiClient) -> None:
        if self.walk:
            self.walk.client_came(client)

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        if self.walk:
            self.walk.somebody_came(page, actor)

    def call_ended(self, call: Call) -> None:
        if self.walk:
            self.walk.log.call_ended(call)

    def console_written(self, line: ConsoleLine) -> None:
        if self.walk:
            self.walk.log.console.append(line)

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        __tracebackhide__ = True
        if self.walk is None:
            attempt.act()
            attempt.confirm()
        else:
            self.walk.perform(attempt, page)


def _unknown(call: SeenCall) -> bool:
    """Whether nobody knows if a struck call reached the server: what happens on the wire may come after it, and who
    has given up a slow call never learns what became of it."""
    return call.fault in ("cut-body", "slow-drip", "websocket-cut") or (
        call.fault in ("latency", "reordered") and call.call.status is None
    )
