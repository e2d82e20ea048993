from __future__ import annotations

from typing import Any

import pytest

from chaos.scene import Counted, Scene
from chaos.seen import Field
from chaos.signs.session_lost import SessionLost
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import CALM, call, changed, failed, healed, look, looks, orders, said, scene

LOGIN: dict[str, Any] = {"text": "Log in", "password_fields": 1}
PASSWORD = Field(key="input#password", name="Password", secret=True)
THROWN_OUT: dict[str, Any] = {
    "done": True,
    "before": look(-1, **LOGIN),
    "calls": (failed("GET /api/me"),),
    "looks": (look(0.2), look(2, fields=(PASSWORD,), **LOGIN)),
    "entered": (PASSWORD,),
    "messages": (said("Your session has ended. Please log in again.", 1.8),),
}


def basket(before: int, after: int) -> Counted:
    return orders(before, after, kind="basket line", made=0, of_session=True)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(
                control=changed(CALM, calls=(call("GET /api/wishlist", status=401),)),
                calls=(failed("GET /api/me"), call("GET /api/wishlist", status=401)),
                looks=looks(1, 20, **LOGIN),
            ),
            "has to log in again",
            id="an answer that is a 401 in calm as well explains nothing",
        ),
        pytest.param(
            scene(calls=(failed("GET /api/me"),), looks=looks(1, 20, **LOGIN)),
            "has to log in again",
            id="thrown out by a server error",
        ),
        pytest.param(
            scene(
                calls=(failed("PUT /api/me/password"),),
                looks=looks(1, 20, fields=(PASSWORD,), **LOGIN),
                entered=(Field(key="input#new", name="New password", secret=True),),
            ),
            "has to log in again",
            id="thrown out while another password is typed",
        ),
        pytest.param(scene(**THROWN_OUT), "has to log in again", id="thrown out right after they had logged in"),
        pytest.param(
            scene(objects=(basket(2, 0),), healed=healed(Recovery.NEW_LOGIN), strikes_session=True),
            "2 basket lines of the session are gone",
            id="the basket is gone after a new login",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = SessionLost().check(seen)

    assert found
    assert {one.sign for one in found} == {"session-lost"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(calls=(failed("GET /api/me"),), looks=looks(1, 20, **LOGIN), strikes_session=True),
            id="the fault took the session",
        ),
        pytest.param(
            scene(calls=(failed("GET /api/me", 401),), looks=looks(1, 20, **LOGIN)), id="an answer said that it is over"
        ),
        pytest.param(
            scene(calls=(failed("POST /api/session"),), before=look(-1, **LOGIN), looks=looks(1, 20, **LOGIN)),
            id="a step that logs in",
        ),
        pytest.param(
            scene(
                calls=(failed("POST /api/session"),),
                looks=looks(1, 20, fields=(PASSWORD,), **LOGIN),
                entered=(PASSWORD,),
            ),
            id="a step that goes to the log-in and logs in",
        ),
        pytest.param(
            scene(looks=looks(1, 20, **LOGIN), control=changed(CALM, before=look(-1, **LOGIN))),
            id="a page that asks for a password in calm as well",
        ),
        pytest.param(
            scene(**{**THROWN_OUT, "messages": ()}), id="a log-out that leads to the log-in, which says nothing"
        ),
        pytest.param(
            scene(**THROWN_OUT, control=changed(CALM, looks=looks(1, 2, **LOGIN))), id="the log-in is where it leads"
        ),
        pytest.param(scene(**{**THROWN_OUT, "calls": ()}), id="no call has failed"),
        pytest.param(scene(objects=(basket(2, 2),), strikes_session=True), id="the basket is there"),
        pytest.param(scene(calls=(failed("GET /api/me"),)), id="still signed in"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert SessionLost().check(seen) == ()
