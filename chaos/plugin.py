"""The pytest plugin of storms: `--chaos` walks every journey under a set of plans, with controls between them.

Each journey becomes several items: `test_shopper[lost-reply]`, `test_shopper[control-1]`. It does nothing without
its options, and nothing in a project that names no Stormwalk project file.
"""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from chaos.experiment import base_of
from chaos.items import Experiment, experiments_for
from chaos.judging import judge
from chaos.judging.stored import guards_of, judge_run
from chaos.listing import catalogue, list_lines, plan_lines
from chaos.plan import STANDARD, Plan, plans_for
from chaos.walk import Inconclusive, StormWeather
from stormwalk.config import LOOPBACK, load_project
from stormwalk.errors import StormwalkError, UsageError
from stormwalk.events import Event, JourneyEvent, JourneyFinished
from stormwalk.fixtures import WORKBENCH
from stormwalk.host import COULD_NOT_TEST, HOST
from stormwalk.model import NoteLevel, RunMode
from stormwalk.options import settings_of
from stormwalk.reporting.words import count, duration
from stormwalk.storm_events import StormJudged, StormPlanned
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import ExperimentResult
from stormwalk.weather import MODE
from stormwalk.workbench import Workbench

_PLANS = pytest.StashKey[tuple[Plan, ...]]()
_SEED = pytest.StashKey[str]()
_CRUISE = pytest.StashKey["Cruise"]()
_ITEM = "storm_experiment"
_STORMS_TAKE_LONGER = 1.5


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("chaos", "Stormwalk: storms")
    group.addoption("--chaos", action="store_true", help="walk every journey under the plans of the set `standard`")
    group.addoption(
        "--chaos-plan",
        action="append",
        default=[],
        metavar="PLAN",
        help="a plan, a set, a TOML file or a rule such as 'latency:500ms @ /api/**'; may be repeated; implies --chaos",
    )
    group.addoption("--chaos-seed", metavar="SEED", help="the same seed makes the same storm (default: a new one)")
    group.addoption(
        "--chaos-repeats", type=int, default=0, metavar="N", help="walks under each plan (default: 1; latency: 3)"
    )
    group.addoption(
        "--chaos-controls", type=int, default=3, metavar="N", help="walks without a fault for each journey (3)"
    )
    group.addoption("--chaos-list", action="store_true", help="list faults and plans, and do nothing")
    group.addoption("--chaos-plan-only", action="store_true", help="say what would be done, and do nothing")
    group.addoption(
        "--chaos-stop-after", type=int, default=0, metavar="N", help="stop after N experiments that deviated"
    )
    group.addoption("--fail-under", type=float, metavar="SCORE", help="fail below this resilience score (0 to 100)")
    group.addoption("--i-have-approval", action="store_true", help="storm a host that is not this machine")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """What only tells something needs no journeys."""
    try:
        if config.getoption("chaos_list"):
            print("\n".join(list_lines()))
            return 0
        if config.getoption("chaos_plan_only"):
            print("\n".join(plan_lines(_plans_of(config) or plans_for(STANDARD))))
            return 0
    except StormwalkError as error:
        print(f"stormwalk: {error}")
        return COULD_NOT_TEST
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    try:
        plans = _plans_of(config)
        if not plans:
            return
        config.stash[MODE] = RunMode.CHAOS
        _expect_allowed(config)
    except StormwalkError as error:
        pytest.exit(f"stormwalk: {error}", returncode=COULD_NOT_TEST)
    config.stash[_PLANS] = plans
    config.stash[_SEED] = _seed_of(config)
    if getattr(config.option, "dist", "no") == "load":
        # A journey's controls and storms belong on one worker, or they would not see the same machine.
        config.option.dist = "loadfile"


def _plans_of(config: pytest.Config) -> tuple[Plan, ...]:
    asked = config.getoption("chaos_plan") or ([STANDARD] if config.getoption("chaos") else [])
    found = [plan for one in asked for plan in plans_for(one)]
    return tuple({plan.name: plan for plan in found}.values())


def _seed_of(config: Any) -> str:
    given = getattr(config, "workerinput", {}).get("chaos_seed") or config.getoption("chaos_seed")
    return str(given) if given else secrets.token_hex(4)


