"""The outbox: what is in it survives, each message has one sender, each space one request at a time."""

from __future__ import annotations

import multiprocessing
import sqlite3
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from stormwalk.alerts import outbox as outbox_module
from stormwalk.alerts.outbox import LEASE_SECONDS, OLDEST_SECONDS, SPACE_SECONDS, Outbox, Problem
from stormwalk.errors import AlertError
from tests.alerts.runs import put

SPACE = "chat.googleapis.com/v1/spaces/AAAA/messages"


def test_asking_makes_no_file(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "reports" / "alerts.db")

    assert outbox.waiting() == ()
    assert not outbox.is_there
    assert list(tmp_path.iterdir()) == []


def test_what_was_put_in_waits_in_order_until_it_is_delivered(tmp_path: Path) -> None:
    outbox = put(tmp_path, 1)
    put(tmp_path, 2)
    first, second = outbox.waiting()

    assert [one.letter.id for one in (first, second)] == ["letter-1", "letter-2"]
    assert outbox.claim(first.letter, SPACE, 10.0)
    outbox.delivered(first.letter, SPACE, 10.2)
    assert outbox.waiting() == (second,)


def test_neither_a_message_nor_its_space_is_given_twice(tmp_path: Path) -> None:
    outbox = put(tmp_path, 1)
    put(tmp_path, 2)
    first, second = (one.letter for one in outbox.waiting())

    assert outbox.claim(first, SPACE, 10.0)
    assert not outbox.claim(first, "another space", 10.0)
    assert not outbox.claim(second, SPACE, 10.0)
    assert outbox.claim(second, "another space", 10.0)
    outbox.delivered(first, SPACE, 11.0)
    put(tmp_path, 3)
    third = outbox.waiting()[-1].letter
    assert not outbox.claim(third, SPACE, 11.0 + SPACE_SECONDS - 0.01)
    assert outbox.claim(third, SPACE, 11.0 + SPACE_SECONDS)


def test_the_lease_of_a_sender_that_died_runs_out(tmp_path: Path) -> None:
    outbox = put(tmp_path)
    (one,) = outbox.waiting()

    assert outbox.claim(one.letter, SPACE, 10.0)
    assert not outbox.claim(one.letter, SPACE, 10.0 + LEASE_SECONDS - 1)
    assert outbox.claim(one.letter, SPACE, 10.0 + LEASE_SECONDS + 1)


def test_a_failure_puts_off_the_message_and_its_space(tmp_path: Path) -> None:
    outbox = put(tmp_path, 1)
    put(tmp_path, 2)
    first, second = (one.letter for one in outbox.waiting())
    assert outbox.claim(first, SPACE, 10.0)
    outbox.postponed(first, SPACE, 11.0, wait_s=30, asked=True, problem=Problem("answered 429"))

    (one, _) = outbox.waiting()
    assert (one.tries, one.problem, one.doubt, one.not_before) == (1, "answered 429", False, 41.0)
    assert not outbox.claim(second, SPACE, 40.0)
    outbox.at_once(40.0)
    assert not outbox.claim(second, SPACE, 40.0)  # the space has asked for it
    assert outbox.claim(first, SPACE, 41.0)
    outbox.postponed(first, SPACE, 42.0, wait_s=300, asked=False, problem=Problem("no answer", doubt=True))
    assert not outbox.claim(first, SPACE, 50.0)
    outbox.at_once(50.0)
    assert outbox.claim(first, SPACE, 50.0)
    assert outbox.waiting()[0].doubt


def test_a_clock_that_was_put_back_holds_nothing_up(tmp_path: Path) -> None:
    outbox = put(tmp_path)
    (one,) = outbox.waiting()
    assert outbox.claim(one.letter, SPACE, 1e9)
    outbox.postponed(one.letter, SPACE, 1e9, wait_s=60, asked=True, problem=Problem("answered 429"))

    assert outbox.claim(one.letter, SPACE, 10.0)


def test_what_is_no_news_any_more_is_removed(tmp_path: Path) -> None:
    outbox = put(tmp_path, 1, at=100.0)
    put(tmp_path, 2, at=200.0)

    assert [one.about for one in outbox.too_old(150.0 + OLDEST_SECONDS)] == ["the alert of run 1"]
    assert [one.letter.id for one in outbox.waiting()] == ["letter-2"]


def test_a_file_that_is_no_outbox_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    file = tmp_path / "reports" / "alerts.db"
    file.write_text("this is no database, and long enough to be taken for one" * 20)

    with pytest.raises(AlertError, match=r"the outbox .*alerts\.db cannot be used \(file is not a database\)"):
        put(tmp_path)
    file.unlink()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(AlertError, match="a newer Stormwalk wrote it"):
        put(tmp_path)


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")

    with pytest.raises(AlertError, match="cannot be made"):
        put(tmp_path)


def test_a_full_disk_is_said_and_nothing_is_to_be_moved_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path)
    monkeypatch.setattr(outbox_module, "_prepare", lambda one: one.execute("PRAGMA max_page_count = 1"))

    def fill() -> None:
        for number in range(2, 99):
            put(tmp_path, number)

    with pytest.raises(AlertError, match=r"alerts\.db cannot be used \(database or disk is full\); free some space$"):
        fill()


def claim_all(root: Path, gate: Barrier, taken: multiprocessing.Queue[str]) -> None:
    """What each of several senders does at once; each message has a space of its own."""
    outbox = Outbox(root / "reports" / "alerts.db")
    letters = [one.letter for one in outbox.waiting()]
    gate.wait(20)
    for letter in letters:
        if outbox.claim(letter, letter.id, 10.0):
            taken.put(letter.id)


def test_senders_at_once_share_the_messages(tmp_path: Path) -> None:
    for number in range(12):
        put(tmp_path, number)
    spawn = multiprocessing.get_context("spawn")
    gate, taken = spawn.Barrier(3), spawn.Queue()
    senders = [spawn.Process(target=claim_all, args=(tmp_path, gate, taken)) for _ in range(3)]
    for one in senders:
        one.start()
    got = [taken.get(timeout=60) for _ in range(12)]
    for one in senders:
        one.join(60)

    assert sorted(got) == sorted(f"letter-{number}" for number in range(12))
    assert taken.empty()
