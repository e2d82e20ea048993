"""What a page is told: everything, in order, once; whoever watches, however often the line is lost."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard import following
from dashboard.followers import Followers
from dashboard.following import Follower, Message, Viewer
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError
from stormwalk.events import ControlTaken, Event, RunFinished
from stormwalk.store import Store
from tests.dashboard import tales

PATIENCE = 10.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


@pytest.fixture
def follower(store: Store) -> Iterator[Follower]:
    found = Follower(store, tales.RUN)
    found.wake()
    yield found
    found.end()


def told(follower: Follower, viewer: Viewer, until: int) -> list[Message]:
    """Everything until the viewer was told of the event `until`."""
    found: list[Message] = []
    end = time.monotonic() + PATIENCE
    while viewer.at < until and time.monotonic() < end:
        found += follower.wait(viewer, 1.0) or []
    assert viewer.at >= until, "it was told of everything"
    return found


def changes(messages: list[Message]) -> list[dict[str, Any]]:
    return [json.loads(one.data) for one in messages if one.name == "changes"]


def steps(messages: list[Message]) -> dict[str, str]:
    """The last that was told of each step."""
    return {step["key"]: step["look"] for one in changes(messages) for step in one["steps"]}


def last_id(store: Store) -> int:
    return max(recorded.id for recorded in store.follow(tales.RUN))


def test_every_step_of_four_workers_is_told_and_none_twice(store: Store, follower: Follower) -> None:
    viewer = follower.join(0)
    store.append(tales.RUN, [tales.started()])

    def work(worker: str) -> None:
        for number in range(5):
            for event in tales.walk(f"{worker}-{number}", worker):
                store.append(tales.RUN, [event])

    workers = [threading.Thread(target=work, args=(f"gw{number}",)) for number in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    messages = told(follower, viewer, last_id(store))

    assert steps(messages) == {
        f"gw{worker}-{number}/{index}": "passed" for worker in range(4) for number in range(5) for index in range(1, 5)
    }
    in_one = [Counter(step["key"] for step in one["steps"]).most_common(1) for one in changes(messages)]
    assert {times for found in in_one for _, times in found} == {1}
    ids = [one.id or 0 for one in messages if one.name == "changes"]
    assert ids == sorted(set(ids))


def test_who_comes_back_is_told_what_was_missed_and_nothing_else(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(), tales.begins("a"), *tales.step("a", 1)])
    first = follower.join(0)
    told(follower, first, last_id(store))
    follower.leave(first)
    store.append(tales.RUN, tales.step("a", 2))
    again = follower.join(first.at)

    assert steps(told(follower, again, last_id(store))) == {"a/2": "passed"}


def test_another_server_goes_on_where_the_first_one_ended(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(), tales.begins("a"), *tales.step("a", 1), tales.step_begins("a", 2)])
    viewer = follower.join(0)
    told(follower, viewer, last_id(store))
    follower.end()
    store.append(tales.RUN, [tales.step_ends("a", 2)])
    other = Follower(store, tales.RUN)
    other.wake()

    assert steps(told(other, other.join(viewer.at), last_id(store))) == {"a/2": "passed"}
    other.end()


def test_viewers_that_are_equally_far_are_told_by_one_message(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(), tales.begins("a")])
    viewers = [follower.join(0) for _ in range(20)]
    found = [told(follower, viewer, last_id(store)) for viewer in viewers]

    first = [next(one for one in messages if one.name == "changes") for messages in found]
    assert len({id(one.data) for one in first}) == 1


def test_a_viewer_who_asks_of_another_store_loads_the_page_again(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started()])
    assert follower.caught_up(PATIENCE)
    follower.look(lambda run: run.last)
    viewer = follower.join(10**9)

    assert follower.tell(viewer)[0].name == "reload"


def test_too_much_at_once_is_a_page_to_load_again(
    store: Store, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.snapshot.MOST_STEPS", 3)
    store.append(tales.RUN, [tales.started(), tales.begins("a")])
    viewer = follower.join(0)
    told(follower, viewer, last_id(store))
    store.append(tales.RUN, [event for index in range(1, 5) for event in tales.step("a", index)])

    assert "reload" in [one.name for one in told(follower, viewer, last_id(store))]


def test_a_store_that_does_not_answer_is_said_and_tried_again(
    store: Store, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TROUBLE_PAUSE", 0.05)
    store.append(tales.RUN, [tales.started()])
    viewer = follower.join(0)
    told(follower, viewer, last_id(store))
    whole = Store.follow

    def broken(*_: object, **__: object) -> Iterator[Any]:
        raise StoreError("The store is locked by another process.")

    monkeypatch.setattr(Store, "follow", broken)
    assert _hears(follower, viewer, "trouble") == "The store is locked by another process."
    monkeypatch.setattr(Store, "follow", whole)
    assert _hears(follower, viewer, "trouble") == ""
    store.append(tales.RUN, [tales.begins("a")])
    assert told(follower, viewer, last_id(store))


def test_an_event_that_breaks_the_fold_is_said_and_does_not_end_the_thread(
    store: Store, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "TROUBLE_PAUSE", 0.05)
    viewer = follower.join(0)
    with monkeypatch.context() as broken:
        broken.setattr("dashboard.state.RunState._start", lambda *_: 1 / 0)
        store.append(tales.RUN, [tales.started()])
        assert "could not read this run: ZeroDivisionError" in _hears(follower, viewer, "trouble")
    store.append(tales.RUN, [tales.begins("a")])
    assert told(follower, viewer, last_id(store))


def _hears(follower: Follower, viewer: Viewer, name: str) -> Any:
    """What is said next under that name."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for one in follower.wait(viewer, 0.5) or []:
            if one.name == name and (json.loads(one.data) or viewer.told.get("heard")):
                viewer.told["heard"] = "yes"
                return json.loads(one.data)
    raise AssertionError(f"nothing was said of {name}")


