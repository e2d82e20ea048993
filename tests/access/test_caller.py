"""The calls of the probes against an application that does everything wrong, and against none at all."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import pytest

from stormwalk.access import caller as module
from stormwalk.access.answers import Answer
from stormwalk.access.caller import Caller, Credentials, Pace, Sent
from stormwalk.access.matrix import Ask
from stormwalk.errors import UsageError
from tests.access.hostile import RAW, Hostile

SAM, KIM = Credentials(token="token-of-sam"), Credentials(cookies="session=of-kim")


@pytest.fixture
def hostile() -> Iterator[Hostile]:
    with Hostile() as server:
        yield server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(module, "_STREAM_S", 0.1)


def calling(url: str, **changes: object) -> Caller:
    options = {"allowed": True, "per_second": 5000.0, "parallel": 8, **changes}
    return Caller(url, "", **options)  # type: ignore[arg-type]


def get(caller: Caller, path: str, who: Credentials = module.NOBODY) -> Sent:
    return caller.call(Ask(method="GET", path=path), who)


def test_a_host_that_is_not_allowed_is_refused_before_the_first_call(hostile: Hostile) -> None:
    with pytest.raises(UsageError, match=r"127\.0\.0\.1 is not probed: it is not in safety\.allowed_hosts"):
        calling(hostile.url, allowed=False)
    assert hostile.seen == []


def test_who_calls_is_said_by_each_call_alone(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    get(caller, "/cookie", SAM)
    assert get(caller, "/me", SAM).answer.data == {"path": "/me", "cookie": None, "auth": "Bearer token-of-sam"}
    assert get(caller, "/me", KIM).answer.data == {"path": "/me", "cookie": "session=of-kim", "auth": None}
    assert get(caller, "/me").answer.data == {"path": "/me", "cookie": None, "auth": None}


def test_nobody_is_mixed_up_when_many_call_at_once(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    people = [Credentials(token=f"token-{one}") for one in range(40)]
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda who: get(caller, "/cookie-me", who).answer.data["auth"], people))
    assert got == [f"Bearer {one.token}" for one in people]


def test_a_redirect_is_told_and_not_followed(hostile: Hostile) -> None:
    answer = get(calling(hostile.url), "/redirect", SAM).answer
    assert (answer.status, answer.location, answer.redirects) == (302, "/trap", True)
    assert len(hostile.seen) == 1


def test_429_is_waited_out_and_not_for_ever(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    assert get(caller, "/limited").answer.status == 200
    assert caller.calls == 3
    assert get(caller, "/always-limited").answer.status == 429
    assert caller.calls == 8


@pytest.mark.parametrize(
    ("asked", "pause"), [("0", 0), ("2", 2), ("9999999", 5), ("-1", 1), ("\u00b2", 1), ("soon", 1), ("", 1), ("1.5", 1)]
)
def test_the_pause_is_what_is_asked_for_within_bounds(asked: str, pause: float) -> None:
    assert module._pause(Answer(status=429, headers=(("retry-AFTER", asked),))) == pause
    assert module._pause(Answer(status=429)) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("path", [one for one in RAW if one != "/odd-wait"])
def test_hostile_bytes_are_an_answer_or_none_and_never_a_crash(hostile: Hostile, path: str) -> None:
    answer = get(calling(hostile.url), path).answer
    assert answer.status in (None, 200, 302)
    assert answer.status or answer.failure
    assert answer.data in (None, {})


@pytest.mark.usefixtures("impatient")
def test_half_an_answer_is_none(hostile: Hostile) -> None:
    assert get(calling(hostile.url), "/half").answer.status is None


@pytest.mark.usefixtures("impatient")
def test_a_character_set_that_is_none_is_read_as_utf8(hostile: Hostile) -> None:
    assert get(calling(hostile.url), "/bad-charset").answer.text == "é"


@pytest.mark.usefixtures("impatient")
def test_a_stream_is_left_after_its_beginning(hostile: Hostile) -> None:
    answer = get(calling(hostile.url), "/events").answer
    assert (answer.status, answer.text) == (200, "data: paid\n\n")


@pytest.mark.usefixtures("impatient")
def test_an_answer_that_drips_is_left_when_patience_ends(hostile: Hostile) -> None:
    answer = get(calling(hostile.url), "/drip").answer
    assert answer.status == 200
    assert 1 <= len(answer.text) < 100


def test_no_more_is_read_than_can_be_looked_at(hostile: Hostile) -> None:
    assert len(get(calling(hostile.url), "/huge").answer.text) == module._LARGEST


@pytest.mark.usefixtures("impatient")
def test_one_slow_address_is_no_dead_application(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    for _ in range(4):
        assert get(caller, "/hang").answer.failure == "timed out"
    assert not caller.gone
    assert get(caller, "/me").answer.status == 200


@pytest.mark.usefixtures("impatient")
def test_a_hanging_application_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes connections and answers nothing
        caller = calling(f"http://127.0.0.1:{silent.getsockname()[1]}")
        failures = [get(caller, "/me").answer.failure for _ in range(5)]
    assert failures == [*["timed out"] * 3, *["the application has stopped answering"] * 2]
    assert caller.gone


def test_a_dead_application_is_given_up() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        caller = calling(f"http://127.0.0.1:{taken.getsockname()[1]}")
        failures = [get(caller, "/me").answer.failure for _ in range(4)]
    assert failures == [*["connection refused"] * 3, "the application has stopped answering"]


def test_a_host_that_does_not_exist_and_an_address_that_is_none() -> None:
    assert get(calling("http://no-such-host.invalid"), "/").answer.status is None
    assert get(calling("http://127.0.0.1:1"), "//[").answer.status is None


def test_a_halted_caller_lets_go_and_goes_on_later(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    caller.halted = True
    assert get(caller, "/me").answer.failure == "the check was interrupted"
    assert hostile.seen == []
    caller.halted = False
    assert get(caller, "/me").answer.status == 200


def test_whoever_waits_after_a_429_is_let_go_too(hostile: Hostile) -> None:
    caller = calling(hostile.url)
    timer = Timer(0.2, setattr, (caller, "halted", True))
    timer.start()
    assert get(caller, "/odd-wait").answer.status in (429, None)
    timer.join()
    assert caller.calls <= 2


def test_calls_are_spread_over_time() -> None:
    pace, began = Pace(100), time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.wait(), range(21)))
    assert time.monotonic() - began >= 0.2


def test_credentials_are_not_shown() -> None:
    assert "token-of-sam" not in repr(SAM)
    assert "of-kim" not in repr(KIM)
