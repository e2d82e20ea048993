"""The run that a pytest session is: hosted by the main process, joined by workers, and ended by both."""

from __future__ import annotations

from typing import Any

import pytest

from stormwalk.beside import Beside
from stormwalk.config import load_project
from stormwalk.dashboards import Summoned
from stormwalk.environment import command_line
from stormwalk.fixtures import WORKBENCH
from stormwalk.host import HOST, Ending, Host, Ticket
from stormwalk.interrupts import Interrupts
from stormwalk.options import Settings
from stormwalk.progress import Progress
from stormwalk.terminal import show_steps
from stormwalk.workbench import Workbench

ENDING = pytest.StashKey[Ending]()
PROGRESS = pytest.StashKey[Progress]()
WALKED = pytest.StashKey[bool]()
"""There once a journey has begun in this process."""
_BESIDE = pytest.StashKey[Beside]()
_SHOWING = ("collectonly", "showfixtures", "show_fixtures_per_test", "setupplan", "setuponly")


def only_shows(config: pytest.Config) -> bool:
    """Whether pytest was asked what there is, and will run no test."""
    return any(config.getoption(name, False) for name in _SHOWING)


def begin_run(config: Any, settings: Settings) -> None:
    """Starts what a run needs, or joins the run whose worker this is. Raises StormwalkError when there can be none."""
    config.pluginmanager.register(_StopInGoodOrder(config), "stormwalk-stop")
    if hasattr(config, "workerinput"):
        _join(config, settings)
    else:
        _host(config, settings)


def _host(config: pytest.Config, settings: Settings) -> None:
    workers = config.getoption("numprocesses", None) or 1
    host = config.stash[HOST] = Host(settings, command_line(), workers)
    config.add_cleanup(host.close)
    config.stash[_BESIDE] = Beside()
    config.pluginmanager.register(config.stash[_BESIDE])
    wants_dashboard = config.getoption("stormwalk_dashboard", False)
    dashboard = Summoned(settings.root, settings.store_url) if wants_dashboard else None
    ticket = host.start()
    config.option.base_url = ticket.base_url
    if getattr(config.option, "maxschedchunk", 0) is None:
        # xdist hands out a quarter of all items at first, and a journey takes long: one after another, nobody idles.
        config.option.maxschedchunk = 1
    if workers == 1 and config.getoption("dist", "no") == "no":
        config.stash[WORKBENCH] = Workbench(settings, host.project, ticket, "main")
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if dashboard is not None and reporter is not None:
        reporter.write_line(dashboard.told())
    if reporter is not None and config.get_verbosity() >= 0:
        config.stash[PROGRESS] = show_steps(reporter, settings.store_url, host.run_id, workers=workers)


def _join(config: Any, settings: Settings) -> None:
    ticket = Ticket.unpacked(config.workerinput["stormwalk"])
    config.option.base_url = ticket.base_url
    loaded = load_project(settings.project_file, base_url=settings.base_url)
    config.stash[WORKBENCH] = Workbench(settings, loaded, ticket, config.workerinput["workerid"])


def end_run(session: pytest.Session, exitstatus: int, interrupts: Interrupts) -> None:
    """Ends what this process has of the run; where it hosts the run, writes its end and sets the exit code."""
    config = session.config
    bench, host = config.stash.get(WORKBENCH, None), config.stash.get(HOST, None)
    if bench is not None:
        bench.close()
    if config.stash.get(PROGRESS, None) is not None:
        config.stash[PROGRESS].close()
    if host is None or host.ticket is None:
        return
    # pytest says so too of tests that cannot be read, and of a run that we have ended ourselves.
    stopped = exitstatus == pytest.ExitCode.INTERRUPTED and WALKED in config.stash and not session.shouldstop
    ending = config.stash[ENDING] = host.finish(
        pytest_exit=int(exitstatus),
        interrupted=interrupts.asked > 0 or stopped,
        complaints=bench.complaints if bench is not None else (),
        beside_failed=config.stash[_BESIDE].failed,
    )
    session.exitstatus = ending.exit_code


class _StopInGoodOrder:
    """Lets go by what has not begun when somebody has asked that the run stop.

    An interruption would end the journeys of other workers in the middle.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> bool | None:
        bench = self._config.stash.get(WORKBENCH, None)
        return True if bench is not None and bench.helm.stopping else None