def test_somebody_who_watches_asks_for_frames_and_is_told_of_each(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(), tales.begins("a")])
    viewer = follower.join(0)
    told(follower, viewer, last_id(store))
    end = time.monotonic() + PATIENCE
    while not store.watched(tales.RUN) and time.monotonic() < end:
        follower.wait(viewer, 0.1)
    assert store.watched(tales.RUN)
    store.put_frame(tales.RUN, "gw0", tales.jpeg(), 123.5)

    assert _hears(follower, viewer, "frames") == {"gw0": f"/runs/{tales.RUN}/frames/gw0?at=123.500"}
    frame = follower.frames.of("gw0")
    assert frame is not None
    assert frame.jpeg == tales.jpeg()


def test_a_newer_run_is_told(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(at=1.0)])
    viewer = follower.join(0)
    assert _until(follower, viewer, "newest", bool) == tales.RUN
    store.append("newer", [tales.started(at=2.0)])

    assert _until(follower, viewer, "newest", lambda one: one != tales.RUN) == "newer"


def test_nobody_who_watches_asks_for_nothing(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [tales.started(), tales.begins("a")])
    assert follower.caught_up(PATIENCE)
    follower.look(lambda run: run)

    assert not store.watched(tales.RUN, within=1e9)


def test_what_was_asked_is_shown_and_then_that_it_is_done(store: Store, follower: Follower) -> None:
    store.append(tales.RUN, [*tales.storm_begins(), *tales.storm_walk("a", "latency")])
    viewer = follower.join(0)
    told(follower, viewer, last_id(store))
    request = ControlRequest(kind=ControlKind.RULE_OFF, at=1.0, rule="latency/slow")
    asked = store.ask(tales.RUN, request)
    said = _until(follower, viewer, "switches", lambda one: "not taken up yet" in one["asked"])
    assert {rule["key"]: rule["word"] for rule in said["rules"]} == {"lost-reply/lost": "on", "latency/slow": "off"}
    taken: list[Event] = [ControlTaken(at=2.0, worker=worker, request=asked) for worker in ("gw0", "gw1")]
    store.append(tales.RUN, taken)
    said = _until(follower, viewer, "switches", lambda one: "taken up by 2 workers" in one["asked"])
    assert "count as inconclusive" in said["steered"]


def _until(follower: Follower, viewer: Viewer, name: str, wanted: Any) -> Any:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for one in follower.wait(viewer, 0.5) or []:
            if one.name == name and wanted(json.loads(one.data)):
                return json.loads(one.data)
    raise AssertionError(f"{name} was never as it should be")


def test_a_follower_at_whom_nobody_looks_lets_its_thread_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(following, "QUIET_TICK", 0.02)
    store.append(tales.RUN, [*tales.walk("a"), RunFinished(at=1.0, exit_code=0)])
    follower = Follower(store, tales.RUN)
    follower.wake()
    end = time.monotonic() + PATIENCE
    while any(one.name.startswith("follow") for one in threading.enumerate()) and time.monotonic() < end:
        time.sleep(0.02)
    assert not any(one.name.startswith("follow") for one in threading.enumerate())
    store.append(tales.RUN, tales.walk("b"))
    assert steps(told(follower, follower.join(0), last_id(store)))["b/4"] == "passed"
    follower.end()


def test_only_so_many_runs_are_kept(store: Store) -> None:
    followers = Followers(store, 4)
    kept = [followers.of(f"run-{number}") for number in range(20)]

    assert sum(followers.has(one.run_id) for one in kept) <= 7
    assert followers.has("run-19")
    followers.end()


def test_who_leaves_first_is_the_one_who_is_gone(store: Store, follower: Follower) -> None:
    """Two tabs that have been told the same are still two."""
    store.append(tales.RUN, [tales.started(), *tales.walk("a")])
    one, two = follower.join(0), follower.join(0)
    told(follower, one, last_id(store))
    told(follower, two, last_id(store))
    follower.leave(two)
    store.append(tales.RUN, tales.walk("b"))
    told(follower, one, last_id(store))
    follower.leave(one)

    assert not follower.watched


def test_a_run_beyond_those_that_are_kept_is_followed_by_one_thread(store: Store) -> None:
    runs = [f"2026010{number}-000000-aaaa" for number in range(1, 9)]
    for run_id in runs:
        store.append(run_id, [tales.started(), *tales.walk("a")])
    followers = Followers(store, 40)
    watched = [followers.of(run_id) for run_id in runs[:6]]
    for one in watched:
        one.join(0)
    before = threading.active_count()
    seventh = {id(followers.of(runs[7])) for _ in range(20)}

    assert len(seventh) == 1
    assert threading.active_count() <= before + 1
    followers.end()
