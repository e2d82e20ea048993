from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.store import Store
from tests.dashboard import tales
from tests.dashboard.serving import Served, served


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of two runs, a normal one that has ended and a storm that goes on, and their pictures."""
    root = tmp_path_factory.mktemp("root")
    folder = root / "screenshots" / tales.RUN / "shopper"
    folder.mkdir(parents=True)
    (folder / "04-step.jpg").write_bytes(tales.jpeg("#0b62bd"))
    with Store.open(root / "stormwalk.db") as store:
        run = tales.normal_run()
        store.append(tales.RUN, run, tales.thumbnails(run))
        store.append(tales.TRIED_AGAIN, tales.tried_again())
        storm = [*tales.storm_begins(), *tales.storm_walk("control", ""), *tales.step("control", 1)]
        store.append(tales.STORM, storm, tales.thumbnails(storm))
    return root


@pytest.fixture(scope="module")
def dashboard(root: Path) -> Iterator[Served]:
    with served(root / "stormwalk.db", root) as running:
        yield running
