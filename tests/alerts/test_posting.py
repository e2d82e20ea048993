"""What comes of one request: taken, later, never, or nobody knows. And that an address is shown nowhere."""

from __future__ import annotations

import logging
import socket
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stormwalk.alerts import posting
from stormwalk.alerts.channel import NotDelivered
from stormwalk.alerts.outbox import LEASE_SECONDS
from stormwalk.alerts.posting import LONGEST_WAIT_SECONDS, post, seconds
from tests.alerts.chat import Chat

TOKEN = "token-that-nobody-may-see"


def failed(url: str) -> NotDelivered:
    with pytest.raises(NotDelivered) as problem:
        post(url, b"{}", {})
    whole = "".join(traceback.format_exception(problem.value))
    assert TOKEN not in whole
    assert "127.0.0.1" not in problem.value.why
    return problem.value


@pytest.mark.parametrize(
    ("answer", "later", "wait", "doubt"),
    [
        (429, True, None, False),
        ((429, "7"), True, 7.0, False),
        ((503, "999999"), True, LONGEST_WAIT_SECONDS, False),
        ((503, "soon"), True, None, False),
        (500, True, None, False),
        (504, True, None, True),
        (400, False, None, False),
        (403, False, None, False),
        (404, False, None, False),
        ("cut", True, None, True),
    ],
)
def test_what_an_answer_means(answer: object, later: bool, wait: float | None, doubt: bool) -> None:
    with Chat(answers=[answer]) as chat:
        problem = failed(chat.webhook())

    assert (problem.later, problem.wait_s, problem.doubt) == (later, wait, doubt)


def test_a_redirect_is_not_followed() -> None:
    with Chat() as elsewhere, Chat(answers=[elsewhere.webhook("BBBB")]) as chat:
        problem = failed(chat.webhook())

    assert "redirect" in problem.why
    assert not problem.later
    assert elsewhere.asked == []


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        problem = failed(f"http://127.0.0.1:{held.getsockname()[1]}/v1/spaces/A/messages?key=k&token={TOKEN}")

    assert (problem.why, problem.later, problem.doubt) == ("cannot be reached", True, False)


def test_no_answer_in_time_leaves_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.3)
    with Chat(answers=["hang"]) as chat:
        problem = failed(chat.webhook())

    assert (problem.later, problem.doubt) == (True, True)


def test_an_answer_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "AT_MOST_SECONDS", 1.0)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 4000:
                if over.wait(0.02):
                    return
                connection.sendall(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=drip, args=(server,), daemon=True).start()
        problem = failed(f"http://127.0.0.1:{server.getsockname()[1]}/?token={TOKEN}")
        over.set()

    assert (problem.why, problem.later, problem.doubt) == ("gave no whole answer within 1 s", True, True)


def test_nothing_is_logged_of_an_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), Chat() as chat:
        failed(chat.webhook())

    assert TOKEN not in caplog.text


def test_what_retry_after_can_say() -> None:
    now = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)

    assert seconds("Sun, 22 Nov 2026 10:00:30 GMT", now) == 30
    assert seconds("Sun, 22 Nov 2026 09:00:00 GMT", now) == 0
    assert seconds("120", now) == 120
    assert seconds("9" * 400, now) == LONGEST_WAIT_SECONDS
    for nonsense in (None, "", "-1", "1.5", "tomorrow", "²", "Sun, 99 Nov"):
        assert seconds(nonsense, now) is None


def test_what_is_in_netrc_is_not_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login sam password hush\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    with Chat() as chat:
        post(f"http://127.0.0.1:{chat.port}/hook", b"{}", {})

    assert "Authorization" not in chat.asked[0].headers


def test_a_try_ends_before_its_lease() -> None:
    assert posting.AT_MOST_SECONDS < LEASE_SECONDS
