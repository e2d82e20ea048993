"""What comes of journeys: a run of pytest in somebody else's project, with a real browser and a real store."""

from __future__ import annotations

import pytest

from stormwalk.events import (
    CallFinished,
    JourneyFinished,
    JourneyStarted,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.model import Status
from stormwalk.observations import EvidenceKind, Moment
from stormwalk.store import Store
from tests.plugged import Plugged, told, use_our_browser
from tests.walking import COLOURS, Site, colour_of


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch) -> Plugged:
    use_our_browser(monkeypatch)
    return Plugged(pytester, site.url)


def test_a_journey_that_passes_and_then_does_not(project: Plugged) -> None:
    project.journeys("""
def test_buys(page):
    \"\"\"A visitor paints and buys.

    Nothing more.
    \"\"\"
    shop = Shop(page)
    shop.visit()
    shop.paint(0)
    if "AGAIN" in os.environ: shop.read_receipt()
    shop.paint(1)
    shop.buy()
""")
    first = project.walk()

    assert first.ret == 0
    first.stdout.fnmatch_lines(["*step 1 of [?] Open the shop*", "*step 4 of [?] Buy*", "Overall Flow Status: Passed"])
    (run,) = project.runs
    (journey,) = run.journeys
    assert (run.project, run.exit_code, run.base_url, run.workers) == ("Small shop", 0, project.base_url, 1)
    assert (journey.title, journey.status) == ("A visitor paints and buys", Status.PASSED)
    assert journey.goal == "A visitor paints and buys.\n\nNothing more."
    assert told(journey) == [(name, "passed") for name in ("Open the shop", "Paint 0", "Paint 1", "Buy")]
    assert [call.template for call in journey.steps[3].calls] == ["/api/orders/{id}"]
    with Store.open(project.root / "reports" / "stormwalk.db") as store:
        kinds = [type(one.event) for one in store.follow(run.id)]
        assert run.planned == (journey.nodeid,)
        for number, one in enumerate(journey.steps):
            assert one.duration_ms
            assert one.picture is not None
            assert store.thumbnail(run.id, one.picture.id)
            colour = (255, 255, 255) if number == 0 else COLOURS[min(number, 2) - 1]
            assert colour_of((project.root / one.picture.path).read_bytes()) == colour
    order = [kind for kind in kinds if kind in (RunStarted, JourneyStarted, JourneyFinished, RunFinished)]
    assert order == [RunStarted, JourneyStarted, JourneyFinished, RunFinished]
    assert (kinds[0], kinds[-1]) == (RunStarted, RunFinished)
    assert [k for k in kinds if k in (StepStarted, StepFinished)] == [StepStarted, StepFinished] * 4
    assert CallFinished in kinds
    assert (project.root / "reports" / run.id / "report.html").is_file()
    assert (project.root / "screenshots" / run.id / "index.html").is_file()

    project.pytester._monkeypatch.setenv("AGAIN", "1")
    again = project.walk("-p", "no:randomly")

    assert again.ret == 1
    again.stdout.fnmatch_lines(["*1/4 Open the shop*", "*3/4 Read the receipt*", "*4/4 Buy*not reached*"])
    again.stdout.fnmatch_lines(["Overall Flow Status: Failed"])
    journey = project.last["test_buys"]
    assert told(journey)[2:] == [("Read the receipt", "failed"), ("Buy", "skipped")]
    failed = journey.steps[2]
    assert "it is not on the page" in failed.reason
    assert "\n" not in failed.reason
    assert {(one.kind, one.moment) for one in failed.evidence} == {
        (EvidenceKind.PICTURE, Moment.FAILURE),
        (EvidenceKind.ACCESSIBILITY, Moment.FAILURE),
    }


