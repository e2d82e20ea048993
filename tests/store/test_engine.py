"""Stores that may only be read, and files that nobody meant to make."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stormwalk.errors import StoreError
from stormwalk.model import Status
from stormwalk.store import Store
from tests.history.past import journey, keep, run, step

# Root may write wherever it likes until it gives that right away.
POWERLESS = () if os.geteuid() else ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


@contextmanager
def locked_away(folder: Path) -> Iterator[None]:
    """Nothing below may be written, as on a disk that was mounted so, or in the artifacts of somebody else."""
    kept = {one: one.stat().st_mode for one in (folder, *folder.iterdir())}
    for one in kept:
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        yield
    finally:
        for one, mode in kept.items():
            one.chmod(mode)


def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    if POWERLESS and not shutil.which("setpriv"):
        pytest.skip("root cannot give up its rights here: setpriv is missing")
    return subprocess.run(
        [*POWERLESS, sys.executable, "-m", "stormwalk", *arguments], capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One with a store of two runs, the second of which is worse."""
    with Store.open(tmp_path / "kept" / "runs.db") as store:
        keep(store, run(1, journey(step("Buy"))), run(2, journey(step("Buy", Status.FAILED))))
        (tmp_path / "ids").write_text(" ".join(one.id for one in reversed(store.runs())))
    return tmp_path / "kept"


def test_what_only_asks_reads_a_store_that_may_not_be_written(folder: Path) -> None:
    store, ids = str(folder / "runs.db"), (folder.parent / "ids").read_text().split()
    with locked_away(folder):
        listed = ask("report", "--list", "--store", store)
        past = ask("history", "--store", store)
        compared = ask("compare", *ids, "--store", store)

    assert [one.returncode for one in (listed, past, compared)] == [0, 0, 1], listed.stderr + past.stderr
    assert all(one in listed.stdout for one in ids)
    assert "New: 1" in compared.stdout
    assert [one.name for one in folder.iterdir()] == ["runs.db"]


def test_what_was_not_written_back_yet_is_read_too(folder: Path, tmp_path: Path) -> None:
    with Store.open(folder / "runs.db") as store:
        keep(store, run(3, journey(step("Sell"))))
        newest = store.latest_run()
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
    assert newest is not None
    with locked_away(copy):
        assert newest in ask("report", "--list", "--store", str(copy / "runs.db")).stdout


def test_writing_into_a_store_that_may_only_be_read_is_refused_as_ever(folder: Path) -> None:
    with locked_away(folder):
        code = f"from stormwalk.store import Store; Store.open({str(folder / 'runs.db')!r})"
        refused = subprocess.run([*POWERLESS, sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert "cannot be written. Give yourself the right" in refused.stderr


@pytest.mark.parametrize("name", ["nonsense", "runs.toml", "history.db.old"])
def test_a_new_store_needs_the_name_of_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match=r"There is no store at .*, and a new one needs a name that ends with \.db"):
        Store.open(tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_there_may_be_called_anything(folder: Path) -> None:
    (folder / "runs.db").rename(folder / "runs.kept")

    with Store.open(folder / "runs.kept") as store:
        assert len(store.runs()) == 2
