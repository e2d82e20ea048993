"""The pytest plugin. It does nothing in a project that names no Stormwalk project file."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Error as PlaywrightError

from stormwalk.access.fixtures import access_cell, access_checks, access_rule, generate, in_good_order, rounds
from stormwalk.attachments import attach
from stormwalk.beside import mark_beside
from stormwalk.config import load_project
from stormwalk.errors import BrowserDoesNotStart, StoreError, StormwalkError
from stormwalk.exit_code import COULD_NOT_TEST
from stormwalk.failures import driver_is_gone
from stormwalk.fixtures import WORKBENCH, Walker, api_as, project, visitor, walk_as
from stormwalk.host import HOST
from stormwalk.hushing import hush
from stormwalk.interrupts import Interrupts
from stormwalk.journey import recorded_by
from stormwalk.mistakes import expect_sense, expect_sense_of_others
from stormwalk.options import ACCESS_FIXTURES, Settings, add_ini, add_options, settings_of
from stormwalk.reporting.words import lines
from stormwalk.session import ENDING, PROGRESS, WALKED, begin_run, end_run, only_shows
from stormwalk.terminal import header, show_ending, status_of

__all__ = ["Walker", "access_cell", "access_checks", "access_rule", "api_as", "project", "rounds", "visitor", "walk_as"]

_SETTINGS = pytest.StashKey[Settings]()
_REFUSED = pytest.StashKey[StormwalkError]()
_INTERRUPTS = pytest.StashKey[Interrupts]()
_STEPPED_ASIDE: list[str] = []
_CANNOT_BEGIN = "stormwalk: "


def pytest_addoption(parser: pytest.Parser) -> None:
    add_ini(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None]:
    yield
    # Only now has every other plugin declared its options, so that ours can step aside for them.
    _STEPPED_ASIDE[:] = add_options(parser)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    try:
        expect_sense(config)
        settings = settings_of(config)
        if settings is not None:
            expect_sense_of_others(config)
    except StormwalkError as error:
        config.stash[_REFUSED] = error
        return
    if settings is not None:
        config.stash[_SETTINGS] = settings
        # Of pytest-playwright's own base_url fixture; whoever tests with it can do nothing about it.
        config.addinivalue_line("filterwarnings", "ignore:Session-scoped fixtures defined as instance methods")
        interrupts = config.stash[_INTERRUPTS] = Interrupts()
        interrupts.install()
        config.add_cleanup(interrupts.uninstall)


def pytest_report_header(config: pytest.Config) -> list[str]:
    host = config.stash.get(HOST, None)
    if host is None or host.ticket is None:
        return []
    return [header(host, host.ticket), *_STEPPED_ASIDE]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if _REFUSED in config.stash:
        _give_up(config.stash[_REFUSED])
    settings = config.stash.get(_SETTINGS, None)
    if settings is None or only_shows(config):
        return
    try:
        begin_run(config, settings)
    except StormwalkError as error:
        _give_up(error)


def _give_up(error: StormwalkError) -> NoReturn:
    pytest.exit(f"{_CANNOT_BEGIN}{lines(str(error), 400)}", returncode=COULD_NOT_TEST)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist is about to start a worker."""
    host = node.config.stash.get(HOST, None)
    if host is not None and host.ticket is not None:
        node.workerinput["stormwalk"] = host.ticket.packed()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    settings = metafunc.config.stash.get(_SETTINGS, None)
    if settings is None or not ACCESS_FIXTURES.intersection(metafunc.fixturenames):
        return
    bench = metafunc.config.stash.get(WORKBENCH, None)
    try:
        generate(metafunc, bench.project if bench else load_project(settings.project_file, base_url=settings.base_url))
    except StormwalkError as error:
        _give_up(error)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    bench = config.stash.get(WORKBENCH, None)
    if bench is not None and hasattr(config, "workerinput"):
        items[:] = in_good_order(items, bench.settings.is_journey)


def pytest_collection_finish(session: pytest.Session) -> None:
    bench = session.config.stash.get(WORKBENCH, None)
    if bench is not None:
        with bench.keeping(session):
            bench.plan(session.items)


@pytest.hookimpl(tryfirst=True)
def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    reason = getattr(excinfo.value, "msg", "")
    if isinstance(excinfo.value, pytest.exit.Exception) and str(reason).startswith(_CANNOT_BEGIN):
        # pytest has said it already, and would say it again as a banner.
        excinfo.value.args = ("nothing was tested; the reason stands above",)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    # Watched rather than overridden: which of two plugins' fixtures wins depends on the order of their loading.
    bench = request.config.stash.get(WORKBENCH, None)
    try:
        value = yield
    except PlaywrightError as error:
        if bench is None or fixturedef.argname != "browser":
            raise
        raise bench.browser_refused(error, request.config, request.session) from None
    if bench is not None and fixturedef.argname == "browser_type_launch_args":
        bench.improve_launch(value)
    elif bench is not None and fixturedef.argname == "browser":
        bench.watch_browser(value)
    return value


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    bench = item.config.stash.get(WORKBENCH, None)
    if bench is None:
        return (yield)
    item.config.stash[_INTERRUPTS].raise_if_asked()
    if bench.helm.stopping or not bench.settings.is_journey(item):
        return (yield)
    item.config.stash[WALKED] = True
    # From the set-up on: the steps of a fixture, such as one that signs in, belong to the journey too.
    recorder = None
    with bench.keeping(item.session):
        recorder = bench.begin(item)
    if recorder is None:
        return True  # nothing can be recorded, and so nothing is walked
    with recorded_by(recorder):
        try:
            return (yield)
        finally:
            with bench.keeping(item.session):
                bench.end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    bench = item.config.stash.get(WORKBENCH, None)
    try:
        return (yield)
    finally:
        if bench is not None and bench.recorder is not None:
            bench.recorder.develop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    bench = item.config.stash.get(WORKBENCH, None)
    if bench is not None and not bench.settings.is_judged(item):
        mark_beside(report)
    if bench is not None and bench.recorder is not None:
        error = call.excinfo.value if call.excinfo else None
        with bench.keeping(item.session):
            if isinstance(error, (StoreError, BrowserDoesNotStart)):
                report.longrepr = f"stormwalk: {error}"  # where in a journey this was found out helps nobody
            if isinstance(error, StoreError):
                raise error
            bench.phase_ended(call.when, report.skipped, error)
        bench.link_artifacts(report.user_properties)
        if call.when == "call":
            attach(item.config, report, bench.pictures)
        # pytest puts the name of the test in front of the line in its summary.
        hush(report, lambda text: lines(bench.redactor.text(text), 900))
    return report


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Generator[None]:
    interrupts = session.config.stash.get(_INTERRUPTS, None)
    if interrupts is None:
        return (yield)
    interrupts.hold()
    try:
        yield
    except Exception as error:
        # Ctrl-C also ends Playwright and its browser, so that the clean-up of their fixtures cannot but fail.
        if exitstatus != pytest.ExitCode.INTERRUPTED and not interrupts.asked and not driver_is_gone(error):
            raise
    finally:
        end_run(session, exitstatus, interrupts)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if ENDING in config.stash:
        show_ending(terminalreporter, config.stash[ENDING], config.invocation_params.dir)


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    return status_of(report) if PROGRESS in config.stash else None
