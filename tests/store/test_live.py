from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import ControlTaken, RunFinished
from stormwalk.store import Store
from stormwalk.store.live import Frame
from tests.storing import run_started, step, whole_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stormwalk.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def pause(at: float = 1.0) -> ControlRequest:
    return ControlRequest(kind=ControlKind.PAUSE, at=at, by="dashboard")


def test_keeps_the_latest_frame_of_each_worker_and_run(store: Store) -> None:
    store.put_frame("run", "gw0", b"first", 1.0)
    store.put_frame("run", "gw0", b"second", 2.0)
    store.put_frame("run", "gw1", b"other", 1.5)

    assert store.frame("run", "gw0") == Frame(at=2.0, jpeg=b"second")
    assert store.frame("run", "gw1") == Frame(at=1.5, jpeg=b"other")
    assert store.frame("run", "gw2") is None
    assert store.frame("another run", "gw0") is None


def test_frames_go_when_their_run_has_finished_and_others_stay(store: Store) -> None:
    for run in ("run", "another run"):
        store.append(run, [run_started()])
        store.put_frame(run, "main", b"frame", 1.0)
        store.watch(run)

    store.append("run", [RunFinished(at=2.0, exit_code=0)])

    assert store.frame("run", "main") is None
    assert not store.watched("run")
    assert store.frame("another run", "main") is not None
    assert store.watched("another run")


def test_knows_whether_somebody_watches(store: Store) -> None:
    assert not store.watched("run")
    store.watch("run")
    store.watch("run")

    assert store.watched("run")
    assert not store.watched("another run")
    assert not store.watched("run", within=0.0)


def test_gives_requests_in_order_and_from_where_one_stopped(store: Store) -> None:
    off = ControlRequest(kind=ControlKind.RULE_OFF, at=2.0, by="sam", rule="lost-reply @ POST /api/orders")
    first, second = store.ask("run", pause()), store.ask("run", off)
    store.ask("another run", pause())

    assert 0 < first.id < second.id
    assert store.requests("run") == [first, second]
    assert (second.kind, second.at, second.by, second.rule) == (off.kind, off.at, off.by, off.rule)
    assert store.requests("run", first.id) == [second]
    assert store.requests("run", second.id) == []


def test_requests_of_threads_all_arrive_with_an_id_each(store: Store) -> None:
    threads = [Thread(target=store.ask, args=("run", pause(float(at)))) for at in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert len({one.id for one in store.requests("run")}) == 20


def test_leaves_out_a_request_that_only_a_newer_dashboard_can_make(store: Store, path: Path) -> None:
    known = store.ask("run", pause())
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO stormwalk_requests (run_id, at, by, kind, rule) VALUES ('run', 1, '', 'fly', '')"
        )

    assert store.requests("run") == [known]


def test_forgets_frames_and_requests_of_a_run_with_its_events(store: Store) -> None:
    store.append("run", whole_run())
    store.put_frame("run", "main", b"late", 1.0)
    store.ask("run", pause())
    store.ask("another run", pause())

    assert store.prune("shop", keep=0) == ("run",)
    assert store.frame("run", "main") is None
    assert store.requests("run") == []
    assert len(store.requests("another run")) == 1


def test_gives_the_events_of_a_kind_of_all_workers(store: Store) -> None:
    first, second = step(1, worker="gw0"), step(2, worker="gw1")
    store.append("run", [*first, *second])
    store.append("another run", step(1))

    assert store.of_kind("run", "StepFinished") == [first[-1], second[-1]]
    assert store.of_kind("run", "RunFinished") == []


def test_a_request_that_is_taken_up_is_an_event_like_others(store: Store) -> None:
    taken = ControlTaken(at=1.0, worker="gw3", request=store.ask("run", pause()))
    store.append("run", [taken])

    assert [one.event for one in store.follow("run")] == [taken]


def test_an_older_store_gets_what_it_lacks_and_keeps_what_it_has(path: Path) -> None:
    with Store.open(path) as store:
        store.append("run", whole_run())
    with sqlite3.connect(path) as connection:
        for table in ("frames", "watchers", "requests"):
            connection.execute(f"DROP TABLE stormwalk_{table}")

    with Store.open(path) as store:
        assert store.ask("run", pause()).id > 0
        assert [one.event for one in store.follow("run")] == whole_run()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT version FROM stormwalk_schema").fetchall() == [(1,)]


@pytest.mark.parametrize(
    ("kind", "rule", "says"),
    [
        (ControlKind.RULE_OFF, "", "name a rule"),
        (ControlKind.PAUSE, "latency @ /", "it is for no single rule"),
        (ControlKind.RULE_ON, "x" * 1001, "at most 1000 characters"),
    ],
)
def test_refuses_a_request_without_sense(kind: ControlKind, rule: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ControlRequest(kind=kind, at=1.0, rule=rule)
