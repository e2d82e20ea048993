from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from sqlalchemy import event
from sqlalchemy.exc import StatementError

from stormwalk.errors import StoreError
from stormwalk.events import ConsoleWritten, Event, NoteTaken, RunFinished
from stormwalk.model import FlowStatus, NoteLevel, Status, Totals
from stormwalk.observations import ConsoleLine
from stormwalk.reading import read_run
from stormwalk.store import Store
from tests.storing import append_steps, append_until_killed, journey, open_together, run_started, step, whole_run

DAY = 24 * 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "stormwalk.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Children that begin with everything imported, so that twenty of them cost no more than one."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.storing"])
    return context


def _note(text: str, at: float = 1.0) -> NoteTaken:
    return NoteTaken(at=at, level=NoteLevel.INFO, message=text)


def _stored(store: Store, run_id: str = "run") -> list[Event]:
    return [recorded.event for recorded in store.follow(run_id)]


def _summarised(store: Store, run_id: str, events: list[Event]) -> None:
    store.append(run_id, events)
    store.summarise(read_run(store, run_id))


def test_gives_back_what_was_appended_in_order(store: Store) -> None:
    store.append("run", whole_run())
    store.append("other", [_note("not of this run")])

    assert _stored(store) == whole_run()


def test_follows_from_where_it_stopped(store: Store) -> None:
    store.append("run", [_note(f"{number}") for number in range(2500)])
    seen = list(store.follow("run", limit=1200))

    assert len(seen) == 1200
    assert len(list(store.follow("run", after=seen[-1].id))) == 1300
    assert list(store.follow("run", limit=0)) == []


def test_follows_what_is_appended_meanwhile(store: Store) -> None:
    store.append("run", [_note("first")])
    last = next(store.follow("run")).id
    store.append("run", [_note("second")])

    assert [one.event for one in store.follow("run", after=last)] == [_note("second")]


def test_never_gives_an_id_out_twice(store: Store) -> None:
    _summarised(store, "old", whole_run())
    last = list(store.follow("old"))[-1].id
    store.prune("shop", keep=0)
    store.append("new", [_note("after the old ones were removed")])

    assert next(store.follow("new")).id > last


def test_appends_nothing_of_what_fails(store: Store) -> None:
    def halfway() -> Iterator[Event]:
        yield _note("first")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.append("run", halfway())
    with pytest.raises(StatementError):
        store.append("run", [_note("first")], thumbnails={"picture": object()})  # type: ignore[dict-item]
    store.append("run", [_note("again")])

    assert _stored(store) == [_note("again")]


def test_stores_half_a_character(store: Store) -> None:
    def written(text: str) -> list[Event]:
        return [ConsoleWritten(at=1.0, journey="buy", step=1, line=ConsoleLine(level="log", text=text))]

    store.append("run", written("half \ud83d and nothing \0 and a whole é"))

    assert _stored(store) == written("half ? and nothing \0 and a whole é")


def test_keeps_thumbnails_with_their_events_and_alone(store: Store) -> None:
    store.append("run", step(1), thumbnails={"one": b"first"})
    store.keep_thumbnail("run", "two", b"second")
    store.keep_thumbnail("run", "two", b"newer")

    assert store.thumbnail("run", "one") == b"first"
    assert store.thumbnail("run", "two") == b"newer"
    assert store.thumbnail("other", "one") is None


def test_lists_a_run_as_soon_as_it_has_started(store: Store) -> None:
    assert store.latest_run() is None
    store.append("older", [run_started(at=1.0)])
    store.append("newer", [run_started(at=2.0)])
    store.append("older", [RunFinished(at=3.0, exit_code=1, interrupted=True)])
    newer, older = store.runs()

    assert store.latest_run() == newer.id == "newer"
    assert (newer.project, newer.commit, newer.finished_at, newer.totals) == ("shop", "abc", None, None)
    assert (older.finished_at, older.exit_code, older.interrupted) == (3.0, 1, True)


def test_summarises_a_run_and_does_it_again(store: Store) -> None:
    _summarised(store, "run", whole_run())
    store.summarise(read_run(store, "run"))
    (run,) = store.runs()
    (walked,) = store.journeys("run")

    assert (run.totals, run.flow_status, run.pruned) == (Totals(passed=2), FlowStatus.PASSED, False)
    assert (walked.nodeid, walked.status, walked.duration_ms) == ("test_buy", Status.PASSED, 2000.0)
    assert [(one.index, one.name, one.duration_ms) for one in walked.steps] == [
        (1, "Step 1", 10.0),
        (2, "Step 2", 20.0),
    ]


