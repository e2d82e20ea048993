"""What stays of a run when its events are gone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from stormwalk.cells import CellKind, Colour
from stormwalk.errors import StoreError
from stormwalk.model import Status
from stormwalk.reading import read_run
from stormwalk.store import Store
from stormwalk.storm_events import StormJudged
from tests.reporting.access_samples import everything, with_access
from tests.reporting.storm_runs import judged, rich
from tests.storing import run_started, whole_run


def test_judgement_access_and_cells_survive_retention(tmp_path: Path) -> None:
    judgement = rich().storm.judgement  # type: ignore[union-attr]
    assert judgement is not None
    with Store.open(tmp_path / "s.db") as store:
        for number, run_id in enumerate(("old", "new")):
            store.append(run_id, [*whole_run(at=1.0 + number), StormJudged(at=2.0, judgement=judgement)])
            store.summarise(read_run(store, run_id))
        store.prune("shop", keep=1)

        assert list(store.follow("old")) == []
        assert store.judgement("old") == judgement
        assert store.cells("old") == store.cells("new") != ()
        resilience = store.figures(["old"])["old"].resilience
        assert resilience is not None
        assert resilience.score == judgement.score.score


def test_a_killed_run_has_its_judgement_when_it_is_pruned(tmp_path: Path) -> None:
    judgement = rich().storm.judgement  # type: ignore[union-attr]
    assert judgement is not None
    with Store.open(tmp_path / "s.db") as store:
        store.append("killed", [run_started(), StormJudged(at=1.0, judgement=judgement)])
        assert store.judgement("killed") is None
        store.prune("shop", keep=0)

        assert store.judgement("killed") == judgement


def test_the_newest_judgement_counts(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db") as store:
        store.summarise(rich())
        again = judged(steered=True)
        store.summarise(again)

        assert store.judgement(again.id) == again.storm.judgement  # type: ignore[union-attr]
        assert store.figures([again.id])[again.id].steered


def test_an_access_check_is_kept_whole(tmp_path: Path) -> None:
    run = with_access(everything())
    with Store.open(tmp_path / "s.db") as store:
        store.summarise(run)

        assert store.access(run.id) == run.access
        cells = [one for one in store.cells(run.id) if one.kind is CellKind.ACCESS]
        assert {one.colour for one in cells} == set(Colour)
        assert (store.judgement(run.id), store.access("nowhere"), store.cells("nowhere")) == (None, None, ())


def test_a_store_of_before_gets_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        store.append("run", whole_run())
        store.summarise(read_run(store, "run"))
    with closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE stormwalk_outcomes")
        database.commit()

    with Store.open(path) as store:
        assert store.figures(["run"]) == {}
        assert [one.status for one in store.walks(["run"])] == [Status.PASSED]
        store.summarise(read_run(store, "run"))
        assert store.figures(["run"]) != {}


def test_what_a_newer_version_wrote_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store.open(path) as store:
        store.summarise(rich())
        with closing(sqlite3.connect(path)) as database:
            database.execute("UPDATE stormwalk_outcomes SET figures = '{\"endpoints\": 3}'")
            database.commit()

        with pytest.raises(StoreError, match="Update this one"):
            store.figures([rich().id])


def test_many_runs_are_asked_for_in_portions(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.db") as store:
        store.summarise(rich())
        nowhere = [f"run {number}" for number in range(40_000)]

        assert list(store.figures([*nowhere, rich().id])) == [rich().id]
