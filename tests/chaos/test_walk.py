"""Whole walks in a storm: what is struck and what is spared, what is bought, what the pictures say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from stormwalk.model import Journey, Status
from stormwalk.observations import Moment
from stormwalk.store import Store
from stormwalk.storm import FaultDecision
from stormwalk.storm_events import FaultApplied, ObjectsCounted, StepHealed
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import ExperimentResult
from tests.chaos.harbour import Harbour, StormProject

LOST = "lost-reply @ /api/orders"
BUYS = """
def test_{name}(walk_as):
    quay = Quay(walk_as("sam").page)
    quay.visit("{how}")
    quay.{buy}()
"""


def journeys(**pages: str) -> str:
    return "".join(
        BUYS.format(name=name, how=how.rstrip("+"), buy="buy_again" if how.endswith("+") else "buy")
        for name, how in pages.items()
    )


def results(project: StormProject) -> dict[str, ExperimentResult]:
    """What each journey came to, by the name of its test."""
    storm = project.runs[-1].storm
    assert storm is not None
    assert storm.judgement is not None
    return {re.sub(r".*::test_(\w+).*", r"\1", one.journey): one for one in storm.judgement.experiments}


def walks(project: StormProject) -> dict[str, Journey]:
    """The walks under the plan, by the name of their test."""
    found = {one.nodeid: one for one in project.runs[-1].journeys if "[control" not in one.nodeid}
    return {re.sub(r".*::test_(\w+).*", r"\1", nodeid): one for nodeid, one in found.items()}


def told(project: StormProject, kind: type) -> Iterator[object]:
    with Store.open(project.root / "reports" / "stormwalk.db") as store:
        yield from (one.event for one in store.follow(project.runs[-1].id) if isinstance(one.event, kind))


def decisions(project: StormProject) -> list[FaultDecision]:
    return [one.decision for one in told(project, FaultApplied) if isinstance(one, FaultApplied)]


NOTES = """
@pytest.fixture(autouse=True)
def notes(monkeypatch):
    from stormwalk.evidence import EvidenceKeeper
    keep = EvidenceKeeper.keep_picture
    def kept(self, jpeg, caption):
        if caption.note: print("note:", caption.moment.value, "|", caption.note)
        keep(self, jpeg, caption)
    monkeypatch.setattr(EvidenceKeeper, "keep_picture", kept)
"""


def test_what_is_bought_and_pictured_when_the_answer_is_lost(storms: StormProject, harbour: Harbour) -> None:
    """One order for each control and each walk; a page that tries again has bought twice, and it is told so."""
    pages = journeys(retry="retry", plain="plain", asks="asks", again="again+", reload="reload", alone="alone")
    storms.journeys(pages + NOTES)
    result = storms.storm("-s", "--chaos-plan", LOST)
    said = result.stdout.str()

    healed = {one.journey: one for one in told(storms, StepHealed) if isinstance(one, StepHealed)}
    rungs = {re.sub(r".*test_(\w+?)-lost.*", r"\1", key): one.rung for key, one in healed.items()}
    assert rungs == {
        "plain": Recovery.NOT_RECOVERED,
        "retry": Recovery.RETRY,
        "asks": Recovery.RETRY,
        "again": Recovery.RETRY,
        "reload": Recovery.RELOAD,
        "alone": Recovery.ALONE,
    }
    assert harbour.orders == 6 + 6 + 3
    twice = {name for name, one in results(storms).items() if "duplicate-order" in {t.sign for t in one.troubles}}
    assert twice == {"retry", "asks", "again"}
    assert result.ret == 1
    assert "Duplicate order" in said
    assert_pictures(storms, said)
    counted = [one for one in told(storms, ObjectsCounted) if isinstance(one, ObjectsCounted)]
    of_retry = [one for one in counted if "test_retry-lost" in one.journey]
    assert [(one.step, len(one.ids), one.amounts) for one in of_retry] == [(2, 1, (100,)), (0, 3, (100, 100, 100))]


def assert_pictures(project: StormProject, said: str) -> None:
    """Before, at the worst moment and after recovery, each with what was done; the report shows them."""
    taken = {name: {e.moment: e for e in walk.steps[-1].evidence} for name, walk in walks(project).items()}
    of_retry = [one for one in taken["retry"].values() if one.moment.of_storm]
    assert {one.moment for one in of_retry} == {Moment.BEFORE_FAULT, Moment.WORST, Moment.RECOVERED}
    assert not {Moment.RECOVERED} & set(taken["plain"])
    assert f"note: {Moment.BEFORE_FAULT.value} | {LOST} is about to strike" in said
    struck = r"lost-reply on POST /api/orders, \d+\.\d s ago"
    assert re.search(rf"note: {Moment.WORST.value} \| {struck}", said)
    assert re.search(rf"note: {Moment.RECOVERED.value} \| recovered \(retry\) in \d+\.\d s, after {struck}", said)
    report = (project.root / "reports" / project.runs[-1].id / "chaos.html").read_text(encoding="utf-8")
    for one in of_retry:
        assert (project.root / one.path).is_file()
    assert "-before-fault.jpg" in report
    assert "-worst.jpg" in report or "-recovered.jpg" in report


def test_steps_are_struck_and_what_is_between_them_is_not(storms: StormProject, harbour: Harbour) -> None:
    storms.journeys("""
