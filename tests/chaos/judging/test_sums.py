from __future__ import annotations

import pytest

from chaos.judging.sums import shown_before
from chaos.judging.walk import Deed, Walk, place_of
from tests.chaos.scenes import look, walk

CALM = "Checkout\nWool Socks\n2\n€48.00\nTotal\n€48.00\nPlace order"


def step(text: str) -> Deed:
    seen = walk(before=look(-0.1, text=text))
    return Deed(index=1, name="Buy", place=place_of("Buy", 0), observation=seen)


def control(text: str = CALM) -> Walk:
    return Walk(key="k", nodeid="n", base="n", title="t", plan="", deeds=(step(text),))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(CALM, 4800, id="as in the control"),
        pytest.param(CALM.replace("Total\n€48.00", "Total\n€54.90"), None, id="two places disagree"),
        pytest.param(CALM.replace("48.00", "54.90"), 5490, id="another sum"),
        pytest.param(CALM.replace("48.00", "1,254.90"), 125490, id="thousands"),
        pytest.param("Checkout\nLoading…", None, id="no sum at all"),
        pytest.param("Checkout\nDelivery\n€48.00", None, id="another line"),
    ],
)
def test_the_sum_is_read_where_the_control_shows_the_right_one(text: str, shown: int | None) -> None:
    assert shown_before(step(text), (control(), control()), 4800) == shown


def test_without_the_right_sum_in_every_control_nothing_is_read() -> None:
    assert shown_before(step(CALM), (control(), control("Checkout\nTotal\n€47.00")), 4800) is None
    assert shown_before(step(CALM), (), 4800) is None


def test_a_sum_below_another_label_is_another_sum() -> None:
    told = "Checkout\nSubtotal\n€43.10\nTotal\n€48.00\nPlace order"

    assert shown_before(step(told.replace("43.10", "49.00")), (control(told),), 4800) == 4800
