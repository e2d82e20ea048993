"""The pytest plugin of storms: `--chaos` walks every journey under a set of plans, with controls between them.

Each journey becomes several items: `test_shopper[lost-reply]`, `test_shopper[control-1]`. It does nothing without
its options; with them it refuses a project that names no Stormwalk project file.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import astuple
from functools import partial
from typing import Any, NoReturn

import pytest

from chaos.cruise import Cruise, Inconclusive
from chaos.invocation import invocation_of
from chaos.items import Experiment, experiments_for
from chaos.judging.stored import judge_run
from chaos.listing import list_lines, plan_lines
from chaos.options import (
    add_options,
    expect_allowed,
    expect_fair_weather,
    expect_journeys,
    expect_sense,
    plans_of,
    seed_of,
)
from chaos.plan import STANDARD, Plan, plans_for
from chaos.spreading import LongestFirst
from chaos.whole import walk_whole
from stormwalk.errors import StoreError, StormwalkError
from stormwalk.exit_code import COULD_NOT_TEST
from stormwalk.fixtures import WORKBENCH
from stormwalk.host import HOST, Host
from stormwalk.model import RunMode
from stormwalk.options import ACCESS_FIXTURES, settings_of
from stormwalk.storm_events import StormJudged
from stormwalk.weather import MODE

_PLANS = pytest.StashKey[tuple[Plan, ...]]()
_SEED = pytest.StashKey[str]()
_CRUISE = pytest.StashKey[Cruise]()
_EXPERIMENT = "storm_experiment"
# Who may do what is asked in fair weather, in the API as in the pages.
_ACCESS = ACCESS_FIXTURES | {"access_checks"}
# How xdist spreads items over its workers one by one; with anything else its user has said what belongs together.
_ONE_BY_ONE = ("load", "worksteal", "loadgroup")
_SPREADS = pytest.StashKey[bool]()
_ENDED_BY_SOMEBODY = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)


def pytest_addoption(parser: pytest.Parser) -> None:
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """What only tells something needs no journeys."""
    try:
        if config.getoption("chaos_list"):
            print("\n".join(list_lines()))
            return 0
        if config.getoption("chaos_plan_only"):
            plans = plans_of(config) or plans_for(STANDARD)
            expect_sense(config)
            expect_allowed(config, plans)
            print("\n".join(plan_lines(plans)))
            return 0
    except StormwalkError as error:
        print(f"stormwalk: {error}")
        return COULD_NOT_TEST
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    try:
        plans = plans_of(config)
        if not plans:
            expect_fair_weather(config)
            return
        config.stash[MODE] = RunMode.CHAOS
        expect_sense(config)
        expect_allowed(config, plans)
    except StormwalkError as error:
        _give_up(error)
    config.stash[_PLANS] = plans
    config.stash[_SEED] = seed_of(config)
    if getattr(config.option, "dist", "no") in _ONE_BY_ONE:
        config.stash[_SPREADS] = True
        config.option.dist = "loadfile"  # of `loadgroup`, whose groups stand in the names of items, nothing is left


def _give_up(error: StormwalkError) -> NoReturn:
    pytest.exit(f"stormwalk: {error}", returncode=COULD_NOT_TEST)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist is about to start a worker."""
    if _SEED in node.config.stash:
        node.workerinput["chaos_seed"] = node.config.stash[_SEED]
        node.workerinput["chaos_invocation"] = astuple(invocation_of(node.config))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    host = config.stash.get(HOST, None)
    if host is None or _SPREADS not in config.stash:
        return None
    names = [plan.name for plan in config.stash[_PLANS]]
    return LongestFirst(config, log, names, partial(_usual_ms, host))


def _usual_ms(host: Host, nodeid: str) -> float | None:
    try:
        return host.store.last_passed_ms(host.project.name, nodeid)
    except StoreError:
        return None  # whoever has to write to the store will say so, and better than pytest-xdist's scheduler


