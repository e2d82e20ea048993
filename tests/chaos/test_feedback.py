from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chaos.feedback import busy_at, feedback
from chaos.scene import Scene
from chaos.seen import MessageKind, PageState
from tests.chaos.scenes import BEGAN, CALM, TEXT, changed, done_look, failed, look, looks, said, scene

FAILED = BEGAN + 1.0
HELP = "Problems? Call us"
LOGO = ("img turn",)
LOGIN: dict[str, Any] = {"text": "Log in", "password_fields": 1}


def told(seen: Scene) -> str | None:
    first = feedback(seen, FAILED)
    return first.words if first else None


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(scene(messages=(said("Sold out", 2), said("Really", 3))), "Sold out", id="the first that is said"),
        pytest.param(scene(messages=(said("Sold out", 0.95),)), "Sold out", id="two clocks may differ a little"),
        pytest.param(scene(messages=(said("Sold out", 0.5),)), None, id="said before it failed"),
        pytest.param(scene(messages=(said("Sold out", 2, shown=False),)), None, id="not to be seen"),
        pytest.param(
            scene(messages=(said("5 results", 2, MessageKind.LIVE),)), None, id="a region that talks by itself"
        ),
        pytest.param(
            scene(messages=(said("No orders yet", 2, MessageKind.STATUS),)), None, id="an emptiness that was not there"
        ),
        pytest.param(
            scene(messages=(said("Get 10 % off your first order!", 2, MessageKind.DIALOG),)), None, id="an offer"
        ),
        pytest.param(
            scene(messages=(said("Order undefined is confirmed.", 2),)), None, id="a success, be it in an alert"
        ),
        pytest.param(
            scene(messages=(said("Saved on this device", 2, MessageKind.STATUS),)),
            "Saved on this device",
            id="what is kept to be sent later",
        ),
        pytest.param(
            scene(messages=(said("Not stored", 2, MessageKind.STATUS),)), "Not stored", id="quiet words that hint at it"
        ),
        pytest.param(
            replace(scene(messages=(said("Ei tallennettu", 2, MessageKind.TOAST),)), trouble_words=("tallennettu",)),
            "Ei tallennettu",
            id="quiet words that the project names",
        ),
        pytest.param(
            scene(messages=(said("Ei tallennettu", 2, MessageKind.TOAST),)), None, id="quiet words that nobody named"
        ),
        pytest.param(
            scene(
                messages=(said("5 results", 2, MessageKind.LIVE),),
                control=changed(CALM, messages=(said("3 results", 0.2, MessageKind.LIVE),)),
            ),
            None,
            id="the usual words, with another number",
        ),
        pytest.param(scene(looks=looks(2, text=f"{TEXT}\nSorry, it failed")), "Sorry, it failed", id="on the page"),
        pytest.param(scene(looks=looks(0.5, text=f"{TEXT}\nSorry, it failed")), None, id="on the page before"),
        pytest.param(
            scene(
                before=look(-0.1, text="Sorry, it failed"), looks=looks(2, text="Sorry, it failed"), calls=(failed(),)
            ),
            None,
            id="as it stood there before",
        ),
        pytest.param(
            scene(before=look(-0.1, text="Sorry, it failed"), looks=looks(2, text="Sorry, it failed")),
            "Sorry, it failed",
            id="as the step before has left it, in which something was struck",
        ),
        pytest.param(
            scene(before=look(-0.1, **LOGIN), looks=looks(2, **LOGIN)),
            "the page asks to log in",
            id="the log-in to which the step before was thrown out",
        ),
        pytest.param(
            scene(before=look(-0.1, **LOGIN), looks=looks(2, **LOGIN), calls=(failed(),)),
            None,
            id="the log-in as it stood there before the failure",
        ),
        pytest.param(
            scene(
                before=look(-0.1, text="Sorry, it failed"),
                looks=looks(2, text="Sorry, it failed"),
                calls=(failed("GET /orders", kind="document"),),
            ),
            "Sorry, it failed",
            id="the same words once more, on another page",
        ),
        pytest.param(
            scene(
                looks=looks(2, text=HELP),
                control=changed(CALM, looks=(done_look(text=HELP),)),
            ),
            None,
            id="words of failure that stand there in calm as well",
        ),
        pytest.param(scene(looks=(PageState(at=BEGAN + 2, seen=False),)), None, id="nobody could look"),
    ],
)
def test_what_tells_a_user_of_trouble(seen: Scene, words: str | None) -> None:
    assert told(seen) == words


@pytest.mark.parametrize(
    ("seen", "at"),
    [
        pytest.param(scene(), None, id="not at all"),
        pytest.param(scene(messages=(said("Placing order…", 0.2, MessageKind.STATUS),)), 0.2, id="by words"),
        pytest.param(scene(looks=(look(0.1), look(0.4, busy_marks=("form",)))), 0.4, id="by a mark"),
        pytest.param(
            scene(looks=looks(0.4, animations=LOGO), control=changed(CALM, looks=(done_look(animations=LOGO),))),
            None,
            id="what moves in calm at the end as well",
        ),
    ],
)
def test_when_a_page_shows_that_it_is_at_work(seen: Scene, at: float | None) -> None:
    moment = busy_at(seen)

    assert (None if moment is None else moment - BEGAN) == (None if at is None else pytest.approx(at, abs=1e-5))


def test_silence_is_no_feedback() -> None:
    assert told(scene(calls=(failed(),))) is None