class Desk(Quay):
    @step("Ask beside the page")
    def ask(self, api):
        api.get("/stock")
        self.page.evaluate("fetch('/api/shelf').then(one => one.text())")

    @step("Ask for long")
    def ask_for_long(self, api):
        self.page.evaluate("asked = performance.now(); fetch('/api/shelf').then(() => came = performance.now()); 0")
        api.get("/slow?seconds=3")
        took = self.page.evaluate("came - asked")
        assert 0 < took < 2_900, took

    @step("Fail before anything is struck")
    def fail(self):
        expect(self.page.get_by_role("heading", name="Nowhere")).to_be_visible(timeout=100)

class Phone:
    @step("Ask by phone")
    def ask(self, api): api.get("/phone")

def test_prepares(walk_as):
    sam = walk_as("sam")
    sam.api.get("/basket")
    desk = Desk(sam.page)
    desk.visit()
    desk.ask(sam.api)
    Phone().ask(sam.api)
    sam.api.get("/basket")

def test_busy(walk_as):
    sam = walk_as("sam")
    desk = Desk(sam.page)
    desk.visit()
    desk.ask_for_long(sam.api)

def test_cleans_up(walk_as):
    sam = walk_as("sam")
    desk = Desk(sam.page)
    desk.visit()
    try:
        if "control" not in os.environ["PYTEST_CURRENT_TEST"]: desk.fail()
        desk.ask(sam.api)
    finally:
        sam.api.get("/basket")
""")
    result = storms.storm("--chaos-plan", "latency:20ms @ /api/**")
    struck = {(one.key.template, one.key.step, one.layer.value) for one in decisions(storms)}
    assert struck == {
        ("/api/stock", "Ask beside the page", "api"),
        ("/api/shelf", "Ask beside the page", "route"),
        ("/api/phone", "Ask by phone", "api"),
        ("/api/slow", "Ask for long", "api"),
        ("/api/shelf", "Ask for long", "route"),
    }
    assert harbour.visits.count(("GET", "/api/basket")) == 6
    assert {name: walk.status for name, walk in walks(storms).items()} == {
        "prepares": Status.PASSED, "busy": Status.PASSED, "cleans_up": Status.FAILED,
    }, result.stdout.str()  # fmt: skip


def test_which_experiments_there_are_and_which_have_nothing_to_strike(storms: StormProject) -> None:
    storms.journeys("""
@pytest.mark.parametrize("how", ["plain", "dead"])
def test_buys(walk_as, how):
    quay = Quay(walk_as("sam").page)
    quay.visit(how)
    quay.buy()
