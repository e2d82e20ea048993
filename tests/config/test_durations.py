from __future__ import annotations

import pytest

from stormwalk.config.durations import milliseconds


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("5 s", 5_000),
        ("5s", 5_000),
        ("500 ms", 500),
        ("1.5 s", 1_500),
        ("2 min", 120_000),
        (250, 250),
        (0.5, 0.5),
        ("1440 min", 86_400_000),
    ],
)
def test_reads_what_people_write(written: object, expected: float) -> None:
    assert milliseconds(written) == expected


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("soon", '"soon"'),
        ("5", '"5"'),
        ("5 h", '"5 h"'),
        ("-5 s", '"-5 s"'),
        ("\uff15 s", '"\uff15 s"'),
        ("x" * 99, f'"{"x" * 40}..."'),
        (True, "True"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (10**400, "1" + "0" * 39),
        ([], "a list"),
        (None, "a NoneType"),
    ],
)
def test_says_what_a_duration_is(written: object, shown: str) -> None:
    with pytest.raises(ValueError, match="duration") as problem:
        milliseconds(written)
    assert str(problem.value) == f'expected a duration such as "5 s" or "500 ms", got {shown}'


@pytest.mark.parametrize("written", [0, "0 s", -1, "1441 min", 86_400_001])
def test_neither_nothing_nor_more_than_a_day(written: object) -> None:
    with pytest.raises(ValueError, match="above zero and up to"):
        milliseconds(written)
