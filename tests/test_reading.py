from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from stormwalk.access.results import AccessCoverage
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError
from stormwalk.events import (
    AccessConcluded,
    AccessStarted,
    CallFinished,
    ConsoleWritten,
    ControlTaken,
    Event,
    EvidenceKept,
    JourneyStarted,
    NoteTaken,
    RunFinished,
    RunPlanned,
    StepFinished,
    StepStarted,
)
from stormwalk.model import FlowStatus, Note, NoteLevel, RunMode, Status, Totals
from stormwalk.observations import ConsoleLine, Evidence, EvidenceKind, Moment
from stormwalk.reading import UnknownEvent, fold, read_run
from stormwalk.store import Store
from stormwalk.store.tables import events as event_table
from tests.growth import grows_by_less_than
from tests.storing import call, journey, run_started, step, whole_run

LINE = ConsoleLine(level="error", text="boom")
PICTURE = Evidence(id="p", kind=EvidenceKind.PICTURE, moment=Moment.END, path="run/buy/01.jpg", taken_at=2.0)


def test_tells_what_was_asked_by_hand_once() -> None:
    pause = ControlRequest(kind=ControlKind.PAUSE, at=1.0, by="sam", id=2)
    stop = ControlRequest(kind=ControlKind.STOP, at=1.0, id=5)
    taken = [ControlTaken(at=1.0, worker=worker, request=asked) for asked in (stop, pause) for worker in ("gw0", "gw1")]
    run = fold("run", [run_started(), *taken])

    assert run.requests == (pause, stop)
    assert run.stopped
    assert [one.message for one in run.notes] == [
        "somebody asked to stop the run, so that what had not begun was left out",
        "sam asked to pause the storm, so that no experiment counts",
    ]
    assert not fold("run", whole_run()).stopped


def test_folds_a_whole_run() -> None:
    planned = RunPlanned(at=1.0, journeys=("test_buy",))
    noted = NoteTaken(at=1.5, worker="gw0", level=NoteLevel.WARNING, message="no sandbox")
    run = fold("run", [run_started(), planned, noted, *journey(), RunFinished(at=9.0, exit_code=1, interrupted=True)])

    assert (run.id, run.project, run.mode, run.started_at, run.environment.commit) == (
        "run",
        "shop",
        RunMode.NORMAL,
        1.0,
        "abc",
    )
    assert (run.finished_at, run.exit_code, run.interrupted) == (9.0, 1, True)
    assert run.planned == ("test_buy",)
    assert run.notes == (Note(level=NoteLevel.WARNING, message="no sandbox", at=1.5, worker="gw0"),)
    assert (run.totals, run.flow_status) == (Totals(passed=2), FlowStatus.PARTIAL_FAILURE)


def test_folds_a_journey_and_its_steps() -> None:
    started = JourneyStarted(
        at=4.0,
        worker="gw1",
        journey="buy",
        nodeid="test_buy",
        title="Buy",
        goal="own a lamp",
        expected_steps=("A", "B"),
    )
    acted = StepStarted(
        at=5.0, journey="buy", index=1, name="A", page="Shop", actor="sam", role="shopper", weight=5, role_check=True
    )
    failed = StepFinished(
        at=6.0,
        journey="buy",
        index=1,
        name="A",
        status=Status.FAILED,
        duration_ms=7.0,
        url="/",
        reason="no lamp",
        details="long",
    )
    (walked,) = fold("run", [started, acted, failed]).journeys
    (first,) = walked.steps

    assert (walked.nodeid, walked.title, walked.goal, walked.worker) == ("test_buy", "Buy", "own a lamp", "gw1")
    assert (walked.started_at, walked.expected_steps, walked.status) == (4.0, ("A", "B"), None)
    assert (first.page, first.actor, first.role, first.weight, first.role_check) == ("Shop", "sam", "shopper", 5, True)
    assert (first.started_at, first.duration_ms, first.status) == (5.0, 7.0, Status.FAILED)
    assert (first.url, first.reason, first.details) == ("/", "no lamp", "long")


@pytest.mark.parametrize("index", [1, 2])
def test_attaches_what_belongs_to_a_step_also_after_its_end(index: int) -> None:
    belonging: list[Event] = [
        CallFinished(at=9.0, journey="buy", step=index, call=call("/api/late")),
        ConsoleWritten(at=9.0, journey="buy", step=index, line=LINE),
        EvidenceKept(at=9.0, journey="buy", step=index, evidence=PICTURE),
    ]
    (walked,) = fold("run", [*journey(), *belonging]).journeys
    one, other = walked.steps[index - 1], walked.steps[2 - index]

    assert ([each.url for each in one.calls], one.console, one.evidence) == (
        ["/api/products", "/api/late"],
        (LINE,),
        (PICTURE,),
    )
    assert (len(other.calls), other.console, other.evidence) == (1, (), ())


