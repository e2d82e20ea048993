from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.seen import MessageKind, SeenCall
from chaos.signs.false_success import FalseSuccess
from tests.chaos.scenes import (
    BUTTON,
    CALM,
    CONFIRMED,
    TEXT,
    TOLD,
    call,
    changed,
    failed,
    looks,
    orders,
    said,
    scene,
)

STATUS = MessageKind.STATUS
BOTH = changed(CALM, calls=(call(), call("PATCH /api/me")))
OFFLINE = failed(status=None, failure="net::ERR_INTERNET_DISCONNECTED")
WAITS = changed(CALM, calls=(call(took=0.2), call("GET /orders/17", 0.32, kind="document")))
"""The page goes on when it has the answer."""
HURRIES = changed(CALM, calls=(call(took=0.2), call("GET /orders/17", 0.12, kind="document")))
"""The page goes on and does not wait for the answer."""


def held_until_left() -> tuple[SeenCall, ...]:
    """A write that our latency struck, and that ended without an answer as the page went on."""
    held = call(took=0.9, status=None, failure="net::ERR_ABORTED", fault="latency")
    return held, call("GET /orders/17", 0.8, kind="document")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(calls=(failed(),), messages=(CONFIRMED,)),
            "POST /api/orders failed",
            id="the usual words, and the write failed",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Thank you!", kind=STATUS),)), "failed", id="other words of success"
        ),
        pytest.param(
            scene(calls=(failed(took=3),), messages=(said("Order 9 is confirmed.", 0.1, STATUS),)),
            "failed",
            id="shown before the answer and left to stand",
        ),
        pytest.param(scene(done=True, calls=(failed(),), pressed=(BUTTON,)), "failed", id="the step's own check held"),
        pytest.param(
            scene(calls=(failed(),), messages=(CONFIRMED,), objects=(orders(),)), "failed", id="counted, and not there"
        ),
        pytest.param(
            scene(done=True, calls=held_until_left(), control=HURRIES, pressed=(BUTTON,)),
            "POST /api/orders failed",
            id="the page went on before the write could reach the server",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Order undefined is confirmed."),)),
            "POST /api/orders failed",
            id="in an alert, as many libraries show every toast",
        ),
        pytest.param(
            scene(done=True, objects=(orders(),)), "there is no new order", id="no write at all, and not there"
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = FalseSuccess().check(seen)

    assert found
    assert {one.sign for one in found} == {"false-success"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(
            scene(calls=(failed(),), messages=(said("Your order has not been placed.", kind=STATUS),)),
            id="words of success that are denied",
        ),
        pytest.param(
            scene(
                done=True,
                calls=(failed(),),
                pressed=(BUTTON,),
                messages=(said("It could not be saved, and was undone. Please try again."),),
            ),
            id="a page that shows a change at once, undoes it and says so",
        ),
        pytest.param(
            scene(
                control=changed(CALM, messages=(said("Total 48.00", 0.05, MessageKind.LIVE), CONFIRMED)),
                calls=(failed(),),
                messages=(said("Total 48.00", 0.05, MessageKind.LIVE),),
                looks=looks(0.5, 20, text=f"{TEXT}\nSorry, we could not place your order"),
            ),
            id="the usual words of a step beside words of failure",
        ),
        pytest.param(
            scene(done=True, calls=(failed(),), pressed=()), id="nothing was pressed: a session was not renewed"
        ),
        pytest.param(
            scene(calls=(call(status=None, failure="net::ERR_ABORTED"),), messages=(CONFIRMED,)),
            id="the page went on before the end of the answer",
        ),
        pytest.param(
            scene(
                done=True,
                calls=(OFFLINE, call(at=1, status=None, failure="net::ERR_ABORTED")),
                messages=(CONFIRMED,),
            ),
            id="a later try ended when the page went on",
        ),
        pytest.param(
            scene(done=True, calls=held_until_left(), control=WAITS, pressed=(BUTTON,)),
            id="a write that was held up ended when the page went on with its answer",
        ),
        pytest.param(
            scene(calls=(failed(took=1),), messages=(CONFIRMED, said("Not ordered", 1.2))), id="taken back by an alert"
        ),
        pytest.param(
            scene(calls=(failed(took=1),), messages=(CONFIRMED, said("Sorry, that failed", 1.2, STATUS))),
            id="taken back by words",
        ),
        pytest.param(
            scene(calls=(failed(status=None, server_status=201),), messages=(CONFIRMED,)),
            id="the server did the work unseen",
        ),
        pytest.param(scene(done=True, calls=(failed(), call(at=1)), messages=(CONFIRMED,)), id="a later try worked"),
        pytest.param(
            scene(done=True, calls=(failed(status=None),), objects=(orders(after=2),)), id="counted, and there"
        ),
        pytest.param(scene(calls=(failed(),), messages=(TOLD,), objects=(orders(),)), id="only a safe stop"),
        pytest.param(scene(calls=(failed(),), messages=(said("Saving…", kind=STATUS),)), id="that it is at work"),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Your order could not be confirmed", kind=STATUS),)),
            id="words of failure that hold a word of success",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Order 3 is confirmed.", -2, STATUS),)),
            id="what stood there before the step",
        ),
        pytest.param(scene(done=True, calls=(call(), failed("POST /api/errors"))), id="a report of errors failed"),
        pytest.param(scene(done=True, calls=(call(), failed("GET /api/me"))), id="a read failed"),
        pytest.param(
            scene(done=True, calls=(call(),), objects=(orders(),)), id="promised by the server: that is a lost order"
        ),
        pytest.param(
            scene(done=True, calls=(call(), failed("PATCH /api/me")), control=BOTH),
            id="another write worked: nobody knows which one is meant",
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert FalseSuccess().check(seen) == ()
