"""What a run has once: its exit code, its first and last event, and what is left of old ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stormwalk.access.results import Access, AccessCoverage, Verdict
from stormwalk.application import Application
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import ApplicationError, StoreError
from stormwalk.events import JourneyFinished, JourneyStarted, StepFinished
from stormwalk.host import Host, Ticket, command_line, environment_of, exit_code
from stormwalk.model import Journey, JourneyStorm, Note, NoteLevel, Run, RunMode, RunStorm, Status, Step
from stormwalk.options import Settings
from stormwalk.reading import read_run
from stormwalk.store import Store
from stormwalk.storm_judgement import StormVerdict
from stormwalk.storm_results import StormJudgement
from tests.reporting.access_samples import cell
from tests.reporting.storm_runs import calm
from tests.walking import Site

P, F, E, S = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


def run_of(*journeys: Status | None, steps: tuple[Status | None, ...] = (), notes: tuple[NoteLevel, ...] = ()) -> Run:
    walked = [
        Journey(
            key=str(number),
            nodeid=str(number),
            title="",
            status=status,
            steps=tuple(Step(index=n, name="", status=one) for n, one in enumerate(steps, 1)),
        )
        for number, status in enumerate(journeys)
    ]
    return Run(
        id="run",
        project="shop",
        mode=RunMode.NORMAL,
        base_url="",
        started_at=0.0,
        journeys=tuple(walked),
        notes=tuple(Note(level=level, message="") for level in notes),
    )


@pytest.mark.parametrize(
    ("run", "pytest_exit", "interrupted", "code"),
    [
        (run_of(P), 0, False, 0),
        (run_of(P, S), 0, False, 0),
        (run_of(P, steps=(P, S)), 0, False, 0),
        (run_of(P, notes=(NoteLevel.WARNING, NoteLevel.INFO)), 0, False, 0),
        (run_of(P, F), 1, False, 1),
        (run_of(P, steps=(F,)), 0, False, 1),
        (run_of(F, E), 1, False, 1),
        (run_of(F, None), 2, True, 1),
        (run_of(F, notes=(NoteLevel.ERROR,)), 1, False, 1),
        (run_of(P, E), 1, False, 2),
        (run_of(P, steps=(E,)), 1, False, 2),
        (run_of(P, None), 0, False, 2),
        (run_of(P, notes=(NoteLevel.ERROR,)), 0, False, 2),
        (run_of(P), 2, True, 2),
        (run_of(P), 0, True, 2),
        (run_of(S), 0, False, 2),
        (run_of(), 0, False, 2),
        (run_of(), 5, False, 2),
        (run_of(P), 1, False, 1),
        (run_of(P), 2, False, 2),
        (run_of(P), 3, False, 2),
        (run_of(P), 4, False, 2),
        (run_of(P), 5, False, 2),
    ],
)
def test_the_exit_code(run: Run, pytest_exit: int, interrupted: bool, code: int) -> None:
    assert exit_code(run, pytest_exit=pytest_exit, interrupted=interrupted) == code


def stormy(run: Run, *under_storm: Status | None, told: object = ()) -> Run:
    """The run as one of storms: `told` changes the judgement on nothing but calm; None is no judgement."""
    walks = run_of(*under_storm).journeys
    walks = tuple(replace(one, key=f"s{one.key}", storm=JourneyStorm(plan="outage", seed="7")) for one in walks)
    judgement = None if told is None else replace(judged_calm(), **dict(told))  # type: ignore[call-overload]
    storm = RunStorm(seed="7", judgement=judgement)
    return replace(run, mode=RunMode.CHAOS, journeys=(*run.journeys, *walks), storm=storm)


def judged_calm() -> StormJudgement:
    whole = calm().storm
    assert whole is not None
    assert whole.judgement is not None
    return whole.judgement


DEVIATED = replace(judged_calm().experiments[0], verdict=StormVerdict.DEGRADED)
OPEN = replace(judged_calm().experiments[0], verdict=StormVerdict.INCONCLUSIVE)
STOP = (ControlRequest(kind=ControlKind.STOP, at=1.0, by="sam", id=1),)
NOT_DONE = replace(OPEN, skipped=True)


@pytest.mark.parametrize(
    ("run", "pytest_exit", "interrupted", "code"),
    [
        pytest.param(stormy(run_of(P), P), 0, False, 0, id="held"),
        pytest.param(replace(run_of(P), requests=STOP), 0, False, 2, id="stopped by hand before all was walked"),
        pytest.param(replace(run_of(P, F), requests=STOP), 1, False, 1, id="stopped after something was found"),
        pytest.param(
            stormy(run_of(P), F, E, None), 1, False, 0, id="what failed under a storm does not count by itself"
        ),
        pytest.param(stormy(run_of(P), P, S), 1, False, 1, id="a test beside the journeys failed"),
        pytest.param(stormy(run_of(P), F), 3, False, 2, id="pytest broke"),
        pytest.param(stormy(run_of(F), P), 1, False, 1, id="a control failed"),
        pytest.param(stormy(run_of(E), P), 1, False, 2, id="a control could not be walked"),
        pytest.param(stormy(run_of(), P), 0, False, 2, id="no control"),
        pytest.param(stormy(run_of(P), P, told={"experiments": (DEVIATED, OPEN)}), 0, False, 1, id="deviated"),
        pytest.param(stormy(run_of(E), told={"experiments": (DEVIATED,)}), 1, True, 1, id="deviated before the end"),
        pytest.param(
            stormy(run_of(), F, told={"experiments": (DEVIATED,)}), 1, False, 1, id="replayed without control"
        ),
        pytest.param(stormy(run_of(P), told={"fail_under": 97.0}), 0, False, 1, id="below the gate"),
        pytest.param(stormy(run_of(P), told={"fail_under": 96.0}), 0, False, 0, id="on the gate"),
        pytest.param(stormy(run_of(P), told={"experiments": (OPEN,)}), 0, False, 2, id="inconclusive"),
        pytest.param(
            stormy(run_of(P), told={"experiments": (NOT_DONE,)}), 0, False, 2, id="nothing was struck anywhere"
        ),
        pytest.param(stormy(run_of(P), told={"steered": True, "experiments": (DEVIATED,)}), 0, False, 2, id="steered"),
        pytest.param(stormy(run_of(P), F, told=None), 1, False, 2, id="not judged"),
        pytest.param(replace(run_of(P), mode=RunMode.CHAOS), 0, False, 2, id="nothing planned"),
        pytest.param(stormy(run_of(P)), 2, True, 2, id="interrupted"),
    ],
)
def test_the_exit_code_of_a_storm(run: Run, pytest_exit: int, interrupted: bool, code: int) -> None:
    assert exit_code(run, pytest_exit=pytest_exit, interrupted=interrupted) == code


@pytest.mark.parametrize(
    ("verdicts", "more", "code"),
    [
        ((Verdict.ENFORCED,), {}, 0),
        ((Verdict.ENFORCED, Verdict.INCONCLUSIVE), {}, 2),
        ((Verdict.ENFORCED, Verdict.SUSPECT), {}, 2),
        ((Verdict.ENFORCED,), {"finished": False}, 2),
        ((Verdict.ENFORCED,), {"coverage": AccessCoverage(cells=2, judged=1, threshold=0.9)}, 1),
        ((), {}, 0),
    ],
)
def test_the_exit_code_of_an_access_check(verdicts: tuple[Verdict, ...], more: dict[str, Any], code: int) -> None:
    cells = tuple(cell(f"GET /api/{number}", verdict=verdict) for number, verdict in enumerate(verdicts))
    checked = replace(run_of(P), access=Access(**{"cells": cells, "finished": True, **more}))

    assert exit_code(checked, pytest_exit=0, interrupted=False) == code


def settings(root: Path, url: str, **more: object) -> Settings:
    (root / "pyproject.toml").touch()
    file = root / "shop.toml"
    file.write_text(
        f'name = "Shop"\n[application]\nbase_url = "{url}"\n[evidence]\nkeep_runs = 2\n'
        '[roles.shopper]\nactors.sam = { username = "sam", password = "Passw0rd-Sam" }\n'
    )
    defaults: dict[str, object] = {
        "project_file": file,
        "root": root,
        "store_url": str(root / "reports" / "stormwalk.db"),
        "base_url": None,
        "browser_path": None,
        "headed": False,
        "traced": False,
        "own_browser": True,
    }
    return Settings(**{**defaults, **more})  # type: ignore[arg-type]


@pytest.fixture
def host(tmp_path: Path, site: Site) -> Iterator[Host]:
    host = Host(settings(tmp_path, site.url), "pytest --password=Passw0rd-Sam", workers=3)
    yield host
    host.close()


def walked(host: Host, status: Status = P) -> None:
    host.store.append(
        host.run_id,
        [
            JourneyStarted(at=1.0, journey="buys", nodeid="test_buys", title="Buys"),
            StepFinished(at=2.0, journey="buys", index=1, name="Pay", status=status, duration_ms=1.0),
            JourneyFinished(at=2.0, journey="buys", status=status, duration_ms=1.0),
        ],
    )


def test_the_first_event_says_with_what_the_run_was_made(host: Host, site: Site) -> None:
    ticket = host.start()
    run = read_run(host.store, host.run_id)

    assert Ticket.unpacked(ticket.packed()) == ticket
    assert (ticket.run_id, ticket.base_url) == (host.run_id, site.url)
    assert (run.project, run.base_url, run.workers) == ("Shop", site.url, 3)
    assert "Passw0rd-Sam" not in run.environment.command
    assert {name for name, _ in run.environment.versions} == {"stormwalk", "playwright", "pytest"}
    assert "Python 3." in run.environment.platform
    assert run.environment.browser


def test_a_run_that_ends_has_its_report_and_its_summary(host: Host, tmp_path: Path) -> None:
    host.start()
    walked(host)
    ending = host.finish(pytest_exit=0, interrupted=False)

    assert (ending.exit_code, ending.complaints) == (0, ())
    assert ending.run is not None
    assert (ending.run.exit_code, ending.run.finished_at is not None) == (0, True)
    assert ending.report == tmp_path / "reports" / host.run_id / "report.html"
    assert ending.report.is_file()
    assert host.store.last_passed_steps("Shop", "test_buys") == ("Pay",)


def test_complaints_become_notes_of_the_run(host: Host) -> None:
    host.start()
    walked(host)
    ending = host.finish(pytest_exit=0, interrupted=False, complaints=["the disk is full"])

    assert ending.exit_code == 2
    assert ending.run is not None
    assert [(note.level, note.message) for note in ending.run.notes] == [(NoteLevel.ERROR, "the disk is full")]


def test_a_store_that_refuses_at_the_end_is_said(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("the disk is full; free some space")

    host.start()
    walked(host)
    monkeypatch.setattr(Store, "append", refuse)
    ending = host.finish(pytest_exit=0, interrupted=False)

    assert ending.exit_code == 2
    assert ending.complaints == ("the disk is full; free some space",)
    assert ending.run is not None, "what was recorded is shown all the same"
    assert (ending.run.totals.passed, ending.run.finished_at is not None) == (1, True)


@pytest.mark.parametrize(("status", "code"), [(P, 2), (F, 1)])
def test_a_report_that_cannot_be_written_hides_neither_a_finding_nor_the_totals(
    host: Host, tmp_path: Path, status: Status, code: int
) -> None:
    host.start()
    walked(host, status)
    (tmp_path / "screenshots").write_text("a file stands where the folder should be")
    ending = host.finish(pytest_exit=0, interrupted=False)

    assert ending.exit_code == code
    assert ending.report == tmp_path / "reports" / host.run_id / "report.html", "this one could be written"
    assert ending.run is not None
    assert ending.run.totals.total == 1
    assert len(ending.complaints) == 1
    assert "cannot be written" in ending.complaints[0]
    stored = read_run(host.store, host.run_id)
    assert stored.exit_code == code
    assert host.store.runs()[0].exit_code == code


def test_a_store_that_cannot_even_be_read_at_the_end_is_said(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("the disk is gone")

    host.start()
    monkeypatch.setattr(Store, "append", refuse)
    monkeypatch.setattr(Store, "follow", refuse)
    ending = host.finish(pytest_exit=1, interrupted=False)

    assert (ending.exit_code, ending.run, ending.complaints) == (2, None, ("the disk is gone",))


def test_old_runs_leave_the_disk(tmp_path: Path, site: Site) -> None:
    hosts = []
    for _ in range(3):
        host = Host(settings(tmp_path, site.url), "pytest", workers=1)
        host.start()
        walked(host)
        (tmp_path / "screenshots" / host.run_id / "buys").mkdir(parents=True)
        host.finish(pytest_exit=0, interrupted=False)
        host.close()
        hosts.append(host.run_id)

    kept = set(hosts[1:])
    for folder in ("reports", "screenshots"):
        assert {path.name for path in (tmp_path / folder).iterdir() if path.is_dir()} == kept
    with Store.open(tmp_path / "reports" / "stormwalk.db") as store:
        assert {run.id for run in store.runs()} == set(hosts)


def test_runs_that_never_began_leave_the_disk_too(tmp_path: Path) -> None:
    nowhere = settings(tmp_path, "http://127.0.0.1:9")
    for number in range(4):
        (tmp_path / "reports" / f"2026110{number + 1}-100000-abcd").mkdir(parents=True)
    host = Host(nowhere, "pytest", workers=1)
    with pytest.raises(ApplicationError):
        host.start()
    host.close()

    left = {path.name for path in (tmp_path / "reports").iterdir() if path.is_dir()}
    assert left == {"20261103-100000-abcd", "20261104-100000-abcd"}


def test_the_application_is_stopped_however_the_run_ends(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[str] = []
    monkeypatch.setattr(Application, "stop", lambda self: stopped.append("stopped"))
    host.start()
    host.close()

    assert stopped == ["stopped"]


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["/x/.venv/bin/pytest", "journeys", "-k", "a or b"], "pytest journeys -k 'a or b'"),
        (["/x/site-packages/pytest/__main__.py", "-q"], "pytest -q"),
        (["/x/user_flow_runner.py", "--headed"], "python3 user_flow_runner.py --headed"),
    ],
)
def test_the_command_as_it_would_be_typed(monkeypatch: pytest.MonkeyPatch, arguments: list[str], command: str) -> None:
    monkeypatch.setattr(sys, "argv", arguments)

    assert command_line() == command


def test_where_a_commit_is_checked_out_and_no_branch_the_ci_server_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert environment_of(tmp_path, "pytest", browser="").branch == ""
    monkeypatch.setenv("CI_COMMIT_REF_NAME", "feature/till")

    assert environment_of(tmp_path, "pytest", browser="").branch == "feature/till"
