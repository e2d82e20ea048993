from __future__ import annotations

import pytest

from chaos.scene import Amount, Scene
from chaos.signs.wrong_total import WrongTotal
from tests.chaos.scenes import scene


def amount(shown: int | None, kept: int | None, right: int | None = None) -> Scene:
    return scene(amounts=(Amount(what="the total of order 17", shown=shown, kept=kept, right=right),))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            amount(4800, 5200),
            "the total of order 17 is wrong: 4800 was shown, 5200 was kept",
            id="another sum was kept",
        ),
        pytest.param(amount(None, 4800, 5200), "4800 was kept, 5200 would be right", id="another sum is right"),
        pytest.param(amount(4800, 4800, 5200), "5200 would be right", id="shown and kept agree on a wrong one"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = WrongTotal().check(seen)

    assert found
    assert {one.sign for one in found} == {"wrong-total"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(amount(4800, 4800, 4800), id="all agree"),
        pytest.param(amount(4800, None, 5200), id="nothing was kept"),
        pytest.param(amount(None, 4800), id="nobody could read it"),
        pytest.param(scene(), id="no sums"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert WrongTotal().check(seen) == ()
