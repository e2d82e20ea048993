from __future__ import annotations

import pytest

from chaos.scene import lasting_ms, standing_since
from chaos.seen import PageState, SeenCall
from tests.chaos.scenes import BEGAN, call, failed, look, looks, said, walk


@pytest.mark.parametrize(
    ("seen", "effect"),
    [
        pytest.param(call(), True, id="answered"),
        pytest.param(call(status=500), False, id="an error of the server"),
        pytest.param(failed(), False, id="the server never saw it"),
        pytest.param(failed(status=None, server_status=201), True, id="a lost reply"),
        pytest.param(failed(status=None, server_status=500), False, id="a lost refusal"),
        pytest.param(call(fault="latency", server_status=200), True, id="late, but done"),
        pytest.param(call(fault="stale-response"), False, id="an answer that the fault made up"),
        pytest.param(call(in_flight=True, status=None), False, id="nobody knows yet"),
    ],
)
def test_whether_the_server_did_the_work(seen: SeenCall, effect: bool) -> None:
    assert seen.took_effect is effect


@pytest.mark.parametrize(
    ("seen", "matters"),
    [
        (call(), True),
        (call(kind="xhr"), True),
        (call(kind="document"), True),
        (call(kind="image"), False),
        (call(kind="ping"), False),
        (call(kind="eventsource"), False),
        (call(background=True), False),
        (call(third_party=True), False),
    ],
)
def test_whether_a_user_would_miss_it(seen: SeenCall, matters: bool) -> None:
    assert seen.matters is matters


def test_how_a_call_ended_in_a_few_words() -> None:
    assert call().told == "POST /api/orders: answered 200"
    assert call(status=None).told == "POST /api/orders: net::ERR_CONNECTION_RESET"
    assert call(in_flight=True, status=None).told == "POST /api/orders has no answer yet"


def test_a_walk_is_settled_when_its_last_call_has_ended_polling_aside() -> None:
    assert walk(calls=()).settled_at == BEGAN
    assert walk(calls=(call(at=1, took=2), call(at=2, took=0.1))).settled_at == pytest.approx(BEGAN + 3)
    assert walk(calls=(call(at=1, took=2), call(at=9, background=True))).settled_at == pytest.approx(BEGAN + 3)
    assert walk(calls=(call(at=1, took=2), call(at=9, kind="eventsource"))).settled_at == pytest.approx(BEGAN + 3)
    assert walk(calls=(call(at=1, took=2), call(at=9, kind="script"))).settled_at == pytest.approx(BEGAN + 9.2)
    assert walk(calls=(call(), call(in_flight=True, status=None))).settled_at is None


def test_what_was_said_is_what_people_could_read_during_the_step() -> None:
    old, hidden, new = said("old", -1), said("hidden", shown=False), said("new", 1)

    assert walk(messages=(old, hidden, new)).said == (new,)


def test_the_end_of_a_walk_is_the_last_look_that_saw_something() -> None:
    last = look(2)

    assert walk(looks=(look(1), last, PageState(at=BEGAN + 3, seen=False))).after == last
    assert walk(looks=()).after is None


def spinning(state: PageState) -> bool:
    return state.spinning


def test_how_long_something_has_lasted_at_the_last_look() -> None:
    blind = PageState(at=BEGAN + 2.5, seen=False)
    lasting = (look(1), look(2, busy_marks=("form",)), blind, look(4, busy_marks=("form",)))

    assert standing_since(lasting, spinning) == (BEGAN + 2, BEGAN + 4)
    assert lasting_ms(lasting, spinning) == 2_000.0
    assert lasting_ms((*lasting, look(5)), spinning) == 0.0
    assert lasting_ms(looks(1, busy_marks=("form",)), spinning) == 0.0
    assert lasting_ms((), spinning) == 0.0


@pytest.mark.parametrize(
    ("fault", "failure", "may"),
    [
        ("", "net::ERR_ABORTED", True),  # the page gave it up: by a time-out of its own, or because it was throttled
        ("", "net::ERR_CONNECTION_RESET", True),
        ("", "net::ERR_EMPTY_RESPONSE", True),
        ("", "NS_ERROR_NET_TIMEOUT", True),
        ("", "net::ERR_INTERNET_DISCONNECTED", False),
        ("", "net::ERR_CONNECTION_REFUSED", False),
        ("latency", "net::ERR_ABORTED", True),
        ("slow-drip", "net::ERR_ABORTED", True),
        ("abort", "net::ERR_CONNECTION_RESET", False),
        ("hang", "net::ERR_ABORTED", False),
        ("http", "net::ERR_FAILED", False),
    ],
)
def test_a_write_without_an_answer_may_have_been_done(fault: str, failure: str, may: bool) -> None:
    assert call(status=None, failure=failure, fault=fault).may_have_taken_effect is may
