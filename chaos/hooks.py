"""Switches the hooks of the application for a walk, and always back: with the storm, after a failure, after Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import requests

from chaos.faults.hook import Hook
from chaos.plan import Plan
from chaos.rule import Rule
from chaos.storm import Storm
from stormwalk.api.transport import Transport
from stormwalk.config.storm import HookTable
from stormwalk.errors import ApplicationError, UsageError

TIMEOUT_S = 10.0


def hooks_of(rules: Iterable[Rule]) -> list[tuple[Rule, Hook]]:
    """The rules among these that switch a hook."""
    return [(one, one.fault) for one in rules if isinstance(one.fault, Hook)]


def expect_hooks(plans: Iterable[Plan], tables: Mapping[str, HookTable], *, workers: int, file: object) -> None:
    """Raises UsageError for a hook or state that the project does not have, and for several workers at once."""
    for _, fault in hooks_of(rule for plan in plans for rule in plan.rules):
        known = ", ".join(f"{name}={state}" for name, table in sorted(tables.items()) for state in table.states)
        table = tables.get(fault.which)
        if table is None or fault.state not in table.states:
            expected = f"expected {known}" if known else f"{file} has no [storm.hooks]"
            raise UsageError(f"there is no hook {fault.which}={fault.state}; {expected}")
        if workers > 1:
            raise UsageError(f"{fault.written()} changes the application for everybody: leave -n {workers} out")


def switched_back(plans: Iterable[Plan], tables: Mapping[str, HookTable], base_url: str) -> list[str]:
    """Brings fair weather back where a run that was killed may have left a hook on; why it could not, where it could
    not."""
    problems = []
    for which in {fault.which for _, fault in hooks_of(rule for plan in plans for rule in plan.rules)}:
        try:
            call(base_url, tables[which].reset)
        except ApplicationError as error:
            problems.append(f"the hook {which} does not work: {error}; does the application offer it?")
    return problems


class Hooks:
    """The hooks of one walk. They follow its storm from its first step on; `problem` is told what could not be done."""

    def __init__(
        self, storm: Storm, tables: Mapping[str, HookTable], base_url: str, problem: Callable[[str], None]
    ) -> None:
        self._storm = storm
        self._tables = tables
        self._base_url = base_url
        self._problem = problem
        self._on: dict[str, str] = {}
        self._begun = False
        self.planned = bool(hooks_of(storm.plan.rules if storm.plan else ()))
        if self.planned:
            storm.on_change(self.follow)

    @property
    def any_on(self) -> bool:
        return bool(self._on)

    def follow(self) -> None:
        """Makes the application what the active rules say. What a journey prepares before its steps is spared."""
        self._begun = self._begun or bool(self._storm.step)
        active = hooks_of(self._storm.rules) if self._begun else []
        wanted = {fault.which: fault.state for _, fault in active}
        for which in [one for one in self._on if one not in wanted]:
            self._reset(which)
        for rule, fault in active:
            if self._on.get(fault.which) != fault.state:
                self._set(rule, fault)

    def _set(self, rule: Rule, fault: Hook) -> None:
        table = self._tables[fault.which]
        self._on[fault.which] = fault.state  # first, so that it is switched back whatever comes of it
        try:
            call(self._base_url, table.set, table.states[fault.state])
        except ApplicationError as error:
            self._storm.proof.escaped_unseen(rule, str(error))
        else:
            self._storm.proof.held(rule)

    def _reset(self, which: str) -> None:
        try:
            call(self._base_url, self._tables[which].reset)
        except ApplicationError as error:
            self._problem(f"the hook {which} could not be switched back: {error}; restart the application")
        del self._on[which]  # only now: cut off by Ctrl-C, it is tried again at the end of the walk


def call(base_url: str, line: str, body: Mapping[str, object] | None = None) -> None:
    """Calls a hook. Raises ApplicationError where it is not answered with a success."""
    method, _, path = line.partition(" ")
    transport = Transport(TIMEOUT_S)  # no proxy of the environment: a hook is on the machine that we storm
    try:
        done = transport.exchange(transport.prepare(requests.Request(method, base_url.rstrip("/") + path, json=body)))
    finally:
        transport.close()
    if done.answer is None:
        raise ApplicationError(f"{line}: {done.failure}")
    if not 200 <= done.answer.status_code < 300:
        raise ApplicationError(f"{line} answered {done.answer.status_code}")
