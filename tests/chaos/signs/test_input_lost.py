from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chaos.scene import Scene
from chaos.seen import Field
from chaos.signs.input_lost import InputLost
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import ADDRESS, failed, healed, look, looks, scene

EMPTY = replace(ADDRESS, digest="")
HOME = replace(ADDRESS, digest="40e")
SECRET = Field(key="input#p", name="Password", secret=True)


def typed(before: Field, now: Field | None, entered: Field = ADDRESS, **more: Any) -> Scene:
    """The user typed the address; the field held something before, and holds something now."""
    fields = () if now is None else (now,)
    usual: dict[str, Any] = {"calls": (failed(),), "entered": (entered,)}
    return scene(before=look(-0.1, fields=(before,)), looks=looks(1, 20, fields=fields), **{**usual, **more})


LOGIN: Any = {"text": "Log in", "password_fields": 1, "fields": (SECRET,)}


def thrown_out(now: Field | None, rung: Recovery) -> Scene:
    """The user typed the address, had to log in, and found the form again with this."""
    state = look(30, fields=() if now is None else (now,))
    return scene(
        before=look(-0.1, fields=(EMPTY,)),
        looks=looks(1, 20, **LOGIN),
        calls=(failed(status=401),),
        entered=(ADDRESS,),
        healed=healed(rung, state=state),
    )


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(thrown_out(EMPTY, Recovery.NOT_RECOVERED), "gone: Address", id="not there after a new login"),
        pytest.param(typed(EMPTY, EMPTY), "what was typed is gone: Address", id="emptied"),
        pytest.param(typed(HOME, HOME), "gone: Address", id="back to what it held before"),
        pytest.param(typed(HOME, EMPTY), "gone: Address", id="emptied, and it held something before"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = InputLost().check(seen)

    assert found
    assert {one.sign for one in found} == {"input-lost"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(typed(EMPTY, ADDRESS), id="kept"),
        pytest.param(thrown_out(ADDRESS, Recovery.NOT_RECOVERED), id="kept through a new login"),
        pytest.param(thrown_out(EMPTY, Recovery.NEW_LOGIN), id="sent after a new login, and cleared for the next one"),
        pytest.param(typed(EMPTY, HOME), id="written differently"),
        pytest.param(typed(SECRET, SECRET, SECRET), id="a password"),
        pytest.param(typed(EMPTY, EMPTY, done=True), id="done, and cleared for the next one"),
        pytest.param(typed(EMPTY, None), id="the form is not on the page"),
        pytest.param(scene(calls=(failed(),), looks=(), entered=(ADDRESS,)), id="nobody could look"),
        pytest.param(typed(EMPTY, EMPTY, entered=EMPTY), id="nothing was typed"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert InputLost().check(seen) == ()
