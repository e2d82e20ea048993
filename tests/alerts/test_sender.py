"""The sender: what waits is delivered once, one a second, however often it is refused and whoever else sends."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import time
from pathlib import Path

import pytest

from stormwalk.alerts import posting, sender
from stormwalk.alerts.outbox import Outbox
from stormwalk.alerts.sender import LONGEST_WAIT_SECONDS, Sender, back_off
from tests.alerts.chat import Chat
from tests.alerts.runs import put, stand_in

TOKEN = "token-that-nobody-may-see"


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path)
    monkeypatch.setattr(sender, "FIRST_WAIT_SECONDS", 0.2)


def send(outbox: Outbox, chat: Chat, patience: float = 60, **more: str) -> tuple[int, list[str]]:
    """How many are left, and what was told."""
    said: list[str] = []
    left = Sender(outbox=outbox, environ={"CHAT": chat.webhook(), **more}, tell=said.append).work(patience)
    assert TOKEN not in str(said)
    assert TOKEN.encode() not in b"".join(file.read_bytes() for file in outbox.file.parent.iterdir())
    return left, said


def test_one_after_the_other_in_their_thread(tmp_path: Path) -> None:
    for number in range(3):
        outbox = put(tmp_path, number)
    with Chat() as chat:
        left, said = send(outbox, chat)

    assert (left, [one.status for one in chat.asked]) == (0, [200, 200, 200])
    assert [one.title for one in chat.taken] == [f"Small shop: Failed {number}" for number in range(3)]
    assert {one.query["messageReplyOption"] for one in chat.taken} == {"REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"}
    assert said[0] == "the alert of run 0 was delivered to google-chat"


@pytest.mark.parametrize("answers", [[429, 429], [(503, "1")], [500, "cut"]])
def test_what_is_refused_for_now_is_delivered_later(tmp_path: Path, answers: list[object]) -> None:
    outbox = put(tmp_path)
    with Chat(answers=list(answers)) as chat:
        left, _ = send(outbox, chat)
        arrived = [one.title for one in chat.taken]

    assert left == 0
    # A connection that was cut leaves doubt: the message had arrived, and is repeated.
    assert len(arrived) == 1 + answers.count("cut")


def test_retry_after_holds_for_the_whole_space(tmp_path: Path) -> None:
    put(tmp_path, 1)
    outbox = put(tmp_path, 2)
    with Chat(answers=[(429, "3")]) as chat:
        left, _ = send(outbox, chat)
        first, second, third = chat.asked

    assert left == 0
    assert second.at - first.at >= 3
    assert [first.title, second.title, third.title] == [f"Small shop: Failed {number}" for number in (1, 1, 2)]


def test_a_message_that_is_not_taken_stays_and_the_others_go(tmp_path: Path) -> None:
    put(tmp_path, 1)
    outbox = put(tmp_path, 2)
    with Chat(answers=[404]) as chat:
        left, said = send(outbox, chat)
        assert (left, len(chat.asked)) == (1, 2)  # and not again and again
        assert "was not sent to google-chat: CHAT: answered 404" in said[0]
        assert send(outbox, chat)[0] == 0  # somebody has mended it meanwhile


def test_a_variable_that_is_gone_or_wrong_is_said_and_waits(tmp_path: Path) -> None:
    put(tmp_path, 1, variable="GONE")
    put(tmp_path, 2, variable="WRONG")
    outbox = put(tmp_path, 3)
    with Chat() as chat:
        left, said = send(outbox, chat, WRONG=f"https://evil.test/?token={TOKEN}")

    assert (left, len(chat.asked)) == (2, 1)
    assert "the environment variable GONE is not set" in said[0]
    assert "WRONG does not hold an http address" in said[1]


def test_patience_ends_and_what_is_left_goes_with_the_next_sender(tmp_path: Path) -> None:
    outbox = put(tmp_path)
    with Chat(answers=[503] * 3) as chat:
        assert send(outbox, chat, patience=0)[0] == 1
        outbox.at_once(time.time() + 5)
        assert outbox.waiting()[0].tries == 1
        time.sleep(1.1)
        assert send(outbox, chat)[0] == 0

    assert len(chat.taken) == 1


def test_a_message_in_doubt_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.3)
    outbox = put(tmp_path)
    with Chat(answers=["hang"]) as chat:
        assert send(outbox, chat, patience=0)[0] == 1

    assert outbox.waiting()[0].doubt


def test_a_message_nobody_wants_any_more_is_told_of_and_removed(tmp_path: Path) -> None:
    outbox = put(tmp_path, at=1000.0)
    with Chat() as chat:
        left, said = send(outbox, chat)

    assert (left, chat.asked) == (0, [])
    assert said == ["the alert of run 1 was never delivered (not tried), and is too old now: removed"]


def test_a_channel_that_is_gone_is_said(tmp_path: Path) -> None:
    outbox = put(tmp_path, channel="pigeon")
    with Chat() as chat:
        assert "there is no channel pigeon any more" in send(outbox, chat)[1][0]


def test_a_channel_that_breaks_holds_up_no_other_and_shows_no_address(tmp_path: Path) -> None:
    pytest.importorskip("apprise")
    put(tmp_path, 1, channel="apprise", variable="MANY")  # what was kept is a message of another channel
    outbox = put(tmp_path, 2)
    with Chat() as chat:
        left, said = send(outbox, chat, MANY=f"json://127.0.0.1:1/{TOKEN}")
        assert (left, [one.title for one in chat.taken]) == (1, ["Small shop: Failed 2"])

    assert said[0].startswith("the alert of run 1 was not sent to apprise: the channel broke (KeyError")
    (one,) = outbox.waiting()
    assert (one.tries, one.doubt, one.leased_until) == (1, True, 0)


def work_with(root: Path, address: str) -> None:
    """What each of several senders does at once."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, root)
        Sender(outbox=Outbox(root / "reports" / "alerts.db"), environ={"CHAT": address}, tell=lambda _: None).work(60)


def test_two_senders_at_once_deliver_each_message_once_and_keep_the_pace(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path, number)
    spawn = multiprocessing.get_context("spawn")
    with Chat() as chat:
        senders = [spawn.Process(target=work_with, args=(tmp_path, chat.webhook())) for _ in range(2)]
        for one in senders:
            one.start()
        for one in senders:
            one.join(90)

    assert sorted(one.title for one in chat.taken) == [f"Small shop: Failed {number}" for number in range(4)]
    assert [one.status for one in chat.asked] == [200] * 4  # the fake answers 429 to whoever is faster


def test_a_sender_of_its_own_shows_no_address_to_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = put(tmp_path)
    with Chat(answers=["hang"]) as chat:
        monkeypatch.setenv("CHAT", chat.webhook())
        sender.start(tmp_path, os.environ)
        while not chat.asked:
            time.sleep(0.05)
        listed = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert str(tmp_path / "sending.py") in listed
        assert TOKEN not in listed
        chat.let_go()
        chat.expect(1)
    for file in outbox.file.parent.iterdir():
        assert TOKEN.encode() not in file.read_bytes()


def test_each_wait_is_longer_than_the_one_before_until_it_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "FIRST_WAIT_SECONDS", 2.0)

    assert [1 <= back_off(0) <= 2, 4 <= back_off(2) <= 8] == [True, True]
    assert all(LONGEST_WAIT_SECONDS / 2 <= back_off(tries) <= LONGEST_WAIT_SECONDS for tries in (9, 50, 10_000))
