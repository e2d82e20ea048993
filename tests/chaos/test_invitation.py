from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chaos.invitation import to_press_again
from chaos.seen import Control, Observation
from tests.chaos.scenes import look, said, walk

BUY = Control(key="#buy", name="Buy")
MORE = Control(key="#more", name="More")
ASKED = "That failed. Please try again."


def seen(*, tells: str = ASKED, controls: tuple[Control, ...] = (BUY, MORE), **more: Any) -> Observation:
    told = (said(tells),) if tells else ()
    return walk(**{"looks": (look(controls=controls),), "messages": told, "pressed": (BUY, MORE), **more})


def test_what_was_pressed_last_is_to_be_pressed_again() -> None:
    assert to_press_again(seen()) == BUY


def test_words_of_the_page_count_where_no_message_says_so() -> None:
    words = seen(tells="", looks=(look(controls=(BUY,), text=f"Checkout\n{ASKED}"),))
    assert to_press_again(words) == BUY
    assert to_press_again(replace(words, before=look(text=f"Checkout\n{ASKED}"))) is None, "it stood there before"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(seen(tells="That failed."), id="nobody asks"),
        pytest.param(seen(tells="Please reload the page."), id="something else is asked"),
        pytest.param(seen(pressed=()), id="nothing was pressed"),
        pytest.param(seen(controls=(MORE,)), id="it is gone"),
        pytest.param(seen(controls=(replace(BUY, enabled=False),)), id="it is off"),
        pytest.param(seen(controls=(replace(BUY, busy=True),)), id="it is busy"),
        pytest.param(seen(looks=()), id="nobody could look"),
    ],
)
def test_otherwise_nothing_is_pressed_again(other: Observation) -> None:
    assert to_press_again(other) is None