def _expect_allowed(config: pytest.Config) -> None:
    """Raises UsageError, before anything is called, for a host that nobody has allowed to be stormed."""
    settings = settings_of(config)
    if settings is None:
        return
    project = load_project(settings.project_file, base_url=settings.base_url)
    if project.base_url is None:
        return  # we start it ourselves, on loopback
    host = urlsplit(project.base_url).hostname or ""
    if not project.safety.allows(project.base_url):
        raise UsageError(f"{host} is not stormed: it is not in safety.allowed_hosts of {project.file}")
    if host not in LOOPBACK and not config.getoption("i_have_approval"):
        raise UsageError(f"{host} is not this machine: storm it only with its owner's consent, and --i-have-approval")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist is about to start a worker."""
    if _SEED in node.config.stash:
        node.workerinput["chaos_seed"] = node.config.stash[_SEED]


def pytest_report_header(config: pytest.Config) -> list[str]:
    plans = config.stash.get(_PLANS, ())
    if not plans:
        return []
    names = ", ".join(plan.name for plan in plans)
    return [f"stormwalk: chaos mode, seed {config.stash[_SEED]}, plans: {names}"]


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    bench = config.stash.get(WORKBENCH, None)
    if bench is not None and _PLANS in config.stash:
        config.stash[_CRUISE] = Cruise(bench, config.stash[_PLANS], config.stash[_SEED], config)


@pytest.fixture(autouse=True)
def storm_experiment(request: pytest.FixtureRequest) -> Experiment | None:
    """The experiment under which a journey is walked; None in fair weather."""
    return getattr(request, "param", None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cruise = metafunc.config.stash.get(_CRUISE, None)
    plans = metafunc.config.stash.get(_PLANS, ())
    if not plans or not _is_journey(metafunc, cruise):
        return
    items = experiments_for(
        plans,
        controls=metafunc.config.getoption("chaos_controls"),
        repeats=metafunc.config.getoption("chaos_repeats"),
    )
    metafunc.parametrize(_ITEM, items, indirect=True, ids=[one.id for one in items], scope="function")


def _is_journey(metafunc: pytest.Metafunc, cruise: Cruise | None) -> bool:
    settings = cruise.bench.settings if cruise else settings_of(metafunc.config)
    return settings is not None and settings.is_journey(_Definition(metafunc))


class _Definition:
    """A test before its items are made, as far as it is asked whether it is a journey."""

    def __init__(self, metafunc: pytest.Metafunc) -> None:
        self.path = metafunc.definition.path
        self.fixturenames = metafunc.fixturenames


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Items of one journey in the order of its experiments, whatever other parameters have made of it."""
    cruise = config.stash.get(_CRUISE, None)
    if cruise is None:
        return
    # In a run of storms only journeys are walked: who may do what is asked in fair weather.
    kept = [item for item in items if _experiment_of(item) is not None]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if _experiment_of(item) is None])
    items[:] = kept
    cruise.plan(items)


def _experiment_of(item: pytest.Item) -> Experiment | None:
    found = getattr(item, "callspec", None)
    experiment = found.params.get(_ITEM) if found else None
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
        cruise.calm()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    cruise = item.config.stash.get(_CRUISE, None)
    if cruise is not None and _experiment_of(item) is not None:
        cruise.expect_worth_walking()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    cruise, experiment = item.config.stash.get(_CRUISE, None), _experiment_of(item)
    if cruise is None or experiment is None or experiment.is_control:
        try:
            return (yield)
        finally:
            if cruise is not None and experiment is not None:
                cruise.calm()
    try:
        yield
    except Exception as error:
        if not cruise.was_walked(error):
            raise
    finally:
        cruise.calm()
    # What a step has raised under a fault is judged, not believed: a safe stop is no failure.
    return cruise.expect_held()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    plans = config.stash.get(_PLANS, ())
    if plans and not hasattr(config, "workerinput"):
        _judge_all(config)


def _judge_all(config: pytest.Config) -> None:
    host = config.stash.get(HOST, None)
    if host is not None and host.ticket is not None:
        judgement = judge_run(host.store, host.run_id, host.project)
        if config.getoption("fail_under") is not None:
            judgement = replace(judgement, fail_under=config.getoption("fail_under"))
        host.store.append(host.run_id, [StormJudged(at=time.time(), judgement=judgement)])