def test_expects_the_steps_of_the_last_passed_walk(store: Store) -> None:
    _summarised(store, "older", [run_started(0.0), *journey(steps=1, at=0.0)])
    _summarised(store, "passed", whole_run())
    _summarised(store, "failed", [run_started(2.0), *journey(steps=1, status=Status.FAILED, at=2.0)])
    store.append("running", [run_started(3.0), *journey(steps=3, at=3.0)])

    assert store.last_passed_steps("shop", "test_buy") == ("Step 1", "Step 2")
    assert store.last_passed_steps("shop", "test_sell") == ()
    assert store.last_passed_steps("other", "test_buy") == ()


def test_prunes_old_runs_and_keeps_their_summaries(store: Store) -> None:
    for number in range(5):
        _summarised(store, f"run{number}", whole_run(at=float(number)))
        store.keep_thumbnail(f"run{number}", "picture", b"jpeg")
    _summarised(store, "of another project", whole_run(at=0.0, project="other"))

    assert store.prune("shop", keep=2) == ("run2", "run1", "run0")
    assert store.prune("shop", keep=2) == ()
    assert [run.id for run in store.runs() if run.pruned] == ["run2", "run1", "run0"]
    assert all(run.totals == Totals(passed=2) for run in store.runs())
    assert (_stored(store, "run2"), store.thumbnail("run2", "picture")) == ([], None)
    assert (len(_stored(store, "run3")), store.thumbnail("run3", "picture")) == (len(whole_run()), b"jpeg")
    assert len(_stored(store, "of another project")) == len(whole_run())


def test_expected_steps_outlive_the_events(store: Store) -> None:
    _summarised(store, "run", whole_run())
    store.prune("shop", keep=0)

    assert store.last_passed_steps("shop", "test_buy") == ("Step 1", "Step 2")


def test_summarises_a_killed_run_before_it_is_pruned(store: Store) -> None:
    store.append("killed", [run_started(1.0), *step(1)])

    assert store.prune("shop", keep=0) == ("killed",)
    assert store.runs()[0].totals == Totals(passed=1)


@pytest.mark.parametrize(("silent", "pruned"), [(DAY - 60, ()), (DAY + 60, ("long",))])
def test_does_not_prune_a_run_that_may_still_be_running(store: Store, silent: float, pruned: tuple[str, ...]) -> None:
    now = time.time()
    store.append("long", [run_started(now - 3 * DAY), _note("the last thing heard of it", at=now - silent)])

    assert store.prune("shop", keep=0) == pruned


