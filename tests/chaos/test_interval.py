from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import median

import pytest

from chaos.interval import bootstrap, wilson


@pytest.mark.parametrize(
    ("good", "total", "low", "high"),
    # Computed by the formula of Wilson 1927, as tables print it.
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)],
)
def test_the_interval_of_a_share(good: int, total: int, low: float, high: float) -> None:
    assert (wilson(good, total) or ()) == pytest.approx((low, high), abs=5e-5)


def test_without_a_sample_there_is_no_interval() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("good", "total"), [(-1, 3), (4, 3), (1, 0)])
def test_impossible_shares_are_refused(good: int, total: int) -> None:
    with pytest.raises(ValueError, match="good ones"):
        wilson(good, total)


def test_an_interval_holds_its_share_and_shrinks_with_more_samples() -> None:
    for total in (1, 2, 5, 17, 100):
        for good in range(total + 1):
            low, high = wilson(good, total) or (1, 0)
            less, more = wilson(10 * good, 10 * total) or (1, 0)

            assert 0 <= low <= good / total <= high <= 1
            assert more - less < high - low


def difference(one: Sequence[float], two: Sequence[float]) -> float:
    return median(two) - median(one)


def test_a_bootstrap_is_the_same_for_the_same_samples() -> None:
    chance = random.Random(1)
    one, two = ([chance.gauss(mean, 10) for _ in range(20)] for mean in (100, 130))
    low, high = bootstrap(one, two, difference)

    assert (low, high) == bootstrap(one, two, difference)
    assert low < difference(one, two) < high
    assert 10 < low < high < 50


def test_a_bootstrap_of_equal_samples_is_a_point() -> None:
    assert bootstrap([5.0] * 3, [7.0] * 3, difference) == (2.0, 2.0)