class Cruise:
    """All storms of one process."""

    def __init__(self, bench: Workbench, plans: tuple[Plan, ...], seed: str, config: pytest.Config) -> None:
        self.bench = bench
        self._plans = plans
        self._seed = seed
        self._stop_after = config.getoption("chaos_stop_after")
        self._deviated = 0
        self._guards = tuple(guards_of(bench.project))
        # The events of each walk, by the key of its journey, and which walks are controls of which journey.
        self._events: defaultdict[str, list[Event]] = defaultdict(list)
        self._controls: defaultdict[str, list[str]] = defaultdict(list)
        self._weather = StormWeather(bench, plans, seed)
        bench.weather = self._weather
        bench.listeners.append(self._heard)

    def plan(self, items: Sequence[pytest.Item]) -> None:
        """Says what will be walked. Every worker has collected the same, so one of them speaks."""
        if self.bench.worker not in ("main", "gw0"):
            return
        entries = tuple(plan.entry() for plan in self._plans)
        self.bench.tell(StormPlanned, seed=self._seed, plans=entries, faults=catalogue())
        plans = [plan.name for plan in self._plans]
        names = [base_of(item.nodeid, plans) for item in items]
        walks = f"{count(len(items), 'walk')} of {count(len(set(names)), 'journey')}, controls included"
        self.bench.note(NoteLevel.INFO, f"{walks}; {self._about_how_long(names)}")

    def _about_how_long(self, names: Sequence[str]) -> str:
        """What the journeys have taken before says how long this will take; faults make it longer."""
        known = {name: self.bench.usual_ms(name) for name in set(names)}
        missing = [name for name, took in known.items() if took is None]
        if missing:
            return "how long it takes is not known yet"
        whole = sum(known[name] or 0.0 for name in names) * _STORMS_TAKE_LONGER / self.bench.workers
        return f"about {duration(whole)}"

    def begin(self, experiment: Experiment) -> None:
        """A journey begins under an experiment."""
        recorder = self.bench.recorder
        assert recorder is not None
        if experiment.is_control:
            self._controls[recorder.base_nodeid].append(recorder.key)
        else:
            kept = {recorder.key, *(key for keys in self._controls.values() for key in keys)}
            self._events = defaultdict(list, {key: self._events[key] for key in kept})
        self._weather.begin(recorder, experiment)

    def expect_worth_walking(self) -> None:
        """Skips, with the reason, where the plan has nothing to strike or the storm was stopped."""
        walk = self._weather.walk
        if walk is None or walk.experiment.is_control:
            return
        reason = self._weather.nothing_to_strike(walk)
        if not reason and self._stop_after and self._deviated >= self._stop_after:
            reason = f"stopped: {self._deviated} experiments have deviated (--chaos-stop-after)"
        if reason:
            walk.skip(reason)
            pytest.skip(reason)

    def was_walked(self, error: Exception) -> bool:
        """Whether the error is what a recorded step of this journey has raised, and the application's failure."""
        recorder = self.bench.recorder
        return recorder is not None and recorder.has_told(error)

    def calm(self) -> None:
        """The journey has been walked: no rule is active from here on, and the end state is read."""
        if self._weather.walk is not None:
            self._weather.end()

    def expect_held(self) -> None:
        """Judges the experiment with the controls that there are so far: fails, or raises Inconclusive."""
        __tracebackhide__ = True
        recorder = self.bench.recorder
        assert recorder is not None
        recorder.flush()
        keys = [*self._controls[recorder.base_nodeid], recorder.key]
        planned = StormPlanned(at=0.0, seed=self._seed, plans=tuple(plan.entry() for plan in self._plans))
        # The walk has ended but for its clean-up, which is no matter of the experiment.
        ended = JourneyFinished(at=time.time(), journey=recorder.key, status=recorder.status, duration_ms=0.0)
        events = [planned, *(one for key in keys for one in self._events[key]), ended]
        judgement = judge(events, self.bench.project.storm, self._guards)
        try:
            for result in judgement.experiments:
                self._expect_held(result)
        except BaseException as error:
            recorder.knows(error)
            raise

    def _expect_held(self, result: ExperimentResult) -> None:
        __tracebackhide__ = True
        told = "; ".join(one.words for one in result.troubles[:3]) or result.reason
        if result.verdict.deviated:
            self._deviated += 1
            pytest.fail(f"{result.verdict}: {told}\nreplay: {result.replay}", pytrace=False)
        if result.verdict is StormVerdict.INCONCLUSIVE and not result.skipped:
            raise Inconclusive(f"inconclusive: {result.reason or told}")

    def _heard(self, events: Sequence[Event]) -> None:
        for one in events:
            if isinstance(one, JourneyEvent):
                self._events[one.journey].append(one)
