from __future__ import annotations

from typing import Any

import pytest

from chaos.scene import Scene
from chaos.signs.endless_spinner import EndlessSpinner
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import CALM, call, changed, done_look, failed, healed, look, looks, scene

SPIN: dict[str, Any] = {"animations": ("i.spin spin",)}
BUSY: dict[str, Any] = {"busy_marks": ("button#buy",)}
LOGO: dict[str, Any] = {"animations": ("img#logo turn",)}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(calls=(failed(),), looks=looks(0.5, 3, 6, **SPIN)),
            "after 6 s",
            id="an animation for ever after a failure",
        ),
        pytest.param(
            scene(calls=(call(),), looks=looks(0.5, 3, 6, **BUSY)),
            "still shows that it is loading",
            id="a busy mark for ever after success",
        ),
        pytest.param(
            scene(calls=(call(in_flight=True, status=None),), looks=looks(0.5, 8, 16, **SPIN)),
            "after 16 s",
            id="a call without end, beyond all patience",
        ),
        pytest.param(
            scene(
                calls=(failed(),),
                looks=looks(0.5, 6, animations=("img#logo turn", "i.spin spin")),
                control=changed(CALM, looks=(done_look(**LOGO),)),
            ),
            "still shows",
            id="beside a logo that always turns",
        ),
        pytest.param(
            scene(calls=(failed(), call("GET /api/news", 5.5, background=True)), looks=looks(0.5, 6, **SPIN)),
            "still shows",
            id="polling goes on in the background",
        ),
        pytest.param(
            scene(
                calls=(failed(), *(call("GET /api/news", at, 0.1, kind="eventsource") for at in (3.0, 6.0, 9.0))),
                looks=looks(0.5, 6, 11, **SPIN),
            ),
            "after 11 s",
            id="the browser opens a stream anew every three seconds",
        ),
        pytest.param(
            scene(done=True, calls=(call(),), looks=looks(1, 20, **SPIN)), "after 20 s", id="the step is done beside it"
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = EndlessSpinner().check(seen)

    assert found
    assert {one.sign for one in found} == {"endless-spinner"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(calls=(failed(),), looks=looks(0.5, 3, 6, **SPIN), healed=healed(Recovery.ALONE)),
            id="until the page has tried again itself",
        ),
        pytest.param(
            scene(calls=(call(took=8),), looks=(*looks(1, 4, 8, **SPIN), look(9))), id="slow but busy, and it ends"
        ),
        pytest.param(
            scene(calls=(call(in_flight=True, status=None),), looks=looks(1, 8, 14, **SPIN)),
            id="slow but busy, and under way",
        ),
        pytest.param(scene(calls=(failed(),), looks=(*looks(1, 8, **SPIN), look(9))), id="it ends late"),
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 20, **LOGO), control=changed(CALM, looks=(done_look(**LOGO),))),
            id="a logo that turns in calm as well",
        ),
        pytest.param(scene(calls=(failed(),), looks=looks(1, 4, **SPIN)), id="not long enough to tell"),
        pytest.param(scene(calls=(failed(),), looks=looks(20, **SPIN)), id="one look proves nothing"),
        pytest.param(
            scene(calls=(failed(), call(at=9, took=1)), looks=looks(1, 12, **SPIN)), id="the last call ended just now"
        ),
        pytest.param(scene(calls=(failed(),)), id="no spinner"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert EndlessSpinner().check(seen) == ()
