from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.__main__ import main
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.model import RunMode, Status
from stormwalk.store import Store
from tests.history.past import PROJECT, call, journey, keep, run, step
from tests.reporting.storm_runs import rich

BAD = journey(step("Buy", Status.FAILED, reason="HTTP 503", calls=(call("/api/orders", 20.0),)))
GOOD = journey(step("Buy", calls=(call("/api/orders", 20.0),)))


@pytest.fixture
def path(store: Store, tmp_path: Path) -> str:
    keep(store, run(1, GOOD), run(2, BAD, branch="=1+1"))
    return str(tmp_path / "stormwalk.db")


def test_history_tells_runs_failures_and_endpoints(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--store", path]) == 0

    said = capsys.readouterr().out
    assert "20261001-000001-beef" in said
    assert "1 x failed, 1 step, 1 run, last 20261001-000002-beef: HTTP 503" in said
    assert "GET /api/orders" in said


def test_history_tells_scores_by_journey_and_plan(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(store, rich())
    main(["history", "--store", str(tmp_path / "stormwalk.db")])

    said = capsys.readouterr().out
    assert "Resilience by journey:\n  A manager changes a price" in said
    assert "Resilience by plan:" in said


def test_history_as_csv_cannot_command_a_spreadsheet(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["history", "--csv", "--store", path])

    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [one["pass_rate"] for one in rows] == ["100.0", "0.0"]
    assert rows[1]["branch"] == "'=1+1"


def test_history_as_json_has_everything(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["history", "--json", "--store", path])

    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "stormwalk-history/1"
    assert [one["pass_rate"] for one in document["points"]] == [100.0, 0.0]
    assert document["endpoints"][0]["points"][0]["p95_ms"] == 20.0
    assert document["flaky"][0]["failure_rate"] == 0.5
    assert document["failures"][0]["pattern"] == "HTTP 503"


def test_flaky_names_the_step(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flaky", "--store", path]) == 0

    assert capsys.readouterr().out.startswith("1 x changed, failed 1 of 2: A shopper buys > Buy")


@pytest.mark.parametrize(("runs", "code"), [(("1", "2"), 1), (("2", "1"), 0)])
def test_compare_says_by_its_exit_code_whether_something_is_new(
    path: str, runs: tuple[str, str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = (f"20261001-00000{one}" for one in runs)
    assert main(["compare", before, after, "--store", path]) == code

    said = capsys.readouterr().out
    assert ("New: 1\n  A shopper buys > Buy: HTTP 503" in said) == (code == 1)
    assert ("Fixed: 1" in said) == (code == 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["history", "--project-name", "Nobody's"], f"there are runs of: {PROJECT}"),
        (["history", "--base-branch", "main"], "add --export-state FILE"),
        (["compare", "20261001", "x"], "2 runs begin with"),
        (["compare", "nowhere", "x"], "No run is called 'nowhere'"),
        (["flaky", "--store", "nowhere.db"], "no store at nowhere.db"),
    ],
)
def test_a_mistake_is_one_line(path: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    given = arguments if "--store" in arguments else [*arguments, "--store", path]
    assert main(given) == 2

    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_history_of_one_mode_tells_no_failure_of_the_other(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(store, run(1, BAD), run(2, GOOD, mode=RunMode.CHAOS))

    main(["history", "--mode", "chaos", "--store", str(tmp_path / "stormwalk.db")])

    said = capsys.readouterr().out
    assert "20261001-000002-beef" in said
    assert "HTTP 503" not in said


def test_history_and_list_say_what_takes_from_a_run(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stop = ControlRequest(id=1, kind=ControlKind.STOP, at=1.0)
    keep(store, run(1, GOOD), replace(run(2, GOOD), interrupted=True, exit_code=2), run(3, GOOD, requests=(stop,)))
    path = str(tmp_path / "stormwalk.db")

    main(["history", "--store", path])
    told = capsys.readouterr().out.splitlines()
    main(["history", "--csv", "--store", path])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    main(["report", "--list", "--store", path])
    listed = capsys.readouterr().out.splitlines()[::-1]

    assert [word for line in told[:3] for word in ("interrupted", "stopped") if word in line] == [
        "interrupted", "stopped"
    ]  # fmt: skip
    assert [(one["interrupted"], one["stopped"]) for one in rows] == [
        ("False", "False"), ("True", "False"), ("False", "True")
    ]  # fmt: skip
    assert ["interrupted" in line for line in listed] == [False, True, False]


def test_a_run_that_something_else_failed_is_not_called_passed(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(store, replace(run(1, GOOD), exit_code=1))
    for arguments in (["history"], ["report", "--list"]):
        main([*arguments, "--store", str(tmp_path / "stormwalk.db")])

        (line, *_) = capsys.readouterr().out.splitlines()
        assert "journeys passed" in line
        assert "Passed" not in line


def test_json_can_be_printed_on_every_console(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(store, run(1, GOOD, branch="käse→🧀"))
    main(["history", "--json", "--store", str(tmp_path / "stormwalk.db")])

    said = capsys.readouterr().out
    assert said.isascii()
    assert json.loads(said)["points"][0]["branch"] == "käse→🧀"


def test_journeys_with_other_parameters_are_told_apart(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    german, french = (f"journeys/test_shopper.py::test_shopper[chromium-{one}]" for one in ("de", "fr"))
    fine = (replace(GOOD, nodeid=german, key="de"), replace(GOOD, nodeid=french, key="fr"))
    keep(store, run(1, *fine), run(2, fine[0], replace(BAD, nodeid=french, key="fr")))
    path = str(tmp_path / "stormwalk.db")

    main(["flaky", "--store", path])
    assert "failed 1 of 2: A shopper buys [fr] > Buy" in capsys.readouterr().out
    main(["history", "--json", "--store", path])
    assert json.loads(capsys.readouterr().out)["failures"][0]["steps"] == ["A shopper buys [fr] > Buy"]
