"""Storms that somebody steers while they blow: what is asked is done by every worker, told, and counts for nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chaos.carry import LIFTED
from chaos.steering import Steering
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import ControlTaken, Event, StepFinished, StepStarted
from stormwalk.model import Run, Status
from stormwalk.screencast import LOOK_EVERY_S
from stormwalk.store import Store
from stormwalk.storm_events import ExperimentEnded, FaultApplied
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import StormJudgement
from tests.chaos.harbour import Harbour, StormProject
from tests.chaos.storming import plan_of

REFUSED = "http @ POST /api/orders"
DEVIATES = "lost-reply @ POST /api/orders"
_UNTIL_IT_IS_HELD_S = 2.0
WAITS = '''
GATE = """async () => {
  while (!(await (await fetch('/api/gate')).json()).open) await new Promise(go => setTimeout(go, 50))
}"""

class Pier(Quay):
    @step("Wait at the gate")
    def wait(self): self.page.evaluate(GATE)

    @step("Wait for what is held")
    def hold(self): self.page.evaluate("fetch('/api/held').then(one => one.text())")

'''
BUYS = """
def test_buys(walk_as):
    quay = Pier(walk_as("sam").page)
    quay.visit()
    if WHERE: quay.wait()
    quay.buy()
"""
LOOKS = """
def test_looks(walk_as):
    quay = Pier(walk_as("sam").page)
    quay.visit()
    if IN_STORMS: quay.wait()
""".replace("IN_STORMS", '"control" not in os.environ["PYTEST_CURRENT_TEST"]')
HOLDS = """
def test_holds(walk_as):
    quay = Pier(walk_as("sam").page)
    quay.visit()
    quay.hold()
    quay.buy()
