from __future__ import annotations

import pytest

from pages.money import cents, euros


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "€0.00"), (5, "€0.05"), (3450, "€34.50"), (123_456_789, "€1,234,567.89")]
)
def test_amounts_look_as_in_the_shop_and_back(amount: int, text: str) -> None:
    assert euros(amount) == text
    assert cents(text) == amount


def test_a_count_is_read_like_an_amount() -> None:
    assert cents("12") == 12