def test_threads_append_at_once(store: Store) -> None:
    def work(worker: str) -> None:
        for index in range(50):
            store.append("run", step(index, journey=worker))

    threads = [Thread(target=work, args=(f"thread{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(_stored(store)) == 4 * 50 * len(step(1))


def test_four_processes_append_at_once_and_nothing_is_lost(path: Path, processes: ForkServerContext) -> None:
    gate = processes.Barrier(4)
    children = [processes.Process(target=append_steps, args=(str(path), f"gw{one}", 200, gate)) for one in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    with Store.open(path) as store:
        walked = {one.key: [step.index for step in one.steps] for one in read_run(store, "run").journeys}
        assert len(_stored(store)) == 4 * 200 * len(step(1))
    assert [child.exitcode for child in children] == [0] * 4
    assert walked == {f"gw{one}": list(range(1, 201)) for one in range(4)}


def test_processes_may_open_a_new_store_together(path: Path, processes: ForkServerContext) -> None:
    gate = processes.Barrier(8)
    children = [processes.Process(target=open_together, args=(str(path), gate)) for _ in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join()

    assert [child.exitcode for child in children] == [0] * 8


def test_keeps_every_acknowledged_step_of_a_killed_process(path: Path, processes: ForkServerContext) -> None:
    moments = Random(20)
    acknowledged = {
        # Every other one is left to begin with a step; the rest may be killed while they still open the store.
        f"run{n}": _kill(path, f"run{n}", n % 2, moments.uniform(0, 0.08), processes)
        for n in range(20)
    }

    with Store.open(path) as store:
        for run_id, last in acknowledged.items():
            whole = [event for index in range(1, last + 1) for event in step(index)]
            assert _stored(store, run_id)[1 : len(whole) + 1] == whole
            assert (len(_stored(store, run_id)) - 1) % len(step(1)) in (0, len(step(1)) - 1)
        store.append("next", whole_run())
        assert store.latest_run() is not None
    assert sum(last > 0 for last in acknowledged.values()) >= 10


def _kill(path: Path, run_id: str, first: int, after: float, processes: ForkServerContext) -> int:
    """Let a child append, kill it `after` so many seconds, counted from when it has told the index `first`.

    Gives the last index that it had acknowledged.
    """
    reader, writer = processes.Pipe(duplex=False)
    child = processes.Process(target=append_until_killed, args=(str(path), run_id, writer))
    child.start()
    writer.close()
    last = -1
    while last < first:
        last = reader.recv()
    deadline = time.monotonic() + after
    while reader.poll(max(0.0, deadline - time.monotonic())) and time.monotonic() < deadline:
        last = reader.recv()
    child.kill()
    child.join()
    try:
        while True:
            last = reader.recv()
    except EOFError:
        return last


def test_says_what_to_do_with_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("This is a letter, not a database. " * 40)

    with pytest.raises(StoreError, match=r"note\.txt is not a database\. Move it away"):
        Store.open(tmp_path / "note.txt")


def test_refuses_the_database_of_another_application(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")

    with pytest.raises(StoreError, match=r"another application \(orders\): choose another file"):
        Store.open(tmp_path / "shop.db")


@pytest.mark.parametrize(("version", "says"), [(2, "update this one"), (0, "cannot read it any more")])
def test_refuses_a_schema_of_another_version(path: Path, version: int, says: str) -> None:
    Store.open(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE stormwalk_schema SET version = ?", (version,))

    with pytest.raises(StoreError, match=f"has schema {version}, and schema 1 is needed.*{says}"):
        Store.open(path)


def test_says_that_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match=r"cannot be made \(.*\): choose another"):
        Store.open(tmp_path / "file" / "stormwalk.db")


def test_says_that_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened\. Check that its folder is there"):
        Store.open(tmp_path)


def test_says_that_another_process_holds_the_database(path: Path) -> None:
    with Store.open(path, busy_seconds=0.2) as store, sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"is locked by another process\. End that process"):
            store.append("run", [_note("lost?")])
        other.execute("ROLLBACK")
        store.append("run", [_note("not lost")])

        assert _stored(store) == [_note("not lost")]


def test_opens_and_reads_while_another_process_writes(path: Path) -> None:
    with Store.open(path) as store:
        store.append("run", [_note("there")])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Store.open(path, busy_seconds=0.2) as store:
            assert _stored(store) == [_note("there")]


def test_appends_while_another_process_reads(path: Path) -> None:
    with Store.open(path, busy_seconds=0.2) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM stormwalk_events").fetchone()
        store.append("run", [_note("not held up")])

        assert _stored(store) == [_note("not held up")]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://somewhere/else", "cannot be in mysql"),
        ("sqlite://", "must be a file"),
        (":memory:", "must be a file"),
        ("postgresql://sam:secret@[::1", "cannot be read"),
    ],
)
def test_refuses_what_cannot_be_a_store(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as refused:
        Store.open(url)
    assert "secret" not in str(refused.value)


def test_says_which_driver_postgresql_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(StoreError, match=r"pip install 'psycopg\[binary\]'") as refused:
        Store.open("postgresql://sam:secret@127.0.0.1/stormwalk")
    assert "secret" not in str(refused.value)


@pytest.fixture
def filling_up(tmp_path: Path) -> Iterator[tuple[Store, Callable[[], None]]]:
    """A store that has less than a megabyte left, and what makes room for it.

    On a real disk of that size where we may mount one; else SQLite is told to stop there, and says the same.
    """
    disk = tmp_path / "disk"
    disk.mkdir()
    with ExitStack() as stack:
        if _command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)):
            stack.callback(_command, "umount", str(disk))
            filler = disk / "filler"
            filler.write_bytes(bytes(500_000))
            store, make_room = Store.open(disk / "stormwalk.db"), lambda: filler.unlink()
        else:
            store, make_room = _capped(disk / "stormwalk.db")
        stack.callback(store.close)
        yield store, make_room


def _command(*words: str) -> bool:
    return subprocess.run(words, capture_output=True).returncode == 0


def _capped(path: Path) -> tuple[Store, Callable[[], None]]:
    store, pages = Store.open(path), [64]
    event.listen(
        store._engine, "begin", lambda one: one.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}"), insert=True
    )
    return store, lambda: pages.insert(0, 10_000)


def test_loses_nothing_when_the_disk_is_full(filling_up: tuple[Store, Callable[[], None]]) -> None:
    store, make_room = filling_up
    acknowledged = 0

    def append_for_ever() -> None:
        nonlocal acknowledged
        while True:
            store.append("run", step(acknowledged + 1))
            acknowledged += 1

    with pytest.raises(StoreError, match=r"the disk is full\. Free some space"):
        append_for_ever()
    assert acknowledged > 10
    assert len(_stored(store)) == acknowledged * len(step(1))
    make_room()
    store.append("run", step(acknowledged + 1))
    assert len(_stored(store)) == (acknowledged + 1) * len(step(1))