"""
IN_STORMS = '"control" not in os.environ["PYTEST_CURRENT_TEST"]'


class Watch:
    """A run that is under way, and its store."""

    def __init__(self, process: subprocess.Popen[str], store: Store, run_id: str) -> None:
        self.process = process
        self.store = store
        self.run_id = run_id

    @property
    def events(self) -> list[Event]:
        return [one.event for one in self.store.follow(self.run_id)]

    def until(self, true: Callable[[list[Event]], bool]) -> None:
        end = time.monotonic() + 60
        while not true(self.events):
            assert time.monotonic() < end
            assert self.process.poll() is None, self.process.communicate()[0]
            time.sleep(0.05)

    def stands_at(self, step: str, workers: int = 1) -> None:
        """Waits until so many workers have begun a step, and none has ended it."""
        self.until(lambda events: len({one.worker for one in events if _begins(one, step)}) == workers)

    def ask(self, kind: ControlKind, rule: str = "", workers: int = 1) -> None:
        """Asks for something, and waits until every worker has taken it up."""
        asked = self.store.ask(self.run_id, ControlRequest(kind=kind, at=time.time(), by="sam", rule=rule))
        self.until(
            lambda events: (
                len({one.worker for one in events if isinstance(one, ControlTaken) and one.request == asked}) == workers
            )
        )

    def ended(self) -> tuple[int, str]:
        said = self.process.communicate(timeout=100)[0]
        return self.process.returncode, said


def _begins(event: Event, step: str) -> bool:
    return isinstance(event, StepStarted) and event.name == step


@contextmanager
def running(project: StormProject, *arguments: str) -> Iterator[Watch]:
    process = project.start("journeys", *arguments)
    try:
        with Store.open(_store(project)) as store:
            yield Watch(process, store, _run_id(store, process))
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _store(project: StormProject) -> Path:
    return project.root / "reports" / "stormwalk.db"


def _run_id(store: Store, process: subprocess.Popen[str]) -> str:
    end = time.monotonic() + 60
    while (run_id := store.latest_run()) is None:
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
    return run_id


def storm(project: StormProject, *arguments: str) -> tuple[str, ...]:
    return ("--chaos-controls", "1", "--chaos-seed", "7", *arguments)


def judged(run: Run) -> StormJudgement:
    assert run.storm is not None
    assert run.storm.judgement is not None
    return run.storm.judgement


def test_a_paused_storm_strikes_nothing_and_the_journey_goes_on(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", IN_STORMS))
    with running(storms, *storm(storms, "--chaos-plan", REFUSED)) as watch:
        watch.stands_at("Wait at the gate")
        watch.ask(ControlKind.PAUSE)
        harbour.answers["/api/gate"] = {"open": True}
        code, said = watch.ended()

    run = storms.runs[-1]
    assert [one.kind for one in run.requests] == [ControlKind.PAUSE]
    assert not any(isinstance(one, FaultApplied) for one in _events(storms))
    assert harbour.orders == 2
    assert judged(run).steered
    assert [one.verdict for one in judged(run).experiments] == [StormVerdict.INCONCLUSIVE]
    assert code == 2
    assert "sam asked to pause the storm" in said
    assert "Rules were switched by hand" in said


def test_what_is_resumed_strikes_again_and_still_counts_for_nothing(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", IN_STORMS))
    with running(storms, *storm(storms, "--chaos-plan", REFUSED)) as watch:
        watch.stands_at("Wait at the gate")
        watch.ask(ControlKind.PAUSE)
        watch.ask(ControlKind.RESUME)
        harbour.answers["/api/gate"] = {"open": True}
        code, said = watch.ended()

    assert any(isinstance(one, FaultApplied) for one in _events(storms))
    judgement = judged(storms.runs[-1])
    assert (judgement.deviated, judgement.findings, judgement.score.score) == ((), (), None)
    assert [one.verdict for one in _events(storms) if isinstance(one, ExperimentEnded)] == [StormVerdict.INCONCLUSIVE]
    assert code == 2
    assert "Inconclusive" in said


def test_a_call_that_is_held_is_let_go_when_its_rule_is_switched_off(storms: StormProject, harbour: Harbour) -> None:
    """In the middle of a step, while the journey waits for nothing else than this call."""
    rule = "hang:10min @ GET /api/held"
    storms.journeys(WAITS + HOLDS)
    with running(storms, *storm(storms, "--chaos-plan", rule)) as watch:
        watch.until(lambda _: len(watch.store.of_kind(watch.run_id, "StormBegan")) == 2)
        watch.until(lambda events: sum(_begins(one, "Wait for what is held") for one in events) == 2)
        time.sleep(_UNTIL_IT_IS_HELD_S)  # nobody is told of a call before it is let go
        watch.ask(ControlKind.RULE_OFF, rule)
        code, _ = watch.ended()

    held = [one for one in _events(storms) if isinstance(one, StepFinished) and one.name == "Wait for what is held"]
    assert [one.status for one in held] == [Status.PASSED, Status.PASSED]
    (struck,) = [one.decision for one in _events(storms) if isinstance(one, FaultApplied)]
    assert struck.reason == LIFTED
    assert harbour.orders == 2
    assert code == 2


def test_a_rule_that_nobody_knows_is_refused_and_steers_nothing(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", "True"))
    with running(storms, *storm(storms, "--chaos-plan", DEVIATES)) as watch:
        watch.stands_at("Wait at the gate")
        request = ControlRequest(kind=ControlKind.RULE_OFF, at=1.0, by="sam", rule="no such rule")
        watch.store.ask(watch.run_id, request)
        watch.until(lambda _: any("no such rule" in one.message for one in storms.runs[-1].notes))
        harbour.answers["/api/gate"] = {"open": True}
        code, _ = watch.ended()

    run = storms.runs[-1]
    assert run.requests == ()
    assert not judged(run).steered
    assert code == 1


def test_all_workers_stop_in_good_order(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    for name, actor in (("one", "sam"), ("two", "kim")):
        storms.journeys(WAITS + LOOKS.replace("sam", actor), f"journeys/test_{name}.py")
    plans = ("--chaos-plan", "latency:5ms @ **", "--chaos-plan", "latency:6ms @ **")
    with running(storms, *storm(storms, "-n", "2", *plans)) as watch:
        watch.stands_at("Wait at the gate", workers=2)
        watch.ask(ControlKind.STOP, workers=2)
        harbour.answers["/api/gate"] = {"open": True}
        code, said = watch.ended()

    run = storms.runs[-1]
    assert (run.stopped, run.interrupted, run.exit_code, code) == (True, False, 2, 2)
    # The control and the experiment that was going on, of each of the two; and all of them to their end.
    assert [one.status for one in run.journeys] == [Status.PASSED] * 4
    assert not judged(run).steered
    assert {one.verdict for one in judged(run).experiments} == {StormVerdict.HELD, StormVerdict.INCONCLUSIVE}
    assert "= 4 passed in " in said
    assert "sam asked to stop the run" in said
    assert (storms.root / "reports" / run.id / "report.html").is_file()


def test_a_run_in_fair_weather_stops_as_well_and_cannot_be_steered(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", "True") + "\ndef test_never(page): raise AssertionError\n")
    with running(storms) as watch:
        watch.stands_at("Wait at the gate")
        watch.store.ask(watch.run_id, ControlRequest(kind=ControlKind.PAUSE, at=1.0, by="sam"))
        watch.ask(ControlKind.STOP)
        harbour.answers["/api/gate"] = {"open": True}
        code, said = watch.ended()

    run = storms.runs[-1]
    assert [one.status for one in run.journeys] == [Status.PASSED]
    assert [one.kind for one in run.requests] == [ControlKind.STOP]
    assert (run.interrupted, code) == (False, 2)
    assert "there is no storm that could be steered" in said


def test_enough_is_enough_whichever_worker_has_seen_it(storms: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", "False"), "journeys/test_one.py")
    storms.journeys(WAITS + BUYS.replace("WHERE", "True").replace("sam", "kim"), "journeys/test_two.py")
    asked = ("-n", "2", "--chaos-stop-after", "1", "--chaos-plan", DEVIATES)
    with running(storms, *storm(storms, *asked)) as watch:
        watch.until(lambda _: len(watch.store.of_kind(watch.run_id, "ExperimentEnded")) == 1)
        harbour.answers["/api/gate"] = {"open": True}
        code, _ = watch.ended()

    skipped = [one for one in judged(storms.runs[-1]).experiments if one.skipped]
    assert [one.reason for one in skipped] == ["stopped: 1 experiment deviated (--chaos-stop-after)"]
    assert code == 1


@pytest.mark.parametrize(("plan", "filmed"), [((), True), (("--chaos-plan", REFUSED), False)])
def test_who_watches_sees_fair_weather_live_and_never_a_measured_storm(
    storms: StormProject, harbour: Harbour, plan: tuple[str, ...], filmed: bool
) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    storms.journeys(WAITS + BUYS.replace("WHERE", "True"))
    with running(storms, *(storm(storms, *plan) if plan else ())) as watch:
        watch.stands_at("Wait at the gate")
        end = time.monotonic() + (30 if filmed else 4 * LOOK_EVERY_S)
        while watch.store.frame(watch.run_id, "main") is None and time.monotonic() < end:
            watch.store.watch(watch.run_id)
            time.sleep(0.1)
        frame = watch.store.frame(watch.run_id, "main")
        harbour.answers["/api/gate"] = {"open": True}
        watch.ended()

        assert (frame is not None) is filmed
        assert frame is None or frame.jpeg.startswith(b"\xff\xd8")
        assert watch.store.frame(watch.run_id, "main") is None  # it goes with the end of the run


def _events(project: StormProject) -> list[Event]:
    with Store.open(_store(project)) as store:
        return [one.event for one in store.follow(project.runs[-1].id)]


# Which rules are meant.


@pytest.fixture
def changes() -> list[bool]:
    return []


@pytest.fixture
def steering(changes: list[bool]) -> Steering:
    return Steering([plan_of("http @ /api/a", "offline")], lambda: changes.append(True))


def asked(kind: ControlKind, rule: str = "") -> ControlRequest:
    return ControlRequest(kind=kind, at=1.0, rule=rule)


@pytest.mark.parametrize("name", ["http:503 @ /api/a", "rule-0", "test/rule-0"])
def test_a_rule_goes_by_its_text_and_by_its_place(steering: Steering, changes: list[bool], name: str) -> None:
    first, second = plan_of("http @ /api/a", "offline").rules
    assert steering.objection(asked(ControlKind.RULE_OFF, name)) == ""
    steering.take(asked(ControlKind.RULE_OFF, name))
    assert (steering.allows("test", first), steering.allows("test", second)) == (False, True)
    assert steering.allows("another", first)
    steering.take(asked(ControlKind.PAUSE))
    steering.take(asked(ControlKind.RULE_ON, name))
    assert (steering.allows("test", first), steering.allows("test", second)) == (False, False)
    steering.take(asked(ControlKind.RESUME))
    assert (steering.allows("test", first), steering.allows("test", second)) == (True, True)
    assert (changes, steering.steered) == ([True] * 4, True)


def test_an_unknown_rule_meets_an_objection(steering: Steering) -> None:
    assert "no plan of this run has the rule x" in steering.objection(asked(ControlKind.RULE_OFF, "x"))
    assert steering.objection(asked(ControlKind.PAUSE)) == ""
