"""The options and ini values of the pytest plugin, and what they come to."""

from __future__ import annotations

import os
from argparse import ArgumentError
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from stormwalk.model import RunMode
from stormwalk.store import DEFAULT_URL
from stormwalk.weather import MODE

STORE_VARIABLE = "STORMWALK_STORE"
"""The environment variable that names the store, for machines that share one."""

ACCESS_FIXTURES = frozenset({"access_cell", "access_rule"})
"""Fixtures that make a test an item of the access check."""

_ACCESS = ACCESS_FIXTURES | {"access_checks"}

# Fixtures that bring a browser: in a project that names no folder of journeys, a test with one of them is a journey.
_BROWSER_FIXTURES = frozenset({"page", "context", "new_context", "browser", "visitor", "walk_as"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of the command line; `alias` is what it is called where another plugin has taken its name."""

    name: str
    dest: str
    help: str
    metavar: str = "FILE"
    flag: bool = False

    @property
    def alias(self) -> str:
        return f"--stormwalk-{self.name.removeprefix('--')}"


OPTIONS = (
    Option(name="--project", dest="stormwalk_project", help="the Stormwalk project file (TOML) of the application"),
    Option(name="--browser-path", dest="stormwalk_browser_path", help="the Chromium or Chrome to use, by its file"),
    Option(
        name="--store",
        dest="stormwalk_store",
        metavar="URL",
        help=f"the event store: a file or an SQLAlchemy URL (default {DEFAULT_URL}, or ${STORE_VARIABLE})",
    ),
    Option(
        name="--dashboard",
        dest="stormwalk_dashboard",
        help="say where the dashboard of the store is, and start one where there is none; it outlives the run",
        flag=True,
    ),
    Option(
        name="--baseline",
        dest="stormwalk_baseline",
        help="what `stormwalk history --export-state` wrote: earlier runs, for a machine that starts empty",
    ),
    Option(
        name="--summary",
        dest="stormwalk_summary",
        help="write a summary in Markdown there, too (default: where GitHub says, in $GITHUB_STEP_SUMMARY)",
    ),
    Option(
        name="--single-file",
        dest="stormwalk_single_file",
        help="write the report once more as one HTML file with its pictures in it",
        flag=True,
    ),
)


class Collected(Protocol):
    """A test that pytest has collected, or is about to make items of."""

    @property
    def path(self) -> Path: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a session was asked to do. `root` is the folder that holds `reports/` and `screenshots/`."""

    project_file: Path
    root: Path
    store_url: str
    base_url: str | None
    browser_path: Path | None
    headed: bool
    traced: bool
    own_browser: bool
    mode: RunMode = RunMode.NORMAL
    workers: int = 1
    journey_folders: tuple[Path, ...] = ()
    baseline: Path | None = None
    summary: Path | None = None
    single_file: bool = False

    def is_journey(self, item: Collected) -> bool:
        """Whether a collected test is a journey and so will be recorded.

        What is made of the access check without a browser is none: there is nobody who walks.
        """
        fixtures = frozenset(getattr(item, "fixturenames", ()))
        walks = bool(fixtures & _BROWSER_FIXTURES)
        if fixtures & ACCESS_FIXTURES or ("access_checks" in fixtures and not walks):
            return False
        if self.journey_folders:
            return any(item.path.resolve().is_relative_to(folder) for folder in self.journey_folders)
        return walks

    def is_judged(self, item: Collected) -> bool:
        """Whether what becomes of a test is told in the run: of a journey, and of an item of the access check."""
        return self.is_journey(item) or bool(_ACCESS & frozenset(getattr(item, "fixturenames", ())))


def add_ini(parser: pytest.Parser) -> None:
    """Declares the ini values."""
    parser.addini("stormwalk_project", "the Stormwalk project file, relative to the folder of the ini file")
    parser.addini("stormwalk_journeys", "folders whose tests are journeys (default: tests with a page)", type="paths")


def add_options(parser: pytest.Parser) -> list[str]:
    """Declares the options. Where a name is taken, an alias steps in; returns a line for each that had to."""
    group = parser.getgroup("stormwalk", "Stormwalk")
    stepped_aside = []
    for option in OPTIONS:
        takes = {"action": "store_true"} if option.flag else {"default": None, "metavar": option.metavar}
        declared: Mapping[str, Any] = {"dest": option.dest, "help": option.help, **takes}
        try:
            group.addoption(option.name, option.alias, **declared)
        except (ValueError, ArgumentError):  # taken within a group of this name; taken elsewhere
            group.addoption(option.alias, **declared)
            stepped_aside.append(f"{option.name} belongs to another plugin here; Stormwalk's is {option.alias}")
    return stepped_aside


def settings_of(config: pytest.Config) -> Settings | None:
    """What the session was asked to do; None where no project is named or none of its journeys is meant."""
    project = _project_file(config)
    folders = tuple(Path(folder).resolve() for folder in config.getini("stormwalk_journeys"))
    if folders and not _means_journeys(config, folders):
        if not _is_for_others(config):
            return None
        folders = ()
    if project is None:
        return None
    explicit = config.getoption("stormwalk_browser_path", None)
    return Settings(
        project_file=project,
        root=_root(config),
        store_url=_store_url(config),
        base_url=config.getoption("base_url", None) or None,
        browser_path=Path(explicit) if explicit else None,
        headed=bool(config.getoption("headed", False)),
        traced=config.getoption("tracing", "off") != "off",
        own_browser=_is_own_browser(config),
        mode=config.stash.get(MODE, RunMode.NORMAL),
        workers=_workers(config),
        journey_folders=folders,
        baseline=_file(config, "stormwalk_baseline"),
        summary=_file(config, "stormwalk_summary"),
        single_file=bool(config.getoption("stormwalk_single_file", False)),
    )


def _file(config: pytest.Config, dest: str) -> Path | None:
    """The file that an option names, seen from where pytest was started."""
    given = config.getoption(dest, None)
    return Path(config.invocation_params.dir, given) if given else None


def _workers(config: pytest.Config) -> int:
    inherited = getattr(config, "workerinput", {}).get("workercount")
    return int(inherited or config.getoption("numprocesses", None) or 1)


def _root(config: pytest.Config) -> Path:
    """Where `reports/` and `screenshots/` are: with the ini file, else where pytest was started.

    Only a root that was named is pytest's own: else it lies where the paths of the command line have in common, and
    pytest takes the absolute path of a browser for one of them.
    """
    if config.getoption("rootdir", None):
        return config.rootpath
    # -c /dev/null is no file, and the way to say that there is none.
    return config.inipath.parent if config.inipath and config.inipath.is_file() else config.invocation_params.dir


def _project_file(config: pytest.Config) -> Path | None:
    given = config.getoption("stormwalk_project", None)
    if given:
        return Path(config.invocation_params.dir, given)
    ini = config.getini("stormwalk_project")
    return Path(_root(config), ini) if ini else None


def _means_journeys(config: pytest.Config, folders: tuple[Path, ...]) -> bool:
    """Whether one of the arguments lies in a folder of journeys, or contains one."""
    arguments = [Path(config.invocation_params.dir, str(one).split("::")[0]).resolve() for one in config.args]
    pairs = ((argument, folder) for argument in arguments for folder in folders)
    return any(argument.is_relative_to(folder) or folder.is_relative_to(argument) for argument, folder in pairs)


def _is_for_others(config: pytest.Config) -> bool:
    """Whether a project was named together with tests, which lie in no folder of journeys: then they are its tests."""
    named = config.getoption("stormwalk_project", None)
    return bool(named) and config.args_source is pytest.Config.ArgsSource.ARGS


def _store_url(config: pytest.Config) -> str:
    given = config.getoption("stormwalk_store", None) or os.environ.get(STORE_VARIABLE)
    if not given:
        return str(_root(config) / DEFAULT_URL)
    return given if "://" in given else str(Path(config.invocation_params.dir, given))


def _is_own_browser(config: pytest.Config) -> bool:
    """Whether we choose the browser: not for another engine or a channel, which Playwright finds itself."""
    engines = config.getoption("browser", None) or ["chromium"]
    return engines == ["chromium"] and not config.getoption("browser_channel", None)
