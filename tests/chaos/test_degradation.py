from __future__ import annotations

import random

import pytest

from chaos.degradation import amplification, degradation

FEW = "800 ms against 300 ms (too few samples for a percentage)"


def test_a_clear_change_has_a_percentage_and_its_interval() -> None:
    seen = degradation([300.0, 310.0, 290.0], [810.0, 800.0, 790.0])

    assert (seen.control_ms, seen.storm_ms, seen.control_spread_ms) == (300.0, 800.0, 20.0)
    assert seen.percent == pytest.approx(166.7, abs=0.1)
    assert seen.interval is not None
    assert seen.interval[0] < 166.7 < seen.interval[1]
    assert seen.significant
    assert seen.words.startswith("+167 % (")
    assert seen.words.endswith("800 ms against 300 ms)")


@pytest.mark.parametrize(
    ("controls", "storms", "words"),
    [
        pytest.param([], [], "not measured", id="nothing"),
        pytest.param([300.0] * 3, [], "not measured", id="no storm"),
        pytest.param([], [300.0], "not measured", id="no control"),
        pytest.param([300.0] * 3, [800.0] * 2, FEW, id="few"),
        pytest.param([300.0] * 2, [800.0] * 9, FEW, id="few too"),
        pytest.param([0.0] * 3, [800.0] * 3, "800 ms against 0 ms (too few samples for a percentage)", id="no time"),
        pytest.param([300.0, 500.0, 310.0], [480.0] * 3, "n.s. (480 ms against 310 ms)", id="a control was as slow"),
        pytest.param([300.0, 301.0, 299.0], [250.0, 300.0, 900.0], "n.s. (300 ms against 300 ms)", id="by chance"),
        pytest.param([300.0] * 3, [300.0] * 3, "n.s. (300 ms against 300 ms)", id="the same"),
    ],
)
def test_what_is_not_proven_is_not_claimed(controls: list[float], storms: list[float], words: str) -> None:
    seen = degradation(controls, storms)

    assert seen.words == words
    assert not seen.significant


def test_twice_as_slow_is_a_hundred_percent_and_half_as_slow_is_fifty_less() -> None:
    chance = random.Random(2)
    controls = [chance.uniform(95, 105) for _ in range(15)]

    for factor, percent in ((2.0, 100.0), (0.5, -50.0)):
        seen = degradation(controls, [factor * one for one in controls])
        assert seen.percent == pytest.approx(percent)
        assert seen.significant


def test_samples_without_a_difference_are_rarely_told_apart() -> None:
    chance = random.Random(3)
    told = sum(
        degradation(*([chance.gauss(300, 30) for _ in range(3)] for _ in range(2))).significant for _ in range(100)
    )

    assert told <= 25  # three against three cannot do better without calling nothing a difference


@pytest.mark.parametrize(
    ("storms", "delay", "factor"),
    [
        ([800.0] * 3, 500.0, 1.0),
        ([550.0] * 3, 500.0, 0.5),
        ([1_300.0] * 3, 500.0, 2.0),
        ([800.0] * 3, 0.0, None),
        ([800.0] * 2, 500.0, None),
        ([], 500.0, None),
    ],
)
def test_what_a_millisecond_of_delay_costs(storms: list[float], delay: float, factor: float | None) -> None:
    assert amplification([300.0] * 3, storms, delay) == (None if factor is None else pytest.approx(factor))
