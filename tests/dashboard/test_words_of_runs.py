"""What a run is called: the same on its page and in the list, green only where nothing has failed it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dashboard.app import create_app
from dashboard.header import run_view
from dashboard.history import result_of
from dashboard.house import house
from dashboard.settings import Settings
from dashboard.snapshot import changes
from stormwalk.access.results import AccessCoverage
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import AccessConcluded, AccessProbed, ControlTaken, Event, RunFinished
from stormwalk.figures import RunFigures
from stormwalk.model import FlowStatus, RunMode, Status
from stormwalk.reading import fold
from stormwalk.reporting.words import DASH
from stormwalk.store import Store
from stormwalk.storm_events import StormJudged
from stormwalk.storm_judgement import ResilienceStatus
from tests.dashboard import tales
from tests.dashboard.serving import served
from tests.dashboard.test_in_browser import connected, opened, violations
from tests.dashboard.test_showing import folded
from tests.reporting.access_samples import finding
from tests.reporting.storm_verdicts import judgement

PASSED, FAILED = tales.walk("good"), tales.walk("bad", status=Status.FAILED)
BROKEN = tales.walk("torn", status=Status.ERROR)
WHOLE = AccessCoverage(cells=4, judged=4)
LEAK = finding("over-permission", "GET /api/orders/{id} as shopper")
CHECKED = [
    *tales.access(),
    AccessProbed(at=5.0, probes=4, duration_ms=1.0),
    AccessConcluded(at=5.0, findings=(LEAK,), coverage=WHOLE),
]
STOP = ControlTaken(at=5.0, worker="gw0", request=ControlRequest(kind=ControlKind.STOP, at=4.0, id=1))


def ended(code: int, *walks: Event, interrupted: bool = False) -> list[Event]:
    begun = replace(tales.started(), at=1.0)
    return [begun, *walks, RunFinished(at=9.0, exit_code=code, interrupted=interrupted)]


@pytest.mark.parametrize(
    ("events", "called"),
    [
        (ended(0, *PASSED), ("passed", "Passed")),
        (ended(1, *PASSED), ("failed", "Failed, journeys passed")),
        (ended(1, *PASSED, *FAILED), ("partial", "Partial Failure")),
        (ended(1, *FAILED), ("failed", "Failed")),
        (ended(1, *CHECKED), ("partial", "Partial Failure")),
        (ended(2, *PASSED, *BROKEN), ("error", "Could not be tested")),
        (ended(2, *PASSED, STOP), ("error", "Stopped")),
        (ended(2, *PASSED, interrupted=True), ("error", "Stopped")),
    ],
    ids=lambda one: one[1] if isinstance(one, tuple) else None,
)
def test_a_run_is_called_the_same_on_its_page_and_in_the_list(
    events: list[Event], called: tuple[str, str], tmp_path: Path
) -> None:
    run = fold("a", events)
    with Store.open(tmp_path / "store.db") as store:
        store.append("a", events)
        store.summarise(run)
        (summary,) = store.runs()
        listed = result_of(summary, store.figures(["a"]).get("a", RunFigures()))
    page = run_view(folded(*events))

    assert listed == (page.look, page.word) == called


def test_an_access_check_beside_journeys_that_passed_is_a_partial_failure_as_in_the_report() -> None:
    events = ended(1, *PASSED, *tales.access())  # the check never came to its end

    assert fold("a", events).flow_status is FlowStatus.PARTIAL_FAILURE
    assert run_view(folded(*events)).word == "Partial Failure"


def test_a_run_that_checked_access_alone_does_not_wait_for_journeys() -> None:
    view = run_view(folded(*ended(1, *CHECKED)))

    assert view.progress == "4 of 4 cells of the access matrix tried"
    assert (view.steps, view.share) == ("", DASH)
    assert {one.key: one.width for one in view.segments if one.width} == {"passed": 750.0, "failed": 250.0}


def test_the_list_is_filtered_by_what_it_shows(tmp_path: Path) -> None:
    """A run that a gate has failed is not among the green ones."""
    with Store.open(tmp_path / "store.db") as store:
        for run_id, code in (("green", 0), ("gated", 1)):
            events = ended(code, *PASSED)
            store.append(run_id, events)
            store.summarise(fold(run_id, events))
        app = create_app(Settings(store_url="", root=tmp_path), store)
        client = app.test_client()

        def listed(status: str) -> list[str]:
            page = client.get(f"/runs?status={status}", base_url="http://127.0.0.1/", headers={"Accept": "text/html"})
            return [one for one in ("green", "gated") if f'href="/runs/{one}"' in page.text.partition("All runs")[2]]

        assert [listed(one) for one in ("passed", "failed", "")] == [["green"], ["gated"], ["green", "gated"]]
        house(app).followers.end()


def test_of_a_run_whose_events_are_gone_its_result_and_its_findings_stay(chromium: Browser, tmp_path: Path) -> None:
    events = ended(1, *PASSED, *FAILED, *CHECKED)
    with Store.open(tmp_path / "store.db") as store:
        store.append("old", events)
        store.summarise(fold("old", events))
        assert store.prune("Web shop", keep=0) == ("old",)
    with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, f"{running.url}/runs/old") as there:
        expect(there.page.locator(".run-top")).to_contain_text("Partial Failure")
        expect(there.page.locator(".fds")).to_contain_text(LEAK.title)
        expect(there.page.locator(".jsum")).to_have_count(2)
        expect(there.page.locator("main")).to_contain_text("The confirmation was not shown within 5 s")
        assert violations(there.page) == []


def test_the_list_beside_a_run_knows_when_it_has_ended(chromium: Browser, tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, [tales.started(), *PASSED])
        with served(tmp_path / "store.db", tmp_path) as running, opened(chromium, running.url) as there:
            connected(there.page)
            row = there.page.locator("#latest tr.sel")
            expect(row).to_contain_text("Running")
            expect(row).not_to_contain_text("killed")
            store.append(tales.RUN, [*tales.walk("more"), RunFinished(at=time.time(), exit_code=0)])
            expect(row).to_contain_text("Passed")
            expect(row).to_contain_text("8 of 8")


@pytest.mark.parametrize("width", [390, 800, 1280, 1600, 2560])
def test_letters_in_charts_are_neither_tiny_nor_huge(width: int, chromium: Browser, tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        for number in range(3):
            events = ended(0, *PASSED)
            store.append(f"run-{number}", events)
            store.summarise(fold(f"run-{number}", events))
        with served(tmp_path / "store.db", tmp_path) as running:
            for path in ("/", "/runs"):
                with opened(chromium, running.url + path, width=width) as there:
                    sizes = there.page.locator(".chart text").evaluate_all(_SIZES)
                    assert sizes
                    assert [one for one in sizes if not 10.5 <= one <= 15] == []


_SIZES = """all => [...new Set(all.map(each =>
    Math.round(10 * parseFloat(getComputedStyle(each).fontSize) * each.ownerSVGElement.getScreenCTM().a) / 10))]"""


def test_what_the_end_of_a_run_cut_off_does_not_run_on() -> None:
    """A worker died in the middle of a step, and nobody tells of the end of that."""
    run = folded(tales.started(), tales.begins("a"), *tales.step("a", 1), tales.step_begins("a", 2))
    before = run.last
    run.take(before + 1, RunFinished(at=time.time(), exit_code=2))

    told = changes(run, before, {})

    assert [one.look for one in told.steps] == ["error"]
    assert len(told.journeys) == 1


@pytest.mark.parametrize(
    ("code", "look", "word"),
    [
        (0, "passed", "Resilience: Strong"),
        (1, "failed", "Resilience: Strong, run failed"),
        (2, "error", "Resilience: Strong, not tested in full"),
    ],
)
def test_a_storm_that_held_hides_nothing_that_failed_beside_it(tmp_path: Path, code: int, look: str, word: str) -> None:
    judged = judgement()
    strong = replace(judged, score=replace(judged.score, status=ResilienceStatus.STRONG, score=97.0), experiments=())
    events = [
        replace(tales.started(RunMode.CHAOS), at=1.0),
        *PASSED,
        StormJudged(at=8.0, judgement=strong),
        RunFinished(at=9.0, exit_code=code),
    ]
    view = run_view(folded(*events))
    assert (view.look, view.word) == (look, word)

    with Store.open(tmp_path / "store.db") as store:
        store.append("a", events)
        store.summarise(fold("a", events))
        (summary,) = store.runs()
        assert result_of(summary, store.figures(["a"])["a"])[0] == look


def test_a_known_red_that_is_excused_is_no_green_page() -> None:
    view = run_view(folded(*ended(0, *PASSED, *FAILED)))

    assert (view.look, view.word) != ("passed", "Passed")
