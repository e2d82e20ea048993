"""The store on a real PostgreSQL server. Deselected unless STORMWALK_TEST_POSTGRES names one: see conftest.py."""

from __future__ import annotations

import os
from collections.abc import Iterator
from multiprocessing import get_context
from uuid import uuid4

import pytest

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError
from stormwalk.events import RunFinished
from stormwalk.model import RunMode, Totals
from stormwalk.reading import read_run
from stormwalk.store import Store
from stormwalk.store import tables as store_tables
from stormwalk.store.live import Frame
from tests.storing import append_steps, open_together, run_started, step, whole_run

pytestmark = pytest.mark.postgres


@pytest.fixture
def url() -> Iterator[str]:
    url = os.environ["STORMWALK_TEST_POSTGRES"]
    yield url
    with Store.open(url) as store, store._engine.begin() as connection:
        store_tables.metadata.drop_all(connection)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


def test_keeps_lists_summarises_and_prunes(store: Store) -> None:
    store.append("run", whole_run(), thumbnails={"picture": b"first"})
    store.keep_thumbnail("run", "picture", b"\0newer")
    run = read_run(store, "run")
    store.summarise(run)
    store.summarise(run)

    assert [one.event for one in store.follow("run")] == whole_run()
    assert store.thumbnail("run", "picture") == b"\0newer"
    assert [(one.id, one.mode, one.totals) for one in store.runs()] == [("run", RunMode.NORMAL, Totals(passed=2))]
    assert store.prune("shop", keep=0) == ("run",)
    assert (list(store.follow("run")), store.thumbnail("run", "picture")) == ([], None)
    assert store.last_passed_steps("shop", "test_buy") == ("Step 1", "Step 2")


def test_processes_may_open_a_new_store_together(url: str) -> None:
    processes = get_context("spawn")
    gate = processes.Barrier(4)
    children = [processes.Process(target=open_together, args=(url, gate)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 4


def test_a_follower_sees_every_event_of_four_processes(store: Store, url: str) -> None:
    processes = get_context("spawn")
    gate = processes.Barrier(5)
    children = [processes.Process(target=append_steps, args=(url, f"gw{one}", 200, gate)) for one in range(4)]
    for child in children:
        child.start()
    gate.wait(20)
    seen, last = 0, 0
    while any(child.is_alive() for child in children):
        for recorded in store.follow("run", after=last):
            seen, last = seen + 1, recorded.id
    for child in children:
        child.join()
    seen += len(list(store.follow("run", after=last)))

    assert seen == 4 * 200 * len(step(1))


def test_an_append_waits_for_one_of_the_same_run_that_has_its_ids_already(url: str) -> None:
    with Store.open(url, busy_seconds=0.2) as slow, Store.open(url, busy_seconds=0.2) as quick:
        with slow._write() as connection:
            store_tables.take_turn(connection, "run")
            with pytest.raises(StoreError, match="lock"):
                quick.append("run", [run_started()])
            quick.append("another run", [run_started()])
        quick.append("run", [run_started()])

        assert len(list(quick.follow("run"))) == len(list(quick.follow("another run"))) == 1


def test_says_that_the_server_cannot_be_reached_without_the_password() -> None:
    with pytest.raises(StoreError, match="can be reached, then try again") as refused:
        Store.open(f"postgresql://sam:secret@127.0.0.1:1/{uuid4().hex}")
    assert "secret" not in str(refused.value)


def test_keeps_frames_and_requests_and_knows_who_watches(store: Store) -> None:
    store.append("run", [run_started()])
    store.put_frame("run", "gw0", b"\0first", 1.0)
    store.put_frame("run", "gw0", b"\0second", 2.0)
    store.watch("run")
    asked = [store.ask("run", ControlRequest(kind=ControlKind.STOP, at=1.0, by="sam")) for _ in range(2)]

    assert store.frame("run", "gw0") == Frame(at=2.0, jpeg=b"\0second")
    assert store.watched("run")
    assert not store.watched("run", within=0.0)
    assert store.requests("run") == asked
    assert store.requests("run", asked[0].id) == asked[1:]
    store.append("run", [RunFinished(at=2.0, exit_code=0)])
    assert store.frame("run", "gw0") is None