""")
    plans = [LOST, "http:503 @ /api/never", "slow-cpu:2"]
    result = storms.storm("-rs", *(word for plan in plans for word in ("--chaos-plan", plan)))
    storm = storms.runs[-1].storm
    assert storm is not None
    assert storm.judgement is not None
    skipped = {(one.journey[-15:], one.plan): one.skipped for one in storm.judgement.experiments}
    assert len(skipped) == 6  # a journey with parameters of its own is several
    assert {plan for (_, plan), out in skipped.items() if out} == {"http:503 @ /api/never"}
    assert len({one.key.journey for one in decisions(storms)}) == 2
    result.stdout.fnmatch_lines(["SKIPPED*no call of this journey is one that http:503 @ /api/never strikes"])
    assert "errors" not in result.parseoutcomes()


def test_a_plan_that_is_not_about_the_calls_of_a_journey_has_nothing_to_strike(storms: StormProject) -> None:
    """Nobody is signed in, and the client of the API is never offline: nothing of it could ever be struck."""
    storms.journeys("""
class Desk(Quay):
    @step("Ask beside the page")
    def ask(self, api):
        api.get("/stock")
        self.page.evaluate("fetch('/api/shelf').then(one => one.text())")


def test_looks(visitor):
    desk = Desk(visitor.page)
    desk.visit()
    desk.ask(visitor.api)
""")
    plans = ["offline @ /api/stock", "session-expiry @ GET /api/**", "http:503 @ /api/stock"]
    result = storms.storm("-rs", *(word for plan in plans for word in ("--chaos-plan", plan)))
    assert result.parseoutcomes() == {"passed": 2, "skipped": 2}, result.stdout.str()
    result.stdout.fnmatch_lines(["SKIPPED*no call of this journey is one that session-expiry @ GET /api/?? strikes"])
    storm = storms.runs[-1].storm
    assert storm is not None
    assert storm.judgement is not None
    assert not storm.judgement.inconclusive


def test_a_storm_that_strikes_nothing_anywhere_is_never_green(storms: StormProject) -> None:
    storms.journeys(journeys(plain="plain"))
    result = storms.storm("--chaos-plan", "http:503 @ /api/typo")
    assert result.ret == 2
    assert result.parseoutcomes() == {"passed": 1, "skipped": 1}


def test_nothing_is_waited_for_on_a_page_while_only_the_api_client_is_struck(storms: StormProject) -> None:
    storms.journeys("""
class Desk(Quay):
    @step("Ask beside the page")
    def ask(self, api):
        pass

    @ask.confirm
    def expect_stock(self, api):
        print("asked")
        assert api.get("/stock").status_code == 200, "there is no stock"


def test_asks(walk_as):
    sam = walk_as("sam")
    desk = Desk(sam.page)
    desk.visit()
    desk.ask(sam.api)
""")
    result = storms.storm("-s", "--chaos-plan", "http:503 @ /api/stock")
    healed = [one for one in told(storms, StepHealed) if isinstance(one, StepHealed)]
    assert [one.rung for one in healed] == [Recovery.ALONE]
    # Once in the control, once under the storm, and once when it was over.
    assert result.stdout.str().count("asked") == 3


SENDS = """
class Paper(PageObject):
    @step("Send the paper")
    def send(self):
        self.page.goto("/paper")
        self.page.get_by_role("button", name="Buy").click()

    @send.confirm
    def is_sent(self): expect(self.page.get_by_role("status")).to_contain_text("ordered", timeout=700)

def test_sends(visitor):
    Paper(visitor.page).send()
"""


@pytest.mark.parametrize(
    ("form", "rung", "sent"),
    [("", Recovery.RELOAD, 1), ('form = { page = "/paper" }\n', Recovery.RETRY, 2)],
)
def test_only_a_log_in_page_is_sent_again(
    storms: StormProject, harbour: Harbour, form: str, rung: Recovery, sent: int
) -> None:
    project = storms.root / "harbour.toml"
    project.write_text(project.read_text().replace("[sign_in]\n", f"[sign_in]\n{form}"), encoding="utf-8")
    storms.journeys(SENDS)

    storms.storm("--chaos-plan", "lost-reply once @ POST /paper")

    assert [one.rung for one in results(storms)["sends"].healings] == [rung]
    assert harbour.orders == 1 + sent, "one in the control"
