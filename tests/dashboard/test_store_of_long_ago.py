"""A dashboard outlives the runs: what it shows when their store is removed, or another one takes its place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dashboard.followers import Followers
from dashboard.following import Follower, Viewer
from stormwalk.errors import StoreError
from stormwalk.store import Store
from tests.dashboard import tales
from tests.dashboard.serving import served


def remove(store: Path) -> None:
    for file in store.parent.glob(f"{store.name}*"):
        file.unlink()


def test_a_store_that_was_removed_is_said_and_the_next_one_is_shown(tmp_path: Path) -> None:
    """Else it would show the runs of a file that is no more, for ever, and never the run that somebody looks for."""
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.append(tales.RUN, tales.normal_run())
    with served(path, tmp_path) as running:
        assert f"run {tales.RUN}" in running.ask("/").text
        remove(path)
        gone = running.ask("/")
        assert (gone.status, "was removed" in gone.text) == (503, True)
        with Store.open(path) as store:
            store.append(tales.STORM, tales.storm_begins())
        assert f"run {tales.STORM}" in running.ask("/").text
        assert running.ask(f"/runs/{tales.RUN}").status == 404


def test_who_watches_is_told_that_the_store_is_gone_and_let_go_when_there_is_another_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.append(tales.RUN, [tales.started()])
        follower = Followers(store, 1).of(tales.RUN)
        viewer = follower.join(0)
        remove(path)
        said = _heard(follower, viewer, "trouble")
        assert said is not None
        assert "was removed" in said
        Store.open(path).close()
        assert _heard(follower, viewer, "") is None


def _heard(follower: Follower, viewer: Viewer, name: str) -> str | None:
    """The next message of this name that says something; None where the viewer is let go."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        messages = follower.wait(viewer, 1.0)
        if messages is None:
            return None
        found = [one.data for one in messages if one.name == name and one.data != '""']
        if found:
            return found[-1]
    raise AssertionError("nobody said anything")


def test_a_store_on_the_same_file_is_never_another_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.append(tales.RUN, tales.normal_run())
        store.renew()
        assert store.generation == 0
        assert store.latest_run() == tales.RUN


def test_a_file_that_is_no_store_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with Store.open(path) as store:
        store.append(tales.RUN, tales.normal_run())
        remove(path)
        path.write_bytes(b"no database at all" * 100)
        with pytest.raises(StoreError, match="is not a database"):
            store.renew()
        remove(path)
        Store.open(path).close()
        store.renew()
        assert (store.generation, store.latest_run()) == (1, None)
