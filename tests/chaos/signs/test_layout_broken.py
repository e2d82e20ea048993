from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.scene import Scene
from chaos.signs.layout_broken import LayoutBroken
from tests.chaos.scenes import BUTTON, CALM, call, changed, done_look, failed, look, looks, scene

FAR = (replace(BUTTON, off_page=True),)
CSS = "http://shop.test/shop.css"


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(scene(looks=looks(1, overflow_px=300)), "300 px wider", id="wider than the window"),
        pytest.param(
            scene(looks=looks(1, controls=FAR)),
            "out of reach beside the page: Place order",
            id="a control out of reach",
        ),
        pytest.param(
            scene(looks=looks(1, stylesheets_missing=(CSS,))),
            "without its stylesheet",
            id="without a stylesheet that nobody took",
        ),
        pytest.param(
            scene(
                calls=(call("GET /shop.css", kind="stylesheet", url=CSS, fault="latency"),),
                looks=looks(1, stylesheets_missing=(CSS,)),
            ),
            "without its stylesheet",
            id="without a stylesheet that was only late",
        ),
        pytest.param(scene(shift=0.6), "jump", id="parts that jump"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = LayoutBroken().check(seen)

    assert found
    assert {one.sign for one in found} == {"layout-broken"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(
                calls=(failed("GET /shop.css", kind="stylesheet", url=CSS),), looks=looks(1, stylesheets_missing=(CSS,))
            ),
            id="the fault took the stylesheet",
        ),
        pytest.param(
            scene(
                calls=(call("GET /shop.css", kind="stylesheet", url=CSS, status=None, in_flight=True),),
                looks=looks(1, stylesheets_missing=(CSS,)),
            ),
            id="a stylesheet that is still on its way",
        ),
        pytest.param(
            scene(
                calls=(call("GET /shop.css", took=1.2, kind="stylesheet", url=CSS),),
                looks=looks(1, stylesheets_missing=(CSS,)),
            ),
            id="or whose arrival a busy machine has heard of only after the look",
        ),
        pytest.param(
            scene(looks=looks(1, overflow_px=300), control=changed(CALM, looks=(done_look(overflow_px=290),))),
            id="as wide in calm",
        ),
        pytest.param(
            scene(looks=looks(1, controls=FAR), control=changed(CALM, before=look(-1, controls=FAR))),
            id="a link that is out of sight on purpose",
        ),
        pytest.param(scene(shift=0.6, control=changed(CALM, shift=0.5)), id="jumps as much in calm"),
        pytest.param(
            scene(
                looks=looks(1, stylesheets_missing=(CSS,)),
                control=changed(CALM, looks=(done_look(stylesheets_missing=(CSS,)),)),
            ),
            id="a stylesheet that is missing in calm",
        ),
        pytest.param(scene(looks=looks(1, overflow_px=300), controls=()), id="no control to compare with"),
        pytest.param(scene(looks=looks(1, overflow_px=300, url="chrome-error://x")), id="the browser's own page"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert LayoutBroken().check(seen) == ()