@pytest.mark.parametrize("index", [0, 7])
def test_keeps_what_belongs_to_no_step_with_the_journey(index: int) -> None:
    belonging: list[Event] = [
        CallFinished(at=9.0, journey="buy", step=index, call=call("/api/poll")),
        ConsoleWritten(at=9.0, journey="buy", step=index, line=LINE),
        EvidenceKept(at=9.0, journey="buy", step=index, evidence=PICTURE),
    ]
    (walked,) = fold("run", [*journey(), *belonging]).journeys

    assert (walked.background_calls, walked.console, walked.evidence) == ((call("/api/poll"),), (LINE,), (PICTURE,))
    assert len(walked.steps) == 2


def test_orders_journeys_by_start_and_steps_by_index() -> None:
    mixed = [*journey("second")[:1], *journey("first")[:1], *step(2, "first"), *step(1, "second"), *step(1, "first")]
    run = fold("run", mixed)

    assert [one.key for one in run.journeys] == ["second", "first"]
    assert [one.index for one in run.journeys[1].steps] == [1, 2]


def test_shows_a_step_that_was_never_reached_as_it_was_recorded() -> None:
    skipped = StepFinished(at=3.0, journey="buy", index=3, name="Pay", status=Status.SKIPPED)
    (walked,) = fold("run", [*journey(), skipped]).journeys

    assert (walked.steps[2].name, walked.steps[2].status, walked.steps[2].duration_ms) == ("Pay", Status.SKIPPED, None)


@pytest.mark.parametrize("length", range(len(whole_run()) + 1))
def test_reads_a_run_that_was_killed_anywhere(length: int) -> None:
    run = fold("run", whole_run()[:length])
    finished = sum(isinstance(event, StepFinished) for event in whole_run()[:length])

    assert [step.status for step in run.steps].count(Status.PASSED) == finished
    assert run.totals.errors == sum(step.status is None for step in run.steps) <= 1
    assert (run.finished_at is None) == (length < len(whole_run()))


def test_notes_each_kind_that_it_does_not_know_once() -> None:
    unknown = [UnknownEvent(at=0.0, stored_kind=kind) for kind in ("Teleported", "Teleported", "Sung")]
    run = fold("run", [run_started(), *unknown])

    assert [note.message.split(" were left out")[0] for note in run.notes] == [
        "2 events of kind Teleported",
        "1 events of kind Sung",
    ]
    assert {note.level for note in run.notes} == {NoteLevel.WARNING}


@pytest.mark.parametrize(("kind", "payload"), [("Teleported", "{}"), ("RunFinished", '{"at": 1.0, "exit_code": "x"}')])
def test_reads_a_run_of_a_newer_version(tmp_path: Path, kind: str, payload: str) -> None:
    row = {"run_id": "run", "at": 1.0, "worker": "main", "kind": kind, "payload": payload}
    with Store.open(tmp_path / "stormwalk.db") as store:
        store.append("run", whole_run())
        with store._writers.begin() as connection:
            connection.execute(insert(event_table).values(row))
        run = read_run(store, "run")

    assert run.totals == Totals(passed=2)
    assert [note.message.split(" were")[0] for note in run.notes] == [f"1 events of kind {kind}"]


def test_knows_how_much_an_access_check_has_before_it_from_its_beginning() -> None:
    begun = AccessStarted(
        at=1.0, roles=("admin",), cells=(("GET /a", "admin"), ("GET /b", "admin")), matrix="demo.toml"
    )
    access = fold("run", [run_started(), begun]).access
    assert access is not None
    assert (access.matrix, access.coverage) == ("demo.toml", AccessCoverage(cells=2))

    ended = AccessConcluded(at=2.0, findings=(), coverage=AccessCoverage(cells=2, judged=2, threshold=0.9))
    access = fold("run", [run_started(), begun, ended]).access
    assert access is not None
    assert access.coverage == ended.coverage


def test_says_that_there_is_no_such_run(tmp_path: Path) -> None:
    with Store.open(tmp_path / "stormwalk.db") as store:
        with pytest.raises(StoreError, match=r"no run x in the store\. There is no run yet"):
            read_run(store, "x")
        store.append("run", whole_run())
        with pytest.raises(StoreError, match=r"no run x in the store\. The newest run is run"):
            read_run(store, "x")
        store.prune("shop", keep=0)
        with pytest.raises(StoreError, match=r"events of run run were removed.*only its summary"):
            read_run(store, "run")


def test_takes_ten_times_as_long_for_ten_times_as_much() -> None:
    few, many = ([e for n in range(journeys) for e in journey(f"j{n}", steps=100)] for journeys in (10, 100))

    assert grows_by_less_than(30, lambda: fold("run", few), lambda: fold("run", many))
