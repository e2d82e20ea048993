"""The project file: which application is tested, who its actors are, and how long a user waits.

`load_project` reads TOML and gives a frozen `Project`. Whatever is wrong becomes a `ProjectFileError`
with one line for each problem: file, key, what is expected. Durations are milliseconds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PrivateAttr, ValidationError, ValidationInfo, model_validator

from stormwalk.config import access_check
from stormwalk.config import problems as config_problems
from stormwalk.config.access import AccessTable
from stormwalk.config.alerts import AlertsTable
from stormwalk.config.application import ApplicationTable
from stormwalk.config.budgets import BudgetsTable, patience_of
from stormwalk.config.file import read_toml, shown
from stormwalk.config.gate import GateTable
from stormwalk.config.include import included
from stormwalk.config.people import Actor, RoleTable, checked_roles
from stormwalk.config.redaction import RedactionTable
from stormwalk.config.safety import LOOPBACK, SafetyTable
from stormwalk.config.sign_in import SignInTable
from stormwalk.config.storm import StormTable, unknown_roles
from stormwalk.config.tables import Table, below
from stormwalk.config.values import Name, Reading, Text, http_url
from stormwalk.errors import ProjectFileError, UsageError
from stormwalk.redact import DEFAULT, Redactor

__all__ = ["Actor", "Project", "SignInTable", "load_project"]

_ROOT_MARKS = ("pyproject.toml", ".git")


class EvidenceTable(Table):
    """How many runs keep their evidence, and how wide thumbnails are, in pixels."""

    keep_runs: int = Field(default=20, ge=1, strict=True)
    thumbnail_width: int = Field(default=320, ge=64, le=1920, strict=True)


class Project(Table):
    """A validated project file."""

    name: Text
    application: ApplicationTable
    sign_in: SignInTable | None = None
    roles: Annotated[dict[Name, RoleTable], AfterValidator(checked_roles)] = Field(default_factory=dict)
    budgets: BudgetsTable = BudgetsTable()
    safety: SafetyTable = SafetyTable()
    evidence: EvidenceTable = EvidenceTable()
    access: AccessTable | None = None
    storm: StormTable = StormTable()
    gate: GateTable = GateTable()
    alerts: AlertsTable = AlertsTable()
    redaction: RedactionTable = RedactionTable()

    @model_validator(mode="after")
    def _storm_asks_known_roles(self) -> Self:
        problem = unknown_roles(self.storm, (role for role, table in self.roles.items() if table.actors))
        if problem is not None:
            raise problem
        return self

    @model_validator(mode="after")
    def _browser_reaches_the_application(self, info: ValidationInfo) -> Self:
        """Else every journey would fail, as if the application were wrong."""
        given = info.context.base_url if info.context else None
        url = given or self.application.base_url or f"http://{LOOPBACK[0]}"
        if self.safety.only_allowed_hosts and not self.safety.allows(url):
            host = urlsplit(url).hostname
            raise below(("safety", "allowed_hosts"), f'expected "{host}" too, or only_allowed_hosts shuts it out')
        return self

    _path: Path = PrivateAttr(default=Path("project.toml"))
    _access_path: Path = PrivateAttr(default=Path("project.toml"))
    _given_base_url: str | None = PrivateAttr(default=None)
    _made_up: dict[str, str] = PrivateAttr(default_factory=dict)
    _addresses: tuple[str, ...] = PrivateAttr(default=())

    def model_post_init(self, context: Any, /) -> None:
        if isinstance(context, Reading):
            self._path, self._given_base_url = context.path, context.base_url
            self._access_path = context.access_path or context.path
            self._made_up = dict(context.made_up)
            self._addresses = tuple(self.alerts.secrets(context.environ))

    @property
    def path(self) -> Path:
        """The file that this was read from."""
        return self._path

    @property
    def file(self) -> str:
        """The file's name as messages show it."""
        return shown(self._path)

    @property
    def access_path(self) -> Path:
        """The file that holds `[access]`: this one, or the one that it includes."""
        return self._access_path

    @property
    def made_up(self) -> Mapping[str, str]:
        """Variables that were not set and got a random value; an application that we start needs them too."""
        return self._made_up

    @property
    def folder(self) -> Path:
        """Where the application is started, and what `{root}` stands for."""
        home = self._path.resolve().parent
        if self.application.folder is not None:
            return (home / self.application.folder).resolve()
        marked = (one for one in (home, *home.parents) if any((one / mark).exists() for mark in _ROOT_MARKS))
        return next(marked, home)

    @property
    def base_url(self) -> str | None:
        """Where the application runs already: by option, else by the file; None when we are to start it."""
        return self._given_base_url or self.application.base_url

    @property
    def actors(self) -> Mapping[str, Actor]:
        """Every actor by name; names are unique in a project."""
        return {actor.name: actor for actor in self._each_actor()}

    def secrets(self) -> tuple[str, ...]:
        """Every value that must not be seen anywhere."""
        key = self.access.tokens.signing_key if self.access else None
        known = {actor.password.get_secret_value() for actor in self._each_actor()}
        known |= {key.get_secret_value()} if key else set()
        return tuple(sorted(filter(None, {*known, *self._addresses, *self.redaction.secret_values()})))

    def redactor(self) -> Redactor:
        """Hides the secrets of this project, and what its own patterns find, in whatever is kept, shown or sent."""
        return Redactor(self.secrets(), (*DEFAULT, *self.redaction.compiled))

    def _each_actor(self) -> Iterator[Actor]:
        for role, table in self.roles.items():
            for name, one in table.actors.items():
                yield Actor(name=name, role=role, username=one.username, password=one.password)


def load_project(path: Path, environ: Mapping[str, str] | None = None, *, base_url: str | None = None) -> Project:
    """The project that the file describes, secrets taken from the environment.

    `base_url` is what an option said and stands above the file. A random value that the file asks for is put into the
    environment of this process; an `environ` that was given is left as it is, and `Project.made_up` has the value.
    `$STORMWALK_PATIENCE` multiplies the budgets. Raises ProjectFileError, at most five problems and one line each, or
    UsageError for a `base_url` or a patience that is none.
    """
    patience = patience_of(os.environ if environ is None else environ)
    tables, access_path = included(read_toml(path), path)
    reading = Reading(
        environ=os.environ if environ is None else environ,
        path=path,
        base_url=_option(base_url),
        access_path=access_path,
    )
    project, problems = _validated(tables, reading)
    if project is None:
        # Outside of `except`, so that the traceback does not carry the values that pydantic has seen.
        raise ProjectFileError("\n".join(problems))
    if environ is None and not project.base_url:
        os.environ.update(project.made_up)
    return project.model_copy(update={"budgets": project.budgets.times(patience)})


def _validated(tables: Mapping[str, Any], reading: Reading) -> tuple[Project | None, list[str]]:
    """The project, or what is wrong with it."""
    files = {"access": shown(reading.access_path or reading.path)}
    try:
        project = Project.model_validate(tables, context=reading)
    except ValidationError as invalid:
        return None, config_problems.lines(invalid, Project, shown(reading.path), files)
    if project.access is None:
        return project, []
    people = {role: len(table.actors) for role, table in project.roles.items()}
    wrong = [config_problems.at(*one) for one in access_check.problems(project.access, people)]
    return (None, config_problems.first(wrong, files["access"])) if wrong else (project, [])


def _option(base_url: str | None) -> str | None:
    try:
        return http_url(base_url) if base_url else None
    except ValueError as problem:
        raise UsageError(f"--base-url: {problem}") from None
