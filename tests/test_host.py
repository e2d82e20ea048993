"""What a run has once: its first and last event, and what is left of old ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.application import Application
from stormwalk.errors import ApplicationError, StoreError
from stormwalk.events import JourneyFinished, JourneyStarted, StepFinished
from stormwalk.host import Host, Ticket
from stormwalk.model import NoteLevel, Status
from stormwalk.options import Settings
from stormwalk.reading import read_run
from stormwalk.store import Store
from tests.walking import Site

P, F = Status.PASSED, Status.FAILED


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
