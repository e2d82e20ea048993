from __future__ import annotations

import pytest

from chaos.scene import Healed, Scene
from chaos.signs.untold_order import UntoldOrder
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import call, failed, orders, scene

LOST = call(fault="lost-reply", status=None)


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=(LOST,), objects=(orders(after=2),)), id="the reply was lost"),
        pytest.param(
            scene(
                calls=(LOST,),
                objects=(orders(after=2),),
                healed=Healed(rung=Recovery.NOT_RECOVERED, tried=("alone", "reload")),
            ),
            id="and nothing healed it",
        ),
    ],
)
def test_it_is_caught(seen: Scene) -> None:
    found = UntoldOrder().check(seen)

    assert [one.words for one in found] == ["there is a new order, and the user is not told of it"]


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(done=True, calls=(call(),), objects=(orders(after=2),)), id="the step was done"),
        pytest.param(
            scene(calls=(LOST,), objects=(orders(after=2),), healed=Healed(rung=Recovery.RELOAD)),
            id="a reload shows it",
        ),
        pytest.param(scene(calls=(failed(),), objects=(orders(),)), id="nothing was made"),
        pytest.param(
            scene(calls=(failed(),), objects=(orders(kind="article", after=2, of_session=True),)),
            id="what a session holds",
        ),
    ],
)
def test_it_is_silent(seen: Scene) -> None:
    assert UntoldOrder().check(seen) == ()
