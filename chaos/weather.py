"""The weather of a process in a run of storms: whatever a journey begins to use goes to the walk that is going on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import BrowserContext, Page

from chaos.hooks import switched_back
from chaos.items import Experiment
from chaos.known import Known
from chaos.locks import Locks
from chaos.plan import Plan
from chaos.steering import Steering
from chaos.walk import Climate, Walk
from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.experiment import base_of
from stormwalk.journey import Attempt
from stormwalk.model import NoteLevel
from stormwalk.observations import Call, ConsoleLine
from stormwalk.recorder import Recorder
from stormwalk.workbench import Workbench


class StormWeather:
    """Between journeys nothing happens. `walk` is the one that is going on, None where none is."""

    def __init__(self, bench: Workbench, plans: Sequence[Plan], seed: str) -> None:
        self.walk: Walk | None = None
        self.steering = Steering(plans, self._steered)
        locks = Locks(bench.project, bench.ticket.base_url, bench.redactor, plans)
        self._climate = Climate(bench=bench, plans=plans, seed=seed, steering=self.steering, locks=locks)
        self._names = [plan.name for plan in plans]
        self._known: dict[str, Known] = {}
        self._begun = False

    def begin(self, recorder: Recorder, experiment: Experiment) -> None:
        """A journey begins; before the first one, whatever a killed run has left is undone."""
        if not self._begun:
            self._begun = True
            self._switch_back()
        base = base_of(recorder.nodeid, self._names)
        known = self._known.setdefault(base, Known())
        self.walk = Walk(self._climate, recorder, experiment, base=base, known=known)

    def _switch_back(self) -> None:
        bench = self._climate.bench
        for problem in switched_back(self._climate.plans, bench.project.storm.hooks, bench.ticket.base_url):
            bench.note(NoteLevel.WARNING, problem)

    def _steered(self) -> None:
        walk = self.walk
        if walk is not None:
            walk.steered()

    def end(self, *, walked: bool = True) -> None:
        """The journey has ended, or somebody has ended it (`walked` is False then). May be called again."""
        walk, self.walk = self.walk, None
        if walk is not None:
            walk.end(walked=walked)

    @property
    def is_measured(self) -> bool:
        return self.walk is not None and not self.steering.steered

    def context_options(self) -> dict[str, Any]:
        return self.walk.rigging.context_options() if self.walk else {}

    def context_came(self, context: BrowserContext) -> None:
        if self.walk:
            self.walk.rigging.context_came(context)
            self.walk.log.attach(context)

    def client_came(self, client: ApiClient) -> None:
        if self.walk:
            self.walk.rigging.client_came(client)

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        if self.walk:
            self.walk.somebody_came(page, actor)

    def call_ended(self, call: Call) -> None:
        if self.walk:
            self.walk.call_ended(call)

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
