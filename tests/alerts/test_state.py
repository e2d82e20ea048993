"""Which runs are worth a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.alerts.alert import State
from stormwalk.alerts.state import StoredRuns, WithBaseline, state_of, worth_telling
from stormwalk.config.alerts import When
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import RunStarted
from stormwalk.history.state import LastRun
from stormwalk.history.state import State as Baseline
from stormwalk.history.state import state_of as exported
from stormwalk.model import Environment, Run, RunMode
from stormwalk.store import Store
from tests.alerts.runs import stored
from tests.history.past import PROJECT, journey, keep, run, step
from tests.reporting.storm_runs import rich


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def told(store: Store, when: When, codes: str) -> str:
    """One run after the other, each with its exit code; those that are told."""
    runs = [stored(store, f"run-{place}", int(code), at=100.0 + place) for place, code in enumerate(codes)]
    return "".join("!" if worth_telling(run, when, StoredRuns(store)) else "." for run in runs)


@pytest.mark.parametrize(
    ("when", "codes", "expected"),
    [
        (When.ON_CHANGE, "00110220", "!.!.!!.!"),
        (When.ON_FAILURE, "00110220", "..!!.!!."),
        (When.ALWAYS, "00110220", "!!!!!!!!"),
    ],
)
def test_when_somebody_is_told(store: Store, when: When, codes: str, expected: str) -> None:
    assert told(store, when, codes) == expected


def test_only_the_same_project_mode_and_branch_count(store: Store) -> None:
    stored(store, "a", 1, at=1)
    stored(store, "b", 1, at=2, mode=RunMode.CHAOS)
    stored(store, "c", 1, at=3, branch="other")
    stored(store, "d", 1, at=4, project="Another shop")
    run = stored(store, "e", 0, at=5)

    assert StoredRuns(store).state_before(run) is State.FAILED
    for other in ("b", "c", "d"):
        mode, branch, name = {"b": (RunMode.CHAOS, "main", "Small shop"), "c": (RunMode.NORMAL, "other", "Small shop"),
                              "d": (RunMode.NORMAL, "main", "Another shop")}[other]  # fmt: skip
        again = stored(store, f"{other}2", 0, at=6, mode=mode, branch=branch, project=name)
        assert StoredRuns(store).state_before(again) is State.FAILED
    assert StoredRuns(store).state_before(stored(store, "f", 0, at=7, branch="new")) is None


def test_a_run_that_was_killed_or_interrupted_has_no_state(store: Store) -> None:
    stored(store, "a", 1, at=1)
    environment = Environment(branch="main")
    killed = RunStarted(at=2, project="Small shop", mode=RunMode.NORMAL, base_url="", environment=environment)
    store.append("b", [killed])
    stored(store, "c", 2, at=3, interrupted=True)

    assert StoredRuns(store).state_before(stored(store, "d", 1, at=4)) is State.FAILED


def test_a_run_whose_events_are_gone_still_counts(store: Store) -> None:
    stored(store, "a", 1, at=1)
    run = stored(store, "b", 1, at=2)
    store.prune("Small shop", keep=1)

    assert StoredRuns(store).state_before(run) is State.FAILED


@pytest.mark.parametrize(("code", "expected"), [(2, [True, False, False]), (1, [True, True, True])])
def test_an_interrupted_run_is_told_where_it_found_something(store: Store, code: int, expected: list[bool]) -> None:
    run = stored(store, "a", code, at=1, interrupted=True)

    assert [worth_telling(run, when, StoredRuns(store)) for when in When] == expected


def test_a_run_without_an_end_could_not_be_tested(store: Store) -> None:
    store.append("a", [RunStarted(at=2, project="Small shop", mode=RunMode.NORMAL, base_url="")])
    (summary,) = store.runs()

    assert state_of(summary) is State.ERROR


def steered(run: Run) -> Run:
    judgement = rich().storm
    assert judgement is not None
    assert judgement.judgement is not None
    return replace(run, storm=replace(judgement, judgement=replace(judgement.judgement, steered=True)))


def test_a_run_that_was_steered_by_hand_is_not_told_and_does_not_count(store: Store) -> None:
    stored(store, "a", 0, at=1, mode=RunMode.CHAOS)
    by_hand = steered(stored(store, "b", 2, at=2, mode=RunMode.CHAOS))
    store.summarise(by_hand)
    after = stored(store, "c", 0, at=3, mode=RunMode.CHAOS)

    assert [worth_telling(by_hand, when, StoredRuns(store)) for when in When] == [True, False, False]
    assert StoredRuns(store).state_before(after) is State.PASSED


def test_a_run_that_was_stopped_by_hand_does_not_count(store: Store) -> None:
    stored(store, "a", 0, at=1)
    stop = ControlRequest(kind=ControlKind.STOP, at=2, id=1)
    store.summarise(replace(stored(store, "b", 2, at=2), requests=(stop,)))

    assert not worth_telling(stored(store, "c", 0, at=3), When.ON_CHANGE, StoredRuns(store))


def test_what_was_steered_or_stopped_is_not_exported(store: Store) -> None:
    stored(store, "a", 1, at=1, mode=RunMode.CHAOS)
    store.summarise(steered(stored(store, "b", 2, at=2, mode=RunMode.CHAOS)))
    stop = ControlRequest(kind=ControlKind.STOP, at=3, id=1)
    store.summarise(replace(stored(store, "c", 2, at=3, mode=RunMode.CHAOS), requests=(stop,)))

    last = exported(store, "Small shop", "main").last_run(RunMode.CHAOS, "main")

    assert last is not None
    assert (last.run, last.exit_code) == ("a", 1)


def test_of_store_and_baseline_the_newer_tells_the_state_before(store: Store) -> None:
    stored(store, "a", 1, at=1)
    newer = LastRun(run="b", mode=RunMode.NORMAL, branch="main", at=2.0, exit_code=0)
    baseline = Baseline(project="Small shop", last=(newer,))
    now = stored(store, "c", 0, at=3)

    assert WithBaseline(store, baseline).state_before(now) is State.PASSED
    assert (
        exported(store, "Small shop", "main", Baseline(project="Small shop", last=(replace(newer, at=9.0),)))
        .last[0]
        .run
        == "b"
    )


def test_a_machine_that_starts_empty_knows_the_last_run_from_its_baseline(tmp_path: Path) -> None:
    last = LastRun(run="before", mode=RunMode.NORMAL, branch="main", at=1.0, exit_code=1)
    baseline = Baseline(project=PROJECT, last=(last,))
    now = run(2, journey(step("Buy")))
    with Store.open(tmp_path / "empty.db") as store:
        assert WithBaseline(store, baseline).state_before(now) is State.FAILED
        assert WithBaseline(store, None).state_before(now) is None
        keep(store, run(1, journey(step("Buy"))))

        assert WithBaseline(store, baseline).state_before(now) is State.PASSED, "the store is newer"
