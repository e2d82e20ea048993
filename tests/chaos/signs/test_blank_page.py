from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.seen import PageState
from chaos.signs.blank_page import BlankPage
from tests.chaos.scenes import ADDRESS, BEGAN, BUTTON, CALM, changed, look, looks, scene

BLANK = {"text": "", "controls": (), "fields": ()}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(scene(looks=looks(1, 2, **BLANK)), "is blank", id="nothing at all"),
        pytest.param(scene(looks=looks(1, 2, **{**BLANK, "text": "Shop"})), "is blank", id="a few letters"),
        pytest.param(scene(looks=(look(0.5), *looks(1, 2, **BLANK))), "is blank", id="first a page, then nothing"),
        pytest.param(
            scene(looks=(*looks(1, 2, **BLANK), PageState(at=BEGAN + 3, seen=False))),
            "is blank",
            id="nobody could look once in between",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = BlankPage().check(seen)

    assert found
    assert {one.sign for one in found} == {"blank-page"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(looks=(*looks(1, 1.2, **BLANK), look(3))), id="only for a moment"),
        pytest.param(scene(looks=looks(9, **BLANK)), id="one look proves nothing"),
        pytest.param(scene(looks=looks(1, 9, busy_marks=("div",), **BLANK)), id="still loading"),
        pytest.param(scene(looks=looks(1, 9, animations=("i spin",), **BLANK)), id="something moves"),
        pytest.param(scene(looks=looks(1, 9, **{**BLANK, "fields": (ADDRESS,)})), id="a field"),
        pytest.param(scene(looks=looks(1, 9, **{**BLANK, "controls": (BUTTON,)})), id="a button"),
        pytest.param(
            scene(looks=looks(1, 9, **BLANK), controls=(CALM, changed(CALM, looks=looks(1, **BLANK)))),
            id="one of the controls was blank as well",
        ),
        pytest.param(scene(looks=looks(1, 9, media=1, **BLANK)), id="a picture"),
        pytest.param(scene(looks=looks(1, 9, opaque=1, **BLANK)), id="a frame that nobody can look into"),
        pytest.param(
            scene(looks=looks(1, 9, **BLANK), control=changed(CALM, looks=looks(1, **BLANK))),
            id="a short text that is all there ever is",
        ),
        pytest.param(
            scene(looks=looks(1, 9, **{**BLANK, "url": "chrome-error://chromewebdata/"})), id="the browser's own page"
        ),
        pytest.param(
            scene(looks=(PageState(at=BEGAN + 1, seen=False), PageState(at=BEGAN + 9, seen=False))),
            id="nobody could look",
        ),
        pytest.param(scene(looks=looks(1, 9, **BLANK), controls=()), id="no control to compare with"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert BlankPage().check(seen) == ()
