from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.signs.lost_order import LostOrder
from tests.chaos.scenes import call, failed, orders, scene


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(done=True, calls=(call(),), objects=(orders(),)),
            "there is no new order",
            id="confirmed by the server, and not there",
        ),
        pytest.param(
            scene(objects=(orders(before=3, after=2),)),
            "1 orders that were there are gone",
            id="one that was there is gone",
        ),
        pytest.param(
            scene(done=True, calls=(call("POST /api/buy"),), objects=(orders(made_by=""),)),
            "no new order",
            id="which call makes it is not known, and all worked",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = LostOrder().check(seen)

    assert found
    assert {one.sign for one in found} == {"lost-order"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(done=True, calls=(call(),), objects=(orders(after=2),)), id="it is there"),
        pytest.param(scene(calls=(failed(),), objects=(orders(),)), id="a safe stop promised nothing"),
        pytest.param(
            scene(calls=(call("PATCH /api/me"), failed()), objects=(orders(),)),
            id="another write worked, the order failed",
        ),
        pytest.param(
            scene(calls=(call("PATCH /api/me"), failed()), objects=(orders(made_by=""),)),
            id="the same where nobody says which call makes it",
        ),
        pytest.param(
            scene(done=True, objects=(orders(before=3, after=0, kind="basket line", made=0, removes=True),)),
            id="the step takes away on purpose",
        ),
        pytest.param(
            scene(objects=(orders(before=3, after=0, kind="basket line", made=0, of_session=True),)),
            id="what the session held is lost under another name",
        ),
        pytest.param(
            scene(calls=(call(fault="stale"),), objects=(orders(),)), id="the answer was made up by the fault"
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert LostOrder().check(seen) == ()
