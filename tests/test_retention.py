"""What old runs have left on the disk, those that no store knows included."""

from __future__ import annotations

from pathlib import Path

import pytest

from stormwalk.errors import StoreError
from stormwalk.retention import FOLDERS, forget_old_runs, forget_orphans
from stormwalk.store import Store
from tests.storing import whole_run

OLD, OLDER, NEW = "20261101-100000-aaaa", "20261101-090000-bbbb", "20261124-100000-cccc"


def left(root: Path) -> list[str]:
    return sorted({path.name for folder in FOLDERS for path in (root / folder).iterdir() if path.is_dir()})


def leave(root: Path, *runs: str) -> None:
    for run in runs:
        for folder in FOLDERS:
            (root / folder / run).mkdir(parents=True)
            (root / folder / run / "application.log").touch()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "other.db")


def test_what_no_store_knows_goes_when_it_is_old(tmp_path: Path, store: Store) -> None:
    leave(tmp_path, OLD, OLDER, NEW, "my-notes")
    forget_orphans(store, tmp_path, keep=2)
    assert left(tmp_path) == [OLD, NEW, "my-notes"]
    forget_orphans(store, tmp_path, keep=0)
    assert left(tmp_path) == ["my-notes"]


def test_what_this_store_or_the_default_one_keeps_stays(tmp_path: Path, store: Store) -> None:
    leave(tmp_path, OLD, OLDER, NEW)
    store.append(OLD, whole_run())
    with Store.open(tmp_path / "reports" / "stormwalk.db") as default:
        default.append(OLDER, whole_run())
    forget_orphans(store, tmp_path, keep=0)
    assert left(tmp_path) == [OLDER, OLD]


def test_a_folder_that_was_left_when_its_run_was_pruned_goes(tmp_path: Path, store: Store) -> None:
    leave(tmp_path, OLD, OLDER)
    for run in (OLDER, OLD):
        store.append(run, whole_run(at=float(run[9:15])))
    store.prune("shop", keep=1)
    forget_orphans(store, tmp_path, keep=1)
    assert left(tmp_path) == [OLD]


def test_old_runs_of_a_project_go_with_their_folders(tmp_path: Path, store: Store) -> None:
    leave(tmp_path, OLD, OLDER)
    for run in (OLDER, OLD):
        store.append(run, whole_run(at=float(run[9:15])))
    forget_old_runs(store, tmp_path, "shop", keep=1)
    assert left(tmp_path) == [OLD]


def test_where_a_store_cannot_be_read_nothing_is_taken_for_an_orphan(tmp_path: Path, store: Store) -> None:
    leave(tmp_path, OLD)
    (tmp_path / "reports" / "stormwalk.db").write_text("no database, and long enough to be looked at" * 9)
    with pytest.raises(StoreError):
        forget_orphans(store, tmp_path, keep=0)
    assert left(tmp_path) == [OLD]


def test_nothing_there_is_nothing_to_do(tmp_path: Path, store: Store) -> None:
    forget_orphans(store, tmp_path, keep=0)
