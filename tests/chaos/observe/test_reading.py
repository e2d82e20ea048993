"""A page can tell anything in any shape: what makes sense is kept, the rest is dropped, and nothing is raised."""

from __future__ import annotations

from typing import Any

import pytest

from chaos.observe import reading
from chaos.seen import MessageKind


def hide(text: str) -> str:
    return text.replace("secret", "[redacted]")


@pytest.mark.parametrize("text", [None, 7, b"{}", "", "{", "[]", "null", '"text"', "[" * 100_000, '{"a":'])
def test_what_is_no_object_is_nothing(text: object) -> None:
    assert reading.parsed(text) is None


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"kind": "alert"},
        {"kind": "alert", "text": ""},
        {"kind": "alert", "text": {"a": 1}},
        {"kind": ["alert"], "text": "Sold out"},
        {"kind": "shout", "text": "Sold out"},
    ],
)
def test_a_message_without_kind_or_text_is_none(told: dict[str, Any]) -> None:
    assert reading.message(told, 100.0, "/", hide) is None


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (99_500, 99.5),
        (100_000, 100.0),
        (100_500, 100.0),  # not before it has happened
        (90_000, 100.0),  # a clock that was set back
        (1_930_000_000_000, 100.0),
        ("99500", 100.0),
        (True, 100.0),
        (None, 100.0),
        (float("nan"), 100.0),
        (float("inf"), 100.0),
    ],
)
def test_a_stamp_of_the_page_is_believed_only_where_it_can_be_true(stamp: object, at: float) -> None:
    told = {"kind": "alert", "text": "Sold out", "at": stamp}
    heard = reading.message(told, 100.0, "/", hide)

    assert heard is not None
    assert (heard.kind, heard.text, heard.at) == (MessageKind.ALERT, "Sold out", at)


@pytest.mark.parametrize("told", [None, [], "x", {}, {"key": 7}, {"key": None, "name": "Buy"}])
def test_a_control_without_a_key_is_none(told: object) -> None:
    assert reading.control(told, hide) is None


@pytest.mark.parametrize("told", [None, {}, "fields", 7, [None, 7, "x", {}, {"key": []}]])
def test_fields_that_make_no_sense_are_none(told: object) -> None:
    assert reading.fields(told, hide) == ()


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"text": 7, "text_length": "many", "controls": {"a": 1}, "fields": 3, "busy": "x", "overflow": "1e999"},
        {"text": None, "text_length": -5, "media": float("inf"), "overflow": float("nan"), "standing": [1, None]},
    ],
)
def test_a_look_that_makes_no_sense_is_an_empty_one(told: dict[str, Any]) -> None:
    state = reading.state(told, 1.0, hide, hide)

    assert (state.text_length, state.media, state.overflow_px, state.controls, state.standing) == (0, 0, 0.0, (), ())


def test_everything_that_is_kept_is_cut_and_redacted() -> None:
    long = "secret " * 10_000
    control = reading.control({"key": long, "name": long, "kind": long}, hide)
    state = reading.state({"text": long, "title": long, "busy": [long], "standing": [long] * 99}, 1.0, hide, hide)

    assert control is not None
    for text in (control.key, control.name, state.text, state.title, *state.busy_marks, *state.standing):
        assert "secret" not in text
        assert len(text) < 40_000
    assert len(state.standing) == 50
    assert len(state.standing[0]) == 500


@pytest.mark.parametrize(("value", "number"), [(3, 3.0), (0.5, 0.5), (-1, 0.0), ("3", 0.0), (True, 0.0), (None, 0.0)])
def test_numbers_are_finite_and_not_below_zero(value: object, number: float) -> None:
    assert reading.number(value) == number


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        pytest.param(102_500, 102.5, id="the look was long on its way to the page"),
        pytest.param(100_999, 101.0, id="a stamp has no parts of a millisecond"),
        pytest.param(100_000, 101.0, id="a clock that was set back"),
        pytest.param(103_500, 101.0, id="or forward"),
        pytest.param(None, 101.0, id="no stamp"),
    ],
)
def test_a_look_shows_the_page_as_it_was_when_the_page_says_so(stamp: object, at: float) -> None:
    assert reading.looked_at({"at": stamp}, asked=101.0005 if stamp == 100_999 else 101.0, answered=103.0) == (
        pytest.approx(at, abs=0.001)
    )
