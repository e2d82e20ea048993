"""The part of a run that there is once: the application, the browser that was found, the first and the last event."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import pytest

from stormwalk import reporting
from stormwalk.access.closing import conclude
from stormwalk.alerts.state import WithBaseline
from stormwalk.alerts.telling import tell_of
from stormwalk.application import Application
from stormwalk.browser import check_launch, find_browser, has_display, wants_sandbox
from stormwalk.config import Project, load_project
from stormwalk.environment import browser_version, environment_of
from stormwalk.errors import StoreError, StormwalkError, UsageError
from stormwalk.events import GateJudged, NoteTaken, RunFinished, RunStarted
from stormwalk.exit_code import COULD_NOT_TEST, PASSED, exit_code
from stormwalk.gate.judging import gate_of
from stormwalk.history import leading_to
from stormwalk.history.state import State, read_state
from stormwalk.model import NoteLevel, Run
from stormwalk.naming import new_run_id
from stormwalk.options import Settings
from stormwalk.reading import read_run
from stormwalk.reporting.ci import write_summary
from stormwalk.retention import forget_old_runs, forget_orphans
from stormwalk.store import Store

T = TypeVar("T")

HOST = pytest.StashKey["Host"]()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What every process of a run needs to know; it travels to the workers as plain values."""

    run_id: str
    base_url: str
    browser_path: str
    sandbox: bool

    def packed(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def unpacked(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: its exit code, what it was (None when the store could not tell), and where its report is.

    `alerts` is what is to be said about telling people of it; nothing in there is about the run itself.
    """

    exit_code: int
    run: Run | None
    report: Path | None
    complaints: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()


class Host:
    """Starts what a run needs and ends it again. Raises StormwalkError from `start` when there can be no run."""

    def __init__(self, settings: Settings, command: str, workers: int) -> None:
        self.project: Project = load_project(settings.project_file, base_url=settings.base_url)
        self.run_id = new_run_id()
        self._settings = settings
        self._command = command
        self._workers = workers
        self._redactor = self.project.redactor()
        self._state: State | None = read_state(settings.baseline, self.project.name) if settings.baseline else None
        self._keep = self.project.evidence.keep_runs
        self.store = Store.open(settings.store_url)
        log = settings.root / "reports" / self.run_id / "application.log"
        self._application = Application(self.project, log=log, redact=self._redactor.text)
        self.ticket: Ticket | None = None
        # What others add to the run before its last event; what they raise is a complaint.
        self.concluding: list[Callable[[], None]] = [self._conclude_access]

    def start(self) -> Ticket:
        """Finds the browser, starts the application, and writes the first event."""
        # Here, and not at the end: runs that never begin leave something too.
        with suppress(StoreError):  # the default store, when another one is used
            forget_orphans(self.store, self._settings.root, keep=self._keep)
        browser_path, sandbox, refusal = self._find_browser()
        self._application.start()
        self.ticket = Ticket(
            run_id=self.run_id, base_url=self._application.base_url, browser_path=browser_path, sandbox=sandbox
        )
        self.store.append(self.run_id, [self._first_event(browser_path)])
        if refusal:
            self.note(
                NoteLevel.WARNING, f"the browser runs without its sandbox, since the system refuses it: {refusal}"
            )
        return self.ticket

    def note(self, level: NoteLevel, message: str) -> None:
        """Writes down something that belongs to the whole run."""
        shown = self._redactor.text(message)
        self.store.append(self.run_id, [NoteTaken(at=time.time(), level=level, message=shown)])

    def finish(
        self, *, pytest_exit: int, interrupted: bool, complaints: Iterable[str] = (), beside_failed: bool = True
    ) -> Ending:
        """Ends the application, writes the last event, the summary and the reports, and removes what is too old.

        `beside_failed` says that a test that is no journey failed.
        """
        self._application.stop()
        said = dict.fromkeys(complaints)  # what is wrong with the disk would be said by everybody who meets it
        for complaint in tuple(said):
            self._try(said, partial(self.note, NoteLevel.ERROR, complaint))
        for conclude_part in self.concluding:
            self._try(said, conclude_part)
        self._try(said, partial(self._conclude_gate, interrupted))
        run = self._try(said, lambda: self._ended(pytest_exit, interrupted, bool(said), beside_failed))
        if run is None:
            return Ending(COULD_NOT_TEST, None, None, tuple(said))
        self._try(said, partial(self._write_end, run))
        before = len(said)
        self._try(said, partial(self._report, run))
        self._try(said, partial(write_summary, run, self._settings.summary, os.environ))
        self._try(said, partial(forget_old_runs, self.store, self._settings.root, self.project.name, keep=self._keep))
        if late := tuple(said)[before:]:
            run = replace(run, exit_code=run.exit_code or COULD_NOT_TEST)
            self._try(said, partial(self._write_end, run, late))
        previous = WithBaseline(self.store, self._state)
        told = tell_of(run, self.project, self.store, self._settings.root, previous)
        return Ending(_code_of(run, said), run, self._report_of(run), tuple(said), tuple(told))

    def _report(self, run: Run) -> None:
        reporting.write_reports(
            self.store,
            run,
            root=self._settings.root,
            earlier=leading_to(self.store, run),
            single_file=self._settings.single_file,
        )

    def _report_of(self, run: Run) -> Path | None:
        """The report, if that one at least could be written."""
        report = reporting.formats()["html"]().path(run, self._settings.root)
        return report if report.is_file() else None

    def _conclude_access(self) -> None:
        concluded = conclude(self.store, read_run(self.store, self.run_id), self.project)
        if concluded is not None:
            self.store.append(self.run_id, [concluded])

    def _conclude_gate(self, interrupted: bool) -> None:
        """Last of all: the rules speak of what everybody else has concluded."""
        if self.project.gate.is_on:
            run = replace(read_run(self.store, self.run_id), interrupted=interrupted)
            result = gate_of(self.store, run, self.project.gate, self._state)
            if result is not None:
                self.store.append(self.run_id, [GateJudged(at=time.time(), result=result)])

    def _ended(self, pytest_exit: int, interrupted: bool, complained: bool, beside_failed: bool) -> Run:
        """The run as it is now that it has ended; what was found stays found, whatever else went wrong."""
        run = read_run(self.store, self.run_id)
        code = exit_code(run, pytest_exit=pytest_exit, interrupted=interrupted, beside_failed=beside_failed)
        if complained and code == PASSED:
            code = COULD_NOT_TEST
        return replace(run, finished_at=time.time(), exit_code=code, interrupted=interrupted)

    def _write_end(self, run: Run, complaints: Iterable[str] = ()) -> None:
        """Appends the last event, after notes of what went wrong in the very end, and summarises the run."""
        at, code = run.finished_at or time.time(), run.exit_code or PASSED
        notes = [NoteTaken(at=at, level=NoteLevel.ERROR, message=complaint) for complaint in complaints]
        self.store.append(self.run_id, [*notes, RunFinished(at=at, exit_code=code, interrupted=run.interrupted)])
        self.store.summarise(run)

    def _try(self, said: dict[str, None], work: Callable[[], T]) -> T | None:
        """What `work` gives; None, and one complaint more, where it cannot be done: the rest is done all the same."""
        try:
            return work()
        except StormwalkError as error:
            said[self._redactor.text(str(error))] = None
            return None

    def close(self) -> None:
        """Leaves nothing running, however the session ended."""
        self._application.stop()
        self.store.close()

    def _find_browser(self) -> tuple[str, bool, str | None]:
        if not self._settings.own_browser:
            return "", wants_sandbox(), None
        if self._settings.headed and not has_display():
            raise UsageError("--headed needs a display, and there is none; leave it out, or use: xvfb-run -a COMMAND")
        browser = find_browser(headed=self._settings.headed, explicit=self._settings.browser_path)
        if not wants_sandbox():
            return str(browser.path), False, None
        check = check_launch(browser)
        return str(browser.path), check.sandbox, check.sandbox_refusal

    def _first_event(self, browser_path: str) -> RunStarted:
        return RunStarted(
            at=time.time(),
            project=self.project.name,
            mode=self._settings.mode,
            base_url=self._redactor.url(self._application.base_url),
            workers=self._workers,
            environment=environment_of(
                self._settings.root,
                self._redactor.text(self._command),
                browser=browser_version(browser_path),
            ),
        )


def _code_of(run: Run, complaints: Collection[str]) -> int:
    return run.exit_code or (COULD_NOT_TEST if complaints else PASSED)
