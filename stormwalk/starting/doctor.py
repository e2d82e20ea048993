"""Looks whether everything is there that a run needs, and says of each what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests

from stormwalk.access.closing import expect_readable
from stormwalk.access.expand import matrix_of
from stormwalk.alerts.channel import channels, destination_of
from stormwalk.api import ApiClient
from stormwalk.api.http_problems import why
from stormwalk.application import Application
from stormwalk.browser import check_launch, find_browser
from stormwalk.config import Actor, Project, load_project
from stormwalk.config.alerts import SECRET_SUFFIX
from stormwalk.errors import StormwalkError, UsageError
from stormwalk.reporting.words import count
from stormwalk.store import Store

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one look: `told` says how it is or, where it is not `good`, what to do. `good` is None for what
    was not asked for, and so is missed by nobody."""

    subject: str
    told: str
    good: bool | None = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Whom the doctor sees: the project file, where its application runs already, and the store."""

    project_file: Path
    store_url: str
    base_url: str | None = None
    environ: Mapping[str, str] | None = None


def looks(patient: Patient) -> Iterator[Finding]:
    """Every look, one after the other; what needs something that is not there is left out."""
    yield _looked("browser", _browser)
    yield _looked("store", lambda: _store(patient.store_url))
    try:
        project = load_project(patient.project_file, patient.environ, base_url=patient.base_url)
    except StormwalkError as problem:
        yield Finding(subject="project file", told=str(problem), good=False)
        return
    people = f"{count(len(project.roles), 'role')}, {count(len(project.actors), 'actor')}"
    yield Finding(subject="project file", told=f"{project.file}: {people}, and every secret that it names is set")
    yield (
        _looked("access matrix", lambda: _matrix(project)) if project.access else _without("access matrix", "[access]")
    )
    yield from webhooks(project, os.environ if patient.environ is None else patient.environ)
    yield from _application(project)


def _looked(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject=subject, told=look())
    except StormwalkError as problem:
        return Finding(subject=subject, told=str(problem), good=False)


def _without(subject: str, key: str) -> Finding:
    return Finding(subject=subject, told=f"not asked for: the project file has no {key}", good=None)


def _browser() -> str:
    found = find_browser(headed=False)
    launched = check_launch(found)
    return f"{found.path} starts{'' if launched.sandbox else ', without its sandbox'}"


def _store(url: str) -> str:
    store = Store.open(url)
    try:
        store.expect_writable()
        return f"{count(len(store.runs()), 'run')} so far"
    finally:
        store.close()


def _matrix(project: Project) -> str:
    matrix = matrix_of(project)
    assert matrix is not None
    expect_readable(matrix, project)
    return f"{count(len(matrix.endpoints), 'endpoint')} for {count(len(matrix.roles), 'role')}"


def webhooks(project: Project, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether a run would find its addresses good; nothing is sent."""
    tables = (project.alerts.normal, project.alerts.chaos)
    named = dict.fromkeys(pair for table in tables for pair in table.items())
    if not named:
        yield _without("webhooks", "[alerts]")
    for channel, variable in named:
        yield _looked(channel, partial(_webhook, project, channel, variable, environ))


def _webhook(project: Project, channel: str, variable: str, environ: Mapping[str, str]) -> str:
    if not environ.get(variable, "").strip():
        raise UsageError(f"set the environment variable {variable} to its address")
    channels()[channel]().check(destination_of(variable, environ, variable + SECRET_SUFFIX))
    return f"{variable} is set; python -m stormwalk alert --test --project {project.file} sends a sample"


def _application(project: Project) -> Iterator[Finding]:
    """The application as a run meets it, and everybody who is to sign in there."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stormwalk-doctor-")))
        try:
            running = stack.enter_context(Application(project, log=folder / "application.log"))
        except StormwalkError as problem:
            yield Finding(subject="application", told=str(problem), good=False)
            return
        how = "answers" if project.base_url else "was started and answers"
        yield Finding(subject="application", told=f"{running.base_url} {how}")
        yield _looked("ready", lambda: _ready(project, running.base_url))
        yield from _people(project, running.base_url)


def _ready(project: Project, base_url: str) -> str:
    """What the project file calls ready must be an answer of the application and no refusal."""
    path = project.application.ready
    session = requests.Session()
    session.trust_env = False
    try:
        answer = session.get(f"{base_url}{path}", timeout=_PATIENCE_S, allow_redirects=False)
    except requests.RequestException as problem:
        within = f"within {_PATIENCE_S:g} s ({why(problem)})"
        raise UsageError(f"{path} gives no answer {within}; see application.ready") from None
    finally:
        session.close()
    if answer.status_code >= 400:
        raise UsageError(
            f"{path} answers {answer.status_code}; name in application.ready what answers when it can be used"
        )
    return f"{path} answers {answer.status_code}{_way_on(answer)}"


def _way_on(answer: requests.Response) -> str:
    """Where a redirect leads. Whoever follows one to another host is no longer where the project file says."""
    if not answer.is_redirect:
        return ""
    here, there = urlsplit(answer.url), urlsplit(urljoin(answer.url, answer.headers["Location"]))
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        host = there.netloc.rpartition("@")[2]
        raise UsageError(
            f"{here.path} leads to {there.scheme}://{host}; name that in application.base_url, and its host "
            "in safety.allowed_hosts; or name in application.ready what answers itself"
        )
    return f" and leads to {there.path}"


def _people(project: Project, base_url: str) -> Iterator[Finding]:
    if not project.safety.allows(base_url):
        told = f"{base_url} is not called: add its host to safety.allowed_hosts of {project.file}"
        yield Finding(subject="API", told=told, good=False)
    elif project.sign_in is None:
        yield _without("API", "[sign_in]")
    else:
        for actor in project.actors.values():
            yield _looked(f"sign-in of {actor.name}", partial(_signs_in, project, base_url, actor))


def _signs_in(project: Project, base_url: str, actor: Actor) -> str:
    client = ApiClient(project, base_url, actor)
    try:
        client.sign_in()
    finally:
        client.close()
    return f"{actor.role}, is let in"
