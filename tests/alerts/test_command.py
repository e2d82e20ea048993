"""`python -m stormwalk alert`."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from stormwalk.__main__ import main
from stormwalk.alerts import sender
from stormwalk.store import Store
from tests.alerts.chat import Chat
from tests.alerts.runs import project, put, stand_in, stored

BOTH = '[alerts.normal]\ngoogle-chat = "CHAT"\n[alerts.chaos]\ngoogle-chat = "CHAOS_CHAT"\n'


STARTED = sender.command  # before a test puts something else there


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch, tmp_path)
    monkeypatch.setattr(sender, "FIRST_WAIT_SECONDS", 0.2)
    monkeypatch.chdir(tmp_path)
    project(tmp_path, BOTH)


def alert(*arguments: str) -> int:
    return main(["alert", *arguments])


def test_a_sample_goes_to_every_channel(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with Chat() as chat:
        monkeypatch.setenv("CHAT", chat.webhook("AAAA"))
        monkeypatch.setenv("CHAOS_CHAT", chat.webhook("BBBB"))
        assert alert("--test", "--project", "shop.toml") == 0

    assert [one.path for one in chat.taken] == ["/v1/spaces/AAAA/messages", "/v1/spaces/BBBB/messages"]
    assert {one.title for one in chat.taken} == {"Small shop: this is a test"}
    said = capsys.readouterr()
    assert said.out.count("was delivered to google-chat") == 2
    assert "nobody-may-see" not in said.out + said.err


def test_what_is_wrong_with_an_address_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHAT", raising=False)
    with Chat(answers=[403]) as chat:
        monkeypatch.setenv("CHAOS_CHAT", chat.webhook())
        assert alert("--test", "--project", "shop.toml") == 2

    said = capsys.readouterr()
    assert "stormwalk: google-chat: the environment variable CHAT is not set" in said.err
    assert "was not sent to google-chat: CHAOS_CHAT: answered 403" in said.out
    assert "1 message still waits: python -m stormwalk alert --list" in said.out


def test_a_project_that_names_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project(tmp_path, "")

    assert alert("--test", "--project", "shop.toml") == 2
    assert "shop.toml names nobody to tell; add [alerts.normal] with: google-chat = " in capsys.readouterr().err


def test_a_stored_run_is_told_of_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.open(tmp_path / "reports" / "stormwalk.db") as store:
        stored(store, "20261122-101503-7f3a", 1, at=1_795_342_503.0)
        stored(store, "20261122-111503-7f3a", 1, at=1_795_346_103.0, project="Another shop")
    with Chat() as chat:
        monkeypatch.setenv("CHAT", chat.webhook())
        assert alert("20261122-10", "--project", "shop.toml") == 0
        assert alert("20261122-11", "--project", "shop.toml") == 2

    (one,) = chat.taken
    assert one.message["cardsV2"][0]["cardId"] == "run-20261122-101503-7f3a"
    assert "name its project file with --project" in capsys.readouterr().err


def test_what_waits_is_listed_and_delivered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, 1)
    with Chat(answers=[503]) as chat:
        monkeypatch.setenv("CHAT", chat.webhook())
        assert alert("--flush", "--patience", "0") == 2
        assert alert("--list") == 0
        assert "google-chat, $CHAT  the alert of run 1  tried 1 time: answered 503" in capsys.readouterr().out
        assert alert("--flush") == 0
        assert len(chat.taken) == 1
        assert alert("--flush") == 0
        assert alert("--list") == 0

    assert capsys.readouterr().out.endswith("Nothing waits.\nNothing waits.\n")
    log = (tmp_path / "reports" / "alerts.log").read_text()
    assert "google-chat answered 503; tried again in" in log
    assert "was delivered to google-chat" in log
    assert "nobody-may-see" not in log


def test_what_the_sender_of_a_run_has_in_hand_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outbox = put(tmp_path, 1)
    (one,) = outbox.waiting()
    outbox.claim(one.letter, "a space", time.time())

    assert alert("--list") == 0
    assert re.search(r"not tried yet; a sender has it, for \d+ s more at most$", capsys.readouterr().out, re.MULTILINE)


def test_what_a_run_starts_is_a_command_that_there_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert STARTED[1:4] == ("-m", "stormwalk", "alert")
    assert main([*STARTED[3:], "--root", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Nothing waits.\n"


def test_something_must_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ((), ("--test", "--flush"), ("--flush", "--patience", "nan"), ("--flush", "--patience", "-1")):
        with pytest.raises(SystemExit):
            alert(*arguments)