def pytest_report_header(config: pytest.Config) -> list[str]:
    plans = config.stash.get(_PLANS, ())
    if not plans:
        return []
    names = ", ".join(plan.name for plan in plans)
    return [f"stormwalk: chaos mode, seed {config.stash[_SEED]}, plans: {names}"]


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    plans = config.stash.get(_PLANS, ())
    try:
        if plans:
            expect_journeys(config)  # not when the session is configured: --help is no session, and asks for nothing
    except StormwalkError as error:
        _give_up(error)
    bench, host = config.stash.get(WORKBENCH, None), config.stash.get(HOST, None)
    if plans and bench is not None:
        stop_after = config.getoption("chaos_stop_after")
        config.stash[_CRUISE] = Cruise(
            bench, plans, config.stash[_SEED], stop_after=stop_after, invocation=invocation_of(config)
        )
    if plans and host is not None:
        host.concluding.append(partial(_judge_all, host))


def _judge_all(host: Host) -> None:
    """The judgement of the run, also of one that was interrupted: what was seen until then stays proven."""
    judgement = judge_run(host.store, host.run_id, host.project)
    host.store.append(host.run_id, [StormJudged(at=time.time(), judgement=judgement)])


@pytest.fixture(autouse=True)
def storm_experiment(request: pytest.FixtureRequest) -> Experiment | None:
    """The experiment under which a journey is walked; None in fair weather."""
    return getattr(request, "param", None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    plans = metafunc.config.stash.get(_PLANS, ())
    if not plans or not _is_journey(metafunc):
        return
    controls, repeats = metafunc.config.getoption("chaos_controls"), metafunc.config.getoption("chaos_repeats")
    items = experiments_for(plans, controls=controls, repeats=repeats)
    metafunc.parametrize(_EXPERIMENT, items, indirect=True, ids=[one.id for one in items], scope="function")


def _is_journey(metafunc: pytest.Metafunc) -> bool:
    settings = settings_of(metafunc.config)
    of_access = _ACCESS.intersection(metafunc.fixturenames)
    return settings is not None and not of_access and settings.is_journey(_Definition(metafunc))


class _Definition:
    """A test before its items are made, as far as it is asked whether it is a journey."""

    def __init__(self, metafunc: pytest.Metafunc) -> None:
        self.path = metafunc.definition.path
        self.fixturenames = metafunc.fixturenames


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out who may do what. Any other test beside the journeys runs as ever."""
    if _PLANS not in config.stash:
        return
    out = [item for item in items if _ACCESS.intersection(getattr(item, "fixturenames", ()))]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]
    cruise = config.stash.get(_CRUISE, None)
    if cruise is not None:
        walks = ((cruise.bench.shown_id(item), _experiment_of(item)) for item in items)
        cruise.plan([(nodeid, experiment) for nodeid, experiment in walks if experiment is not None])


def _experiment_of(item: pytest.Item) -> Experiment | None:
    found = getattr(item, "callspec", None)
    experiment = found.params.get(_EXPERIMENT) if found else None
    return experiment if isinstance(experiment, Experiment) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    cruise, experiment = item.config.stash.get(_CRUISE, None), _experiment_of(item)
    if cruise is None or experiment is None or cruise.bench.recorder is None:
        return (yield)
    cruise.begin(experiment)
    try:
        return (yield)
    finally:
        cruise.calm(walked=False)  # where its call was never reached: else it is calm already


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    # No wrapper: where one skips, those within it have set nothing up, and their tear-down fails.
    cruise = item.config.stash.get(_CRUISE, None)
    if cruise is not None and _experiment_of(item) is not None:
        cruise.expect_worth_walking()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    cruise, experiment = item.config.stash.get(_CRUISE, None), _experiment_of(item)
    if cruise is None or experiment is None:
        return (yield)
    try:
        yield
    except _ENDED_BY_SOMEBODY:
        cruise.calm(walked=False)
        raise
    except Exception as error:
        cruise.calm()
        # What a step has raised under a fault is judged, not believed: a safe stop is no failure.
        if experiment.is_control or not cruise.was_told(error):
            raise
    except BaseException:  # a journey that skips itself, or says that it fails
        cruise.calm()
        raise
    else:
        cruise.calm()
    return None if experiment.is_control else cruise.expect_held()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test without steps of its own is one; what it is told of stays what it was."""
    __tracebackhide__ = True
    cruise = pyfuncitem.config.stash.get(_CRUISE, None)
    if cruise is None or _experiment_of(pyfuncitem) is None:
        return None
    return walk_whole(pyfuncitem) or None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, Inconclusive):
        report.longrepr = str(call.excinfo.value)  # where in our own code that was found out helps nobody
    return report
