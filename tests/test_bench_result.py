from __future__ import annotations

import json

import pytest

from bench.result import Result
from bench.store import step_of_a_journey


def test_ends_with_one_line_of_json() -> None:
    result = Result.of("store", [20123.4, 18000, 21000.5], unit="events/s", target=3000, further={"p50_us": 0.0123456})

    assert "\n" not in result.line()
    assert json.loads(result.line()) == {
        "bench": "store",
        "figure": 20120,
        "unit": "events/s",
        "target": 3000,
        "met": True,
        "runs": 3,
        "spread": [18000, 21000],
        "p50_us": 0.01235,
    }


@pytest.mark.parametrize(
    ("figure", "at_least", "met"), [(10, True, True), (9.9, True, False), (10, False, True), (10.1, False, False)]
)
def test_knows_on_which_side_of_the_target_to_be(figure: float, at_least: bool, met: bool) -> None:
    result = Result.of("any", [figure], unit="x", target=10, at_least=at_least)

    assert (result.met, result.exit_code) == (met, 0 if met else 1)


def test_refuses_to_tell_a_figure_of_nothing() -> None:
    with pytest.raises(ValueError, match="store has not measured anything"):
        Result.of("store", [], unit="events/s", target=3000)


def test_the_store_is_measured_with_steps_of_eight_events() -> None:
    assert len(step_of_a_journey(1, "buy")) == 8
