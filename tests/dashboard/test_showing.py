"""What is shown of a run, made from its events."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from dashboard.access_panel import access_view
from dashboard.courses import chart_view, endpoint_views
from dashboard.films import LENGTH, film
from dashboard.header import SILENT, run_view
from dashboard.matrices import experiments_view
from dashboard.showing import journey_view, worker_name, worker_view
from dashboard.snapshot import changes, figures, newest
from dashboard.state import RunState
from dashboard.storm_cells import experiment_cell
from dashboard.timings import KEPT, Timings
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import (
    CallFinished,
    ConsoleWritten,
    ControlTaken,
    Event,
    EvidenceKept,
    JourneyFinished,
    RunFinished,
    RunPlanned,
)
from stormwalk.model import Status
from stormwalk.observations import ConsoleLine
from stormwalk.storm_events import ExperimentEnded, ExperimentSkipped, StormBegan, StormJudged
from stormwalk.storm_judgement import StormVerdict
from tests.dashboard import tales
from tests.reporting.storm_verdicts import judgement


def folded(*events: Event) -> RunState:
    run = RunState(tales.RUN)
    for id_, event in enumerate(events, 1):
        run.take(id_, event)
    return run


def test_counters_sum_to_the_plan() -> None:
    run = folded(
        tales.started(),
        RunPlanned(at=1.0, journeys=("a", "b", "c", "d")),
        *tales.walk("a"),
        *tales.walk("b", status=Status.FAILED),
        tales.begins("c"),
    )
    view = run_view(run)
    numbers = {one.key: int(one.number) for one in view.counts}

    assert view.progress == "2 of 4 journeys finished"
    assert (numbers["passed"], numbers["failed"], numbers["error"], numbers["skipped"]) == (7, 1, 0, 0)
    assert numbers["running"] + numbers["queued"] + view.done == view.planned == 4
    assert sum(one.width for one in view.segments) == pytest.approx(750)


def test_what_a_storm_broke_is_not_counted_as_failed() -> None:
    """It was broken by us; only the controls say whether the application works."""
    run = folded(
        *tales.storm_begins(),
        *tales.storm_walk("control", ""),
        *tales.step("control", 1),
        tales.ends("control"),
        *tales.storm_walk("struck", "lost-reply"),
        *tales.step("struck", 1, status=Status.FAILED),
        tales.ends("struck", status=Status.FAILED),
    )
    view = run_view(run)

    assert view.steps == "1 of 1 step passed in fair weather"
    assert {one.key: one.number for one in view.counts if one.key in ("failed", "storm")} == {
        "failed": "0",
        "storm": "1",
    }


@pytest.mark.parametrize(
    ("ending", "word"),
    [
        (RunFinished(at=9.0, exit_code=0), "Passed"),
        (RunFinished(at=9.0, exit_code=1), "Failed"),
        (RunFinished(at=9.0, exit_code=2), "Could not be tested"),
        (RunFinished(at=9.0, exit_code=2, interrupted=True), "Stopped"),
    ],
)
def test_the_word_for_a_run_that_has_ended(ending: Event, word: str) -> None:
    assert run_view(folded(tales.started(), ending)).word == word


@pytest.mark.parametrize(
    ("statuses", "word"),
    [
        ((Status.PASSED, Status.PASSED), "Failed, journeys passed"),
        ((Status.PASSED, Status.FAILED), "Partial Failure"),
        ((Status.FAILED, Status.FAILED), "Failed"),
    ],
)
def test_a_journey_that_passed_is_not_said_to_have_failed(statuses: tuple[Status, ...], word: str) -> None:
    walks = [event for number, status in enumerate(statuses) for event in tales.walk(f"walk{number}", status=status)]
    assert run_view(folded(tales.started(), *walks, RunFinished(at=9.0, exit_code=1))).word == word


def test_a_run_that_somebody_stopped_was_not_untestable() -> None:
    stop = ControlTaken(at=5.0, worker="gw0", request=ControlRequest(kind=ControlKind.STOP, at=4.0, id=1))
    run = folded(tales.started(), *tales.walk("a"), stop, RunFinished(at=9.0, exit_code=2))
    assert run_view(run).word == "Stopped"


def test_a_run_of_which_nothing_was_heard_for_a_day_was_killed() -> None:
    run = folded(tales.started())

    assert run_view(run, time.time()).word == "Running"
    assert run_view(run, time.time() + SILENT + 60).word == "Not finished"


def test_only_what_has_changed_is_told() -> None:
    events = [
        tales.started(),
        tales.begins("a"),
        *tales.step("a", 1),
        tales.step_begins("a", 2),
        tales.step_ends("a", 2),
    ]
    run = folded(*events)

    assert [one.key for one in changes(run, 0, {}).steps] == ["a/1", "a/2"]
    assert [one.key for one in changes(run, 7, {}).steps] == ["a/2"]
    assert changes(run, run.last, {}).steps == ()


def test_a_picture_that_comes_late_is_told_with_its_step() -> None:
    run = folded(tales.started(), tales.begins("a"), tales.step_begins("a", 1), tales.step_ends("a", 1))
    before = run.last
    evidence = tales.step("a", 1)[3]
    run.take(before + 1, evidence)

    assert [one.image for one in changes(run, before, {}).steps] == [f"/runs/{tales.RUN}/thumbnails/a/01-step.jpg"]


def test_a_worker_shows_what_blows_until_the_step_ends() -> None:
    run = folded(*tales.storm_begins(), *tales.storm_walk("a", "lost-reply"), tales.step_begins("a", 1))
    assert changes(run, 0, {}).workers[0].calm == "lost-reply, has not struck in this step"
    run.take(90, tales.blows("a", 1))
    worker = changes(run, 0, {}).workers[0]
    assert (worker.fault, worker.call, worker.calm) == ("lost-reply", "POST /api/orders", "")
    run.take(91, tales.step_begins("a", 2))
    assert changes(run, 0, {}).workers[0].fault == ""


def test_a_live_frame_is_shown_while_the_run_goes_on() -> None:
    run = folded(tales.started(), tales.begins("a"), *tales.step("a", 1))

    assert changes(run, 0, {"gw0": 12.5}).workers[0].frame == f"/runs/{tales.RUN}/frames/gw0?at=12.500"
    run.take(99, RunFinished(at=1.0, exit_code=0))
    assert changes(run, 0, {"gw0": 12.5}).workers[0].frame.endswith("/thumbnails/a/01-step.jpg")


@pytest.mark.parametrize(("worker", "name"), [("gw0", "W1"), ("gw11", "W12"), ("main", "main"), ("gwx", "gwx")])
def test_workers_are_counted_from_one(worker: str, name: str) -> None:
    assert worker_name(worker) == name


def test_a_step_is_beside_its_control() -> None:
    run = folded(
        *tales.storm_begins(),
        *tales.storm_walk("control", ""),
        tales.step_begins("control", 1),
        tales.step_ends("control", 1, ms=100.0),
        *tales.storm_walk("slow", "latency"),
        tales.step_begins("slow", 1),
        tales.step_ends("slow", 1, ms=700.0),
    )
    step = changes(run, 0, {}).steps[-1]

    assert (step.took, step.control, step.late) == ("700 ms", "control 100 ms", "late")


def test_the_film_has_what_was_not_reached_yet() -> None:
    run = folded(tales.started(), tales.begins("a"), *tales.step("a", 1), tales.step_begins("a", 2))
    found = film(run)
    assert found is not None

    assert [one.name for one in found.steps] == ["Open the shop", "Log in"]
    assert [(one.index, one.name) for one in found.waiting] == [(3, "Add to the basket"), (4, "Place the order")]
    assert (found.worker, found.heading) == ("gw0", "Steps of W1")


def test_a_long_film_shows_its_end_and_the_rest_a_page_further() -> None:
    events = [
        event for index in range(1, LENGTH + 11) for event in (tales.step_begins("a", index, name=f"Step {index}"),)
    ]
    run = folded(tales.started(), tales.begins("a"), *events)
    end, begin = film(run), film(run, journey="a", until=10)
    assert end is not None
    assert begin is not None

    assert (len(end.steps), end.before, end.steps[0].index) == (LENGTH, 10, 11)
    assert (len(begin.steps), begin.before) == (10, 0)


def test_a_film_of_nothing() -> None:
    assert film(folded(tales.started())) is None
    assert film(folded(tales.started()), worker="gw9", journey="none") is None


def test_response_times_stand_beside_those_of_the_controls() -> None:
    run = folded(
        *tales.storm_begins(),
        *tales.storm_walk("control", ""),
        *(CallFinished(at=1.0, journey="control", step=0, call=tales.call(ms=10.0 + n)) for n in range(10)),
        *tales.storm_walk("slow", "latency"),
        *(CallFinished(at=1.0, journey="slow", step=0, call=tales.call(ms=500.0)) for _ in range(20)),
    )
    (row,) = endpoint_views(run)

    assert (row.calls, row.p50, row.base50, row.p95, row.base95, row.slow) == ("30", "500", "14", "500", "19", "up")
    chart = chart_view(run, "GET /api/products")
    assert chart is not None
    assert chart.middle is not None
    assert chart_view(run, "GET /nothing") is None


def test_times_of_a_long_run_cost_no_more_than_those_of_a_short_one() -> None:
    timings = Timings()
    for _ in range(KEPT * 3):
        timings.take(tales.call(), 24.0, control=True)
    for number in range(1000):
        timings.take(tales.call(f"/api/{number}"), 24.0, control=False)

    products = timings.endpoints["GET /api/products"]
    assert (products.calls, len(products.now), len(products.controls)) == (KEPT * 3, KEPT, KEPT)
    assert len(timings.endpoints) == 200
    assert timings.left_out == 801


def test_what_blew_is_shown_as_long_as_it_blew() -> None:
    timings = Timings()
    for at in (10.0, 12.0, 13.0, 60.0):
        timings.strike("latency", at)
    timings.strike("offline", 61.0)
    for number in range(1000):
        timings.strike(f"fault {number % 2}", 100.0 + number)

    assert len(timings.blows) == 100
    timings = Timings()
    for fault, at in (("latency", 10.0), ("latency", 13.0), ("latency", 60.0), ("offline", 61.0), ("latency", 62.0)):
        timings.strike(fault, at)
    assert [(one.fault, one.since, one.until) for one in timings.blows] == [
        ("latency", 10.0, 13.0),
        ("latency", 60.0, 60.0),
        ("offline", 61.0, 61.0),
        ("latency", 62.0, 62.0),
    ]


def test_a_time_that_is_no_number_breaks_nothing() -> None:
    run = folded(tales.started(), tales.begins("a"))
    for ms in (float("nan"), float("inf"), -5.0, None):
        call = replace(tales.call(), duration_ms=ms)
        run.take(9, CallFinished(at=1.0, journey="a", step=0, call=call))

    assert endpoint_views(run)[0].calls == "4"
    assert chart_view(run, "GET /api/products") is not None


def test_the_access_matrix_shows_what_was_not_tried_yet() -> None:
    events = list(tales.access())
    half = folded(tales.started(), *events[:2])
    assert half.access is not None
    view = access_view(tales.RUN, half.access)

    assert [one.key for one in view.rows] == ["GET /api/products", "GET /api/orders/{id}"]
    assert [one.look for one in view.rows[1].cells] == ["x-none", "x-none"]
    whole = folded(tales.started(), *events)
    assert whole.access is not None
    assert access_view(tales.RUN, whole.access).bad == "1 leak"


def test_experiments_that_wait_run_and_were_skipped() -> None:
    run = folded(
        *tales.storm_begins(),
        RunPlanned(at=1.0, journeys=("journeys/test_other.py::test_other[latency-chromium]",)),
        *tales.storm_walk("a", "latency"),
        *tales.storm_walk("b", "lost-reply"),
        ExperimentSkipped(at=1.0, journey="b", plan="lost-reply", reason="nothing of it is struck"),
        JourneyFinished(at=1.0, journey="b", status=Status.SKIPPED, duration_ms=1.0),
    )
    view = experiments_view(run)
    looks = {row.name: [cell.look for cell in row.cells] for row in view.rows}

    assert looks == {"A shopper buys": ["v-skipped", "v-running"], "test_other": ["v-queued", "v-queued"]}


def test_a_walk_that_has_ended_shows_what_it_alone_comes_to_until_the_run_is_judged() -> None:
    def ended(key: str, plan: str, verdict: StormVerdict, words: str = "") -> list[Event]:
        return [
            *tales.storm_walk(key, plan),
            ExperimentEnded(at=1.0, journey=key, plan=plan, verdict=verdict, words=words),
            JourneyFinished(at=1.0, journey=key, status=Status.PASSED, duration_ms=1.0),
        ]

    run = folded(
        *tales.storm_begins(),
        *ended("a", "latency", StormVerdict.HELD),
        *ended("b", "lost-reply", StormVerdict.BROKEN, "two orders instead of one"),
    )
    (row,) = experiments_view(run).rows

    assert [(cell.key, cell.look) for cell in row.cells] == [("lost-reply", "v-broken"), ("latency", "v-held")]
    assert row.cells[0].title == "A shopper buys, lost-reply: broken so far. two orders instead of one"
    assert (row.sum, experiments_view(run).summary) == ("1/2", "2 storm walks so far, 1 held")
    detail = experiment_cell(run, row.key, "lost-reply")
    assert detail is not None
    assert (detail.word, detail.why) == ("broken", "two orders instead of one")

    for event in tales.storm_walk("c", "latency"):
        run.take(99, event)
    (row,) = experiments_view(run).rows
    assert row.cells[1].look == "v-running", "a repeat of it is walked"


def test_a_journey_with_other_parameters_is_another_journey() -> None:
    """The verdict of one must not hide that of the other."""
    first, *_ = judgement().experiments
    both = [
        replace(first, journey=f"journeys/test_a.py::test_a[{who}]", plan="latency", verdict=verdict, keys=(who,))
        for who, verdict in (("sam", StormVerdict.BROKEN), ("pat", StormVerdict.HELD))
    ]
    walks = [
        event
        for who in ("sam", "pat")
        for name, plan in (("control", ""), ("latency", "latency"))
        for event in (
            tales.begins(f"{who}-{name}", nodeid=f"journeys/test_a.py::test_a[{who}-{name}]"),
            StormBegan(at=1.0, journey=f"{who}-{name}", plan=plan, seed="7"),
        )
    ]
    run = folded(
        *tales.storm_begins(), *walks, StormJudged(at=9.0, judgement=replace(judgement(), experiments=tuple(both)))
    )

    words = {
        row.key.partition("::")[2]: [one.word for one in row.cells if one.key == "latency"]
        for row in experiments_view(run).rows
    }

    assert words == {"test_a[sam]": ["broken"], "test_a[pat]": ["held"]}
    assert [row.name for row in experiments_view(run).rows] == ["A shopper buys [sam]", "A shopper buys [pat]"]
    detail = experiment_cell(run, "journeys/test_a.py::test_a[pat]", "latency")
    assert detail is not None
    assert (detail.word, len(detail.links)) == ("held", 1)


def test_the_log_says_what_blew_when_it_went_wrong() -> None:
    line = ConsoleLine(level="error", text="boom")
    run = folded(
        *tales.storm_begins(),
        *tales.storm_walk("a", "lost-reply"),
        tales.step_begins("a", 1),
        tales.blows("a", 1),
        ConsoleWritten(at=1.0, journey="a", step=1, line=line),
        ConsoleWritten(at=1.0, journey="a", step=1, line=replace(line, level="log")),
        tales.step_ends("a", 1, status=Status.FAILED),
    )
    said = changes(run, 0, {}).log

    assert [(one.level, one.message, one.fault) for one in said] == [
        ("error", "boom", "lost-reply"),
        ("error", "Open the shop: failed", "lost-reply"),
    ]
    assert said[0].href == f"/runs/{tales.RUN}/journeys/1/steps/1"


def test_a_run_of_nothing_is_shown() -> None:
    run = RunState("nothing")

    assert changes(run, 0, {}).workers == ()
    assert figures(run).access is None
    assert newest(run) == []


def test_journeys_with_other_parameters_are_told_apart_wherever_they_are_named() -> None:
    names = {"a": "lantern-chromium", "b": "chromium"}
    begun = [tales.begins(key, nodeid=f"test_buys.py::test_buys[{of}]") for key, of in names.items()]
    run = folded(tales.started(), *begun)

    shown = {key: journey_view(run, journey) for key, journey in run.journeys.items()}
    tiles = {key: worker_view(run, "gw0", journey) for key, journey in run.journeys.items()}
    for views in (shown, tiles):
        assert [views[key].title for key in names] == ["A shopper buys [lantern]", "A shopper buys"]


def test_a_short_run_is_drawn_where_it_was() -> None:
    """Of ten seconds, a call in the tenth stands at the right, and not at a third."""
    began = 1_000_000.0
    late = replace(tales.call(ms=24.0), started_at=began + 9.5)
    run = folded(
        tales.started(at=began),
        replace(tales.begins("a"), at=began),
        CallFinished(at=began + 9.6, worker="gw0", journey="a", step=0, call=late),
        RunFinished(at=began + 10.0, exit_code=0),
    )

    chart = chart_view(run, "GET /api/products")

    assert chart is not None
    assert chart.last_x > 0.9 * 430


def test_a_late_picture_of_a_journey_that_is_over_sends_no_worker_back() -> None:
    picture = next(one for one in tales.walk("a") if isinstance(one, EvidenceKept))
    run = folded(tales.started(), *tales.walk("a"), tales.begins("b"), picture)

    assert run.at_work[picture.worker].key == "b"