def test_how_journeys_can_end(project: Plugged) -> None:
    project.journeys("""
@pytest.fixture
def no_stock(page):
    raise RuntimeError("no stock")

@pytest.fixture
def messy(page):
    yield
    raise RuntimeError("cannot clean up")

def test_fine(page): Shop(page).visit()
def test_assertion_outside(page):
    Shop(page).visit()
    assert page.title() == "Basket"
def test_own_code(page):
    Shop(page).visit()
    {}["name"]
def test_set_up(page, no_stock): Shop(page).visit()
def test_clean_up(page, messy): Shop(page).visit()
@pytest.mark.skip(reason="not on Sundays")
def test_skipped_by_marker(page): Shop(page).visit()
def test_skipped_by_itself(page):
    Shop(page).visit()
    pytest.skip("closed")
def test_without_steps(page): page.goto("/?colour=1")
@pytest.fixture
def painted(page):
    Shop(page).visit()
    return page
def test_step_of_a_fixture(painted): Shop(painted).paint(0)
def test_without_steps_wrong(page):
    page.goto("/?colour=1")
    assert page.title() == "Basket"
def test_complains(page):
    shop = Shop(page)
    shop.visit()
    shop.press("Complain")
    shop.press("Fail")
    shop.read_receipt()
""")
    result = project.walk()

    assert result.ret == 1
    last, opened = project.last, ("Open the shop", "passed")
    assert {name: told(journey) for name, journey in last.items()} == {
        "test_fine": [opened],
        "test_assertion_outside": [opened, ("Checks of the journey", "failed")],
        "test_own_code": [opened, ("Checks of the journey", "error")],
        "test_set_up": [("Set-up of the journey", "error")],
        "test_clean_up": [opened, ("Clean-up of the journey", "error")],
        "test_skipped_by_marker": [],
        "test_skipped_by_itself": [opened],
        "test_without_steps": [("The whole journey", "passed")],
        "test_step_of_a_fixture": [opened, ("Paint 0", "passed")],
        "test_without_steps_wrong": [("The whole journey", "failed")],
        "test_complains": [
            opened, ("Press Complain", "passed"), ("Press Fail", "passed"), ("Read the receipt", "failed"),
        ],
    }  # fmt: skip
    assert {name: journey.status for name, journey in last.items() if journey.status is not Status.PASSED} == {
        "test_assertion_outside": Status.FAILED,
        "test_own_code": Status.ERROR,
        "test_set_up": Status.ERROR,
        "test_clean_up": Status.ERROR,
        "test_skipped_by_marker": Status.SKIPPED,
        "test_skipped_by_itself": Status.SKIPPED,
        "test_without_steps_wrong": Status.FAILED,
        "test_complains": Status.FAILED,
    }
    assert last["test_assertion_outside"].reason.startswith("assert 'Shop' == 'Basket'")
    assert last["test_own_code"].reason.startswith("the journey's own code raised KeyError: 'name' (test_shop.py:")
    assert "no stock" in last["test_set_up"].reason
    assert last["test_skipped_by_marker"].reason == "not on Sundays"
    assert last["test_without_steps"].steps[0].picture is not None
    assert [line.text for line in last["test_complains"].steps[1].console] == ["the till is empty"]
    result.stdout.fnmatch_lines(["Overall Flow Status: Partial Failure"])


@pytest.mark.parametrize(
    ("chosen", "code"), [("fine", 0), ("broken", 2), ("wrong or broken", 1), ("skipped", 2), ("nothing", 2)]
)
def test_exit_codes(project: Plugged, chosen: str, code: int) -> None:
    project.journeys("""
def test_fine(): Shop(None).pay()
def test_wrong(): Shop(None).pay(AssertionError("too much"))
def test_broken(): Shop(None).pay(KeyError("k"))
@pytest.mark.skip
def test_skipped(): pass
""")
    steps = '    @step("Pay")\n    def pay(self, error=None):\n        if error: raise error\n'
    project.write(
        "test_shop.py",
        (project.root / "test_shop.py").read_text().replace("\ndef test_fine", steps + "\ndef test_fine"),
    )
    project.write("pyproject.toml", '[tool.pytest.ini_options]\nstormwalk_journeys = ["."]\n')

    result = project.walk("-k", chosen)

    assert result.ret == code
    assert project.runs[-1].exit_code == code


def test_several_actors_pages_and_popups(project: Plugged) -> None:
    project.journeys("""
def test_two_people(walk_as, visitor):
    sam, kim, nobody = Shop(walk_as("sam").page), Shop(walk_as("kim").page), Shop(visitor.page)
    sam.visit()
    kim.visit()
    nobody.visit()
    sam.paint(0)
    second = Shop(sam.page.context.new_page())
    second.visit()
    with sam.page.expect_popup() as popup: sam.press("Help")
    Shop(popup.value).paint(0)
    kim.paint(0)

def test_nobody(walk_as): walk_as("nora")
""")
    result = project.walk()

    journey = project.last["test_two_people"]
    assert result.ret == 2
    assert [(one.actor, one.role) for one in journey.steps] == [
        ("sam", "shopper"), ("kim", "shopper"), ("visitor", "anonymous"), ("sam", "shopper"),
        ("sam", "shopper"), ("sam", "shopper"), ("sam", "shopper"), ("kim", "shopper"),
    ]  # fmt: skip
    assert journey.status is Status.PASSED
    assert all(one.picture for one in journey.steps)
    assert journey.steps[6].url.endswith("/popup")
    assert "has no actor 'nora'; it has kim, sam" in project.last["test_nobody"].reason


def test_workers_share_one_run(project: Plugged) -> None:
    project.journeys("""
@pytest.mark.parametrize("turn", range(5))
def test_paints(page, turn):
    shop = Shop(page)
    shop.visit()
    for number in range(3): shop.paint(number)
""")
    result = project.walk("-n", "2")

    assert result.ret == 0
    (run,) = project.runs
    assert (run.workers, len(run.journeys)) == (2, 5)
    assert {journey.worker for journey in run.journeys} == {"gw0", "gw1"}
    with Store.open(project.root / "reports" / "stormwalk.db") as store:
        for journey in run.journeys:
            assert [one.name for one in journey.steps] == ["Open the shop", "Paint 0", "Paint 1", "Paint 2"]
            assert [one.index for one in journey.steps] == [1, 2, 3, 4]
            pictures = [one.picture for one in journey.steps]
            assert all(one and store.thumbnail(run.id, one.id) for one in pictures)
    result.stdout.fnmatch_lines(["*gw[01]*Paints:*Paint 2*", "Overall Flow Status: Passed"])
