from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.scene import Scene
from chaos.signs.stuck_control import StuckControl
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import BUTTON, call, failed, healed, look, looks, scene

OFF = (replace(BUTTON, name="Placing order…", enabled=False),)
BUSY = (replace(BUTTON, busy=True),)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 3, controls=OFF)),
            '"Place order" stays disabled',
            id="disabled for ever",
        ),
        pytest.param(scene(calls=(failed(),), looks=looks(1, 3, controls=BUSY)), "stays busy", id="busy for ever"),
        pytest.param(
            scene(calls=(call(),), looks=looks(1, 3, controls=OFF)), "stays disabled", id="after an answer as well"
        ),
        pytest.param(
            scene(calls=(failed(),), before=look(-1, controls=()), looks=looks(1, 3, controls=OFF)),
            "stays disabled",
            id="a button that came only during the step",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = StuckControl().check(seen)

    assert found
    assert {one.sign for one in found} == {"stuck-control"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 3, controls=OFF), healed=healed(Recovery.ALONE)),
            id="disabled until the page has tried again itself",
        ),
        pytest.param(scene(calls=(failed(),), looks=(look(1, controls=OFF), look(2))), id="free again"),
        pytest.param(
            scene(calls=(call(in_flight=True, status=None),), looks=looks(1, 9, controls=OFF)), id="a call is under way"
        ),
        pytest.param(scene(calls=(failed(took=8),), looks=looks(1, 8.5, controls=OFF)), id="the call has just ended"),
        pytest.param(scene(done=True, calls=(call(),), looks=looks(1, 9, controls=OFF)), id="done"),
        pytest.param(
            scene(calls=(failed(),), before=look(-1, controls=OFF), looks=looks(1, 9, controls=OFF)),
            id="disabled before the step",
        ),
        pytest.param(scene(calls=(failed(),), pressed=(), looks=looks(1, 9, controls=OFF)), id="nobody pressed it"),
        pytest.param(scene(calls=(failed(),), looks=looks(1, 9, controls=())), id="it is gone"),
        pytest.param(scene(calls=(failed(),), looks=looks(9, controls=OFF)), id="one look proves nothing"),
        pytest.param(
            scene(calls=(failed(),), looks=(*looks(1, 5, controls=OFF), look(9, controls=OFF, in_flight=1))),
            id="a call that only the looks know of",
        ),
        pytest.param(
            scene(calls=(failed(),), looks=(*looks(1, 8.5, controls=OFF, in_flight=1), look(9, controls=OFF))),
            id="it has only just ended",
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert StuckControl().check(seen) == ()
