"""What is put into the outbox after a run, and what a person is told when it cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stormwalk.alerts import sender
from stormwalk.alerts.outbox import DEFAULT_FILE, Outbox, Problem
from stormwalk.alerts.telling import tell_of
from stormwalk.config import Project
from stormwalk.model import Run, RunMode
from stormwalk.store import Store
from tests.alerts.runs import HERE, project, put, stand_in, stored

GOOD = "http://127.0.0.1:1/v1/spaces/AAAA/messages?key=abc-hush&token=def-hush"
BOTH = '[alerts]\nwhen = "always"\n[alerts.normal]\ngoogle-chat = "CHAT"\n[alerts.chaos]\ngoogle-chat = "CHAOS_CHAT"\n'


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """The senders that were started; none really is."""
    stand_in(monkeypatch, tmp_path)
    monkeypatch.setenv("CHAT", GOOD)
    monkeypatch.setenv("CHAOS_CHAT", GOOD.replace("AAAA", "BBBB"))
    found: list[Path] = []
    monkeypatch.setattr(sender, "start", lambda root, environ: found.append(root))
    return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        yield store


def waiting(root: Path) -> list[str]:
    return [f"{one.letter.variable} {one.run_id}" for one in Outbox(root / DEFAULT_FILE).waiting()]


def tell(run: Run, whom: Project, store: Store, root: Path) -> list[str]:
    said = tell_of(run, whom, store, root)
    assert "hush" not in str(said)
    return said


def test_each_mode_has_its_own_webhook(tmp_path: Path, store: Store, started: list[Path]) -> None:
    whom = project(tmp_path, BOTH)

    assert tell(stored(store, "fair", 0, at=1), whom, store, tmp_path) == []
    assert tell(stored(store, "storm", 1, at=2, mode=RunMode.CHAOS), whom, store, tmp_path) == []

    assert waiting(tmp_path) == ["CHAT fair", "CHAOS_CHAT storm"]
    assert started == [tmp_path, tmp_path]


def test_without_anybody_to_tell_nothing_happens_at_all(tmp_path: Path, store: Store, started: list[Path]) -> None:
    assert tell(stored(store, "a", 1, at=1), project(tmp_path, ""), store, tmp_path) == []
    assert not (tmp_path / "reports").exists()
    assert started == []


def test_on_change_says_nothing_of_the_same_again(tmp_path: Path, store: Store, started: list[Path]) -> None:
    whom = project(tmp_path, BOTH.replace('when = "always"\n', ""))
    for place, code in enumerate((0, 1, 1, 0)):
        tell(stored(store, f"run-{place}", code, at=place + 1.0), whom, store, tmp_path)

    assert waiting(tmp_path) == ["CHAT run-0", "CHAT run-1", "CHAT run-3"]


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (None, "google-chat: the environment variable CHAT is not set, so nobody is told; export it, and try again"),
        ("", "google-chat: the environment variable CHAT is not set, so nobody is told; export it, and try again"),
        (
            GOOD.replace("127.0.0.1", "evil.test"),
            "google-chat: CHAT does not lead to 127.0.0.1: nothing is sent elsewhere",
        ),
        ("hush", "google-chat: CHAT does not hold an http address; copy it again"),
    ],
)
def test_an_address_that_makes_no_sense_is_one_line(
    tmp_path: Path, store: Store, started: list[Path], monkeypatch: pytest.MonkeyPatch, value: str | None, line: str
) -> None:
    monkeypatch.setenv("CHAT", value) if value is not None else monkeypatch.delenv("CHAT")

    assert tell(stored(store, "a", 1, at=1), project(tmp_path, BOTH), store, tmp_path) == [
        f"{line}; once that is mended: python -m stormwalk alert a"
    ]
    assert waiting(tmp_path) == []
    assert started == []


def test_what_is_left_of_earlier_runs_is_said_and_goes_along(tmp_path: Path, store: Store, started: list[Path]) -> None:
    outbox = put(tmp_path, at=1_795_342_503.0)
    (one,) = outbox.waiting()
    outbox.refused(one.letter, "", 5.0, Problem("CHAT: answered 404"))

    said = tell(stored(store, "a", 0, at=1), project(tmp_path, ""), store, tmp_path)

    since = "22 Nov 2026, 10:15:03 UTC"
    assert said == [f"1 earlier message not delivered since {since} (google-chat: CHAT: answered 404): sent again now"]
    assert started == [tmp_path]


def test_whatever_breaks_is_one_line(tmp_path: Path, store: Store, started: list[Path]) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / DEFAULT_FILE).write_text("this is no database, and long enough to be taken for one" * 20)

    (line,) = tell(stored(store, "a", 1, at=1), project(tmp_path, BOTH), store, tmp_path)

    assert line.startswith("nobody was told of this run: the outbox")
    assert "\n" not in line


class Broken:
    def state_before(self, run: Run, /) -> None:
        raise RuntimeError(f"cannot say, {GOOD}")


def test_a_bug_of_ours_breaks_no_run_and_shows_no_address(tmp_path: Path, store: Store) -> None:
    whom = project(tmp_path, BOTH.replace('when = "always"\n', ""))

    (line,) = tell_of(stored(store, "a", 1, at=1), whom, store, tmp_path, Broken())

    assert line.startswith("nobody was told of this run: cannot say,")
    assert "hush" not in line
    assert HERE.hosts == {"127.0.0.1"}


def test_addresses_are_secrets_of_the_project(tmp_path: Path) -> None:
    whom = project(tmp_path, BOTH)

    assert "hush" not in whom.redactor().text(f"it said {GOOD} and def-hush or abc-hush")
