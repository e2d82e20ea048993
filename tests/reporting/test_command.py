"""`python -m stormwalk report`, over a real store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stormwalk.__main__ import main
from stormwalk.events import JourneyFinished, JourneyStarted, RunFinished, RunStarted, StepFinished, StepStarted
from stormwalk.model import RunMode, Status
from stormwalk.reading import read_run
from stormwalk.store import Store
from stormwalk.storm_events import StormJudged, StormPlanned
from tests.reporting.samples import BASE, START
from tests.reporting.storm_runs import rich
from tests.reporting.storm_verdicts import judgement


def record(store: Store, run_id: str, at: float) -> None:
    named: Any = {"at": at, "journey": "a"}
    store.append(
        run_id,
        [
            RunStarted(at=at, project="Web2 Application", mode=RunMode.NORMAL, base_url=BASE),
            JourneyStarted(nodeid="journeys/test_a.py::test_a", title="A shopper buys", **named),
            StepStarted(index=1, name="Open the shop", **named),
            StepFinished(index=1, name="Open the shop", status=Status.PASSED, duration_ms=12.0, **named),
            JourneyFinished(status=Status.PASSED, duration_ms=14.0, **named),
            RunFinished(at=at + 1, exit_code=0),
        ],
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "reports" / "stormwalk.db") as store:
        for place, run_id in enumerate(("20261101-aaa", "20261102-bbb", "20261102-bbbb")):
            record(store, run_id, START + place * 60)
        store.prune("Web2 Application", keep=2)
    return tmp_path


@pytest.mark.parametrize(
    ("wanted", "found"),
    [([], "20261102-bbbb"), (["20261102-bbb"], "20261102-bbb"), (["20261102-bbbb"], "20261102-bbbb")],
)
def test_the_run_that_is_meant(root: Path, capsys: pytest.CaptureFixture[str], wanted: list[str], found: str) -> None:
    assert main(["report", *wanted, "--root", str(root)]) == 0
    report = root / "reports" / found / "report.html"
    assert capsys.readouterr().out.splitlines()[0] == f"Report: {report}"
    assert "Open the shop" in report.read_text()


def test_a_run_of_storms_has_its_chaos_report_from_the_store_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, store_path = rich().storm, tmp_path / "reports" / "stormwalk.db"
    assert whole is not None
    with Store.open(store_path) as store:
        record(store, "20261103-ccc", START)
        planned = StormPlanned(at=START, seed=whole.seed, plans=whole.plans, faults=whole.faults)
        store.append("20261103-ccc", [planned, StormJudged(at=START, judgement=judgement())])
        assert read_run(store, "20261103-ccc").storm == whole
    assert main(["report", "--root", str(tmp_path)]) == 0
    chaos = tmp_path / "reports" / "20261103-ccc" / "chaos.html"
    assert f"Chaos report: {chaos}" in capsys.readouterr().out.splitlines()
    assert "Resilience: Weak" in chaos.read_text()


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ("", "No run is called ''. See them all"),
        ("2027", "No run is called '2027'. See them all: python -m stormwalk report --list"),
        ("20261102", "2 runs begin with '20261102': 20261102-bbbb, 20261102-bbb. Write more of the id."),
        ("202611", "3 runs begin with '202611'"),
        ("20261101", "Only the summary is kept of run 20261101-aaa: its events and pictures were removed as old."),
    ],
)
def test_a_run_that_cannot_be_reported(
    root: Path, capsys: pytest.CaptureFixture[str], wanted: str, complaint: str
) -> None:
    assert main(["report", wanted, "--root", str(root)]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(f"stormwalk: {complaint}")
    assert output.err.count("\n") == 1
    assert output.out == ""


def test_the_list_has_every_run_newest_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--list", "--root", str(root)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["20261102-bbbb", "20261102-bbb", "20261101-aaa"]
    assert "1 step" in lines[2]
    assert lines[2].endswith("summary only")
    assert not list((root / "reports").glob("*/"))


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_to_ask_makes_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    path = tmp_path / "deep" / "stormwalk.db"
    assert main(["report", "--store", form.format(path)]) == 2
    assert capsys.readouterr().err.startswith(f"stormwalk: There is no store at {path}. Walk the journeys first")
    assert not path.parent.exists()


def test_an_empty_store_has_no_latest_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Store.open(tmp_path / "reports" / "stormwalk.db").close()
    assert main(["report", "--root", str(tmp_path)]) == 2
    assert "No run was recorded yet." in capsys.readouterr().err
    assert main(["report", "--list", "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "No run was recorded yet.\n"


@pytest.mark.parametrize("arguments", [[], ["raport"], ["report", "--nonsense"]])
def test_wrong_usage_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        main(arguments)
    assert ending.value.code == 2


def test_help_names_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["report", "--help"])
    assert all(name in capsys.readouterr().out for name in ("report.html",))


def test_the_store_of_the_environment_is_that_of_the_runs(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs are recorded there, and whoever tells of them must not tell of another store."""
    monkeypatch.setenv("STORMWALK_STORE", str(root / "reports" / "stormwalk.db"))

    assert main(["report", "--list", "--root", str(tmp_path / "elsewhere")]) == 0
    assert "20261102-bbbb" in capsys.readouterr().out
