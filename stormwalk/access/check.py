"""Runs the probes: those that read side by side, then those that write; tells what came of each as it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stormwalk.access.caller import Caller
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import Matrix
from stormwalk.access.probes import Outcome, Task, probes
from stormwalk.access.results import AccessCell
from stormwalk.access.trials import if_whole, unknown_cell
from stormwalk.config import Project
from stormwalk.config.file import shown
from stormwalk.errors import ApplicationStoppedAnswering
from stormwalk.events import AccessBreached, AccessCellJudged, AccessProbed, AccessStarted, Event
from stormwalk.redact import Redactor
from stormwalk.redact.values import hidden

Emit = Callable[[Sequence[Event]], None]
Wanted = Callable[[Task], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check came to, for whoever does not read it from the store.

    `remarks` say what could not be tried, `left` what the probes have left behind.
    """

    cells: tuple[AccessCell, ...]
    breaches: tuple[AccessBreached, ...]
    remarks: tuple[str, ...]
    left: tuple[str, ...]
    probes: int
    duration_ms: float


class AccessCheck:
    """One check of a matrix against a running application. `emit` appends events; `wanted` chooses among the tasks.

    Raises UsageError for a host that is not allowed. An application that stops answering raises nothing: what was not
    judged until then is inconclusive.
    """

    def __init__(
        self,
        project: Project,
        matrix: Matrix,
        base_url: str,
        *,
        emit: Emit = lambda events: None,
        redactor: Redactor | None = None,
        wanted: Wanted = lambda task: True,
        worker: str = "main",
    ) -> None:
        self._file = shown(project.access_path)
        self._emit = emit
        self._wanted = wanted
        self._worker = worker
        self._writes = urlsplit(base_url).hostname in matrix.writes_allowed
        self._matrix = matrix if self._writes else matrix.for_reading()
        self._redactor = redactor or project.redactor()
        self._caller = Caller(
            base_url,
            project.application.api_root,
            allowed=project.safety.allows(base_url),
            per_second=matrix.requests_per_second,
            parallel=matrix.parallel,
        )
        self._ground = Ground(project, self._matrix, self._caller, self._redactor)
        self._remarks: dict[str, None] = {}
        self._cells: dict[tuple[str, str], AccessCell] = {}
        self._breaches: list[AccessBreached] = []

    def run(self) -> Checked:
        """Makes all probes, and removes what they have made."""
        began = time.monotonic()
        self._emit([self._first()])
        left: tuple[str, ...] = ()
        try:
            self._ground.open()
            self._tell_who_is_missing()
            for tasks in self._waves():
                self._do(tasks)
        finally:
            self._caller.halted = False
            left = tuple(map(self._redactor.text, self._ground.clean_up()))
            self._caller.close()
        duration = (time.monotonic() - began) * 1000
        calls, remarks = self._caller.calls, tuple(self._remarks)
        self._emit([AccessProbed(**self._now(), probes=calls, duration_ms=duration, remarks=remarks + left)])
        return Checked(
            cells=tuple(self._cells.values()),
            breaches=tuple(self._breaches),
            remarks=remarks,
            left=left,
            probes=calls,
            duration_ms=duration,
        )

    def _tell_who_is_missing(self) -> None:
        for role in self._matrix.roles:
            for reason in self._ground.people.kept_away(role).values():
                self._remark(f"nothing was tried as one of the role {role}: {reason}")

    def _first(self) -> AccessStarted:
        roles, draft, file = self._matrix.roles, self._matrix.draft, self._file
        return AccessStarted(**self._now(), roles=roles, cells=self._planned(), draft=draft, matrix=file)

    def _planned(self) -> tuple[tuple[str, str], ...]:
        return tuple((endpoint.name, role) for endpoint in self._matrix.endpoints for role in endpoint.expected)

    def _waves(self) -> Iterator[list[Task]]:
        """First all tasks that only read, then those that write."""
        kinds = probes()
        for writes in (False, True):
            if writes and not self._writes:
                self._remark("nothing was written: safety.allow_writes does not name this host")
                return
            made = [kind(self._ground) for kind in kinds if kind.writes is writes]
            yield [task for one in made for task in one.tasks() if self._wanted(task)]

    def _do(self, tasks: list[Task]) -> None:
        with ThreadPoolExecutor(self._matrix.parallel, thread_name_prefix="stormwalk-access") as pool:
            running = {pool.submit(task.run): task for task in tasks}
            try:
                for done in as_completed(running):
                    task, error = running[done], done.exception()
                    self._take(self._broken(task, error) if error else done.result())
            except BaseException:  # Ctrl-C too: what has not begun is not begun, what runs is let go at its next call
                pool.shutdown(wait=False, cancel_futures=True)
                self._caller.halted = True
                raise

    def _take(self, outcome: Outcome) -> None:
        whole = [if_whole(cell, self._ground.people.kept_away(cell.role)) for cell in outcome.cells]
        cells = [hidden(cell, self._redactor.text) for cell in whole]
        events: list[Event] = [AccessCellJudged(**self._now(), cell=cell) for cell in cells]
        breaches = [
            AccessBreached(**self._now(), breach=hidden(breach, self._redactor.text)) for breach in outcome.breaches
        ]
        self._cells |= {(cell.endpoint, cell.role): cell for cell in cells}
        self._breaches += breaches
        for remark in outcome.remarks:
            self._remark(remark)
        if events or breaches:
            self._emit([*events, *breaches])

    def _broken(self, task: Task, error: BaseException) -> Outcome:
        """A probe that broke is told of, and what it should have judged stays open: an answer may be hostile."""
        reason = self._redactor.text(f"the probe of {task.endpoint} broke: {type(error).__name__}: {error}")
        endpoint = self._matrix.endpoint(task.endpoint)
        roles = endpoint.expected if endpoint and task.judges else ()
        cells = tuple(unknown_cell(endpoint, role, reason) for role in roles) if endpoint else ()
        return Outcome(cells=cells, remarks=(reason,))

    def _remark(self, remark: str) -> None:
        self._remarks[self._redactor.text(remark)] = None

    def _now(self) -> dict[str, Any]:
        return {"at": time.time(), "worker": self._worker}


def expect_answers(checked: Checked) -> None:
    """Raises ApplicationStoppedAnswering where nothing at all could be judged."""
    silent = [one for one in checked.cells if one.observed in ("no answer", "not tried")]
    if checked.cells and len(silent) == len(checked.cells):
        raise ApplicationStoppedAnswering(
            f"the access check judged nothing: {silent[0].reason}; see whether the application still runs"
        )


def chosen(endpoints: Iterable[str], rules: Iterable[str]) -> Wanted:
    """Only tasks that can find one of these rules at one of these endpoints (all endpoints where none is named)."""
    places, names = frozenset(endpoints), frozenset(rules)
    return lambda task: (not places or task.endpoint in ("", *places)) and bool(names & set(task.rules))
