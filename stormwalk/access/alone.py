"""The access check without pytest and without a browser: a run of its own in the store, with its reports."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stormwalk import reporting
from stormwalk.access.check import AccessCheck, Checked, Wanted, expect_answers
from stormwalk.access.closing import conclude, expect_readable
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import Matrix
from stormwalk.alerts.telling import tell_of
from stormwalk.application import Application
from stormwalk.config import Project, load_project
from stormwalk.environment import environment_of
from stormwalk.errors import StormwalkError, UsageError
from stormwalk.events import Event, NoteTaken, RunFinished, RunStarted
from stormwalk.exit_code import COULD_NOT_TEST, exit_code
from stormwalk.model import NoteLevel, Run, RunMode
from stormwalk.naming import new_run_id
from stormwalk.options import STORE_VARIABLE
from stormwalk.reading import read_run
from stormwalk.redact import Redactor
from stormwalk.store import DEFAULT_URL, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the project lies and what is written where."""

    project: Path
    root: Path
    store_url: str
    base_url: str | None

    @classmethod
    def of(cls, project: Path, root: Path, store: str | None, base_url: str | None) -> Place:
        return cls(
            project=project,
            root=root,
            store_url=store or os.environ.get(STORE_VARIABLE) or str(root / DEFAULT_URL),
            base_url=base_url,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An application that answers, and what is to be held against it."""

    project: Project
    matrix: Matrix
    base_url: str
    redactor: Redactor


@contextmanager
def application(place: Place, log: Path) -> Iterator[Running]:
    """Starts the application where the project says how, else looks whether it answers. Raises StormwalkError."""
    project = load_project(place.project, base_url=place.base_url)
    matrix = matrix_of(project)
    if matrix is None:
        raise UsageError(f"{project.file} has no [access]; begin with: python -m stormwalk access draft")
    if project.base_url is not None and not project.safety.allows(project.base_url):
        host = urlsplit(project.base_url).hostname  # refused before anything is asked of it
        raise UsageError(f"{host} is not probed: it is not in safety.allowed_hosts of {project.file}")
    redactor = project.redactor()
    with Application(project, log=log, redact=redactor.text) as running:
        yield Running(project=project, matrix=matrix, base_url=running.base_url, redactor=redactor)


def check(
    place: Place, command: str, *, progress: Callable[[Event], None], say: Callable[[str], None] = print
) -> tuple[Run, Path, int]:
    """Checks everything, as a run of its own: the run, its report, and its exit code. Raises StormwalkError.

    After Ctrl-C it gives the same, of what was checked until then. `say` gets what is to be said about telling people.
    """
    run_id = new_run_id()
    log = place.root / "reports" / run_id / "application.log"
    with Store.open(place.store_url) as store, application(place, log) as running:

        def emit(events: Sequence[Event]) -> None:
            store.append(run_id, events)
            for event in events:
                progress(event)

        expect_readable(running.matrix, running.project)
        emit([_first(running, command, place.root)])
        try:
            checked = AccessCheck(
                running.project, running.matrix, running.base_url, emit=emit, redactor=running.redactor
            ).run()
            expect_answers(checked)
            concluded = conclude(store, read_run(store, run_id), running.project)
            emit([concluded] if concluded else [])
        except KeyboardInterrupt as problem:
            _break_off(store, run_id, problem, running.redactor)
            run = read_run(store, run_id)
            return run, reporting.write_reports(store, run, root=place.root).html, COULD_NOT_TEST
        except BaseException as problem:
            _break_off(store, run_id, problem, running.redactor)
            raise
        run, report, code = _ended(store, run_id, place.root)
        for line in tell_of(run, running.project, store, place.root):
            say(f"alerts: {line}")
        return run, report, code


def _break_off(store: Store, run_id: str, problem: BaseException, redactor: Redactor) -> None:
    """Ends a run that could not be made to its end, so that it does not stay a run that goes on for ever."""
    interrupted = isinstance(problem, KeyboardInterrupt)
    message = "" if interrupted else redactor.text(str(problem)) or type(problem).__name__
    note = [NoteTaken(at=time.time(), level=NoteLevel.ERROR, message=message)] if message else []
    last = RunFinished(at=time.time(), exit_code=COULD_NOT_TEST, interrupted=interrupted)
    with suppress(StormwalkError):  # the store may be what broke it off
        store.append(run_id, [*note, last])
        store.summarise(read_run(store, run_id))


def probe(running: Running, wanted: Wanted) -> Checked:
    """Only some of the probes, and nothing is kept."""
    return AccessCheck(
        running.project, running.matrix, running.base_url, redactor=running.redactor, wanted=wanted
    ).run()


def _first(running: Running, command: str, root: Path) -> RunStarted:
    return RunStarted(
        at=time.time(),
        project=running.project.name,
        mode=RunMode.NORMAL,
        base_url=running.redactor.url(running.base_url),
        environment=environment_of(root, running.redactor.text(command), browser="none"),
    )


def _ended(store: Store, run_id: str, root: Path) -> tuple[Run, Path, int]:
    code = exit_code(read_run(store, run_id), pytest_exit=0, interrupted=False)
    store.append(run_id, [RunFinished(at=time.time(), exit_code=code)])
    run = read_run(store, run_id)
    store.summarise(run)
    return run, reporting.write_reports(store, run, root=root).html, code
