from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.seen import Field, MessageKind, SeenCall
from chaos.signs.silent_failure import SilentFailure
from tests.chaos.scenes import (
    BEGAN,
    CALM,
    CONFIRMED,
    TEXT,
    TOLD,
    call,
    changed,
    failed,
    look,
    looks,
    said,
    scene,
    timed,
)

STATUS = MessageKind.STATUS
PASSWORD = Field(key="input#password", name="Password", secret=True)
BOTH = changed(CALM, calls=(call(), call("PATCH /api/me")))
WIDGET = "http://shop.test/w/%d"
GRAPH = call("POST /graphql", 0.4)


def widget(number: int, at: float = 0.1) -> SeenCall:
    return call("GET /w/{id}", at, url=WIDGET % number)


WIDGETS = changed(CALM, calls=(widget(1), widget(2), widget(3)))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(done=True, control=WIDGETS, calls=(widget(1), failed("GET /w/{id}", url=WIDGET % 2), widget(3, 0.5))),
            "GET /w/{id} failed",
            id="one of several parts, and a later one is answered",
        ),
        pytest.param(
            scene(done=True, control=changed(CALM, calls=(GRAPH, GRAPH)), calls=(failed("POST /graphql"), GRAPH)),
            "POST /graphql failed",
            id="one of several writes to the one address that there is",
        ),
        pytest.param(scene(calls=(failed(),)), "POST /api/orders failed", id="a write failed and nothing is said"),
        pytest.param(
            scene(done=True, calls=(failed("GET /api/me"),)),
            "GET /api/me failed",
            id="a read failed and nothing is said",
        ),
        pytest.param(scene(calls=(failed(status=None),)), "nothing tells the user", id="no answer at all"),
        pytest.param(
            scene(calls=(failed(retry_after_ms=5000.0),), looks=looks(1, 5), ended=BEGAN + 5),
            "nothing tells",
            id="it was asked to wait, and does not say that it does",
        ),
        pytest.param(
            scene(calls=(call(status=None, fault="lost-reply", server_status=201),)),
            "nothing tells",
            id="the server has done it, and the user does not know",
        ),
        pytest.param(
            scene(
                calls=(failed(),),
                before=look(-1, standing=(TOLD.text,), text=TOLD.text),
                looks=looks(2, 20, text=TOLD.text, standing=(TOLD.text,)),
                messages=(said(TOLD.text, -1),),
            ),
            "nothing tells",
            id="what stood there before proves nothing",
        ),
        pytest.param(
            scene(
                calls=(failed("POST /api/session"),),
                control=changed(CALM, calls=(call("POST /api/session"),)),
                looks=looks(1, 20, text="Log in", password_fields=1, fields=(PASSWORD,)),
                entered=(PASSWORD,),
            ),
            "POST /api/session failed",
            id="a log-in that stands there as before",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Placing order…", kind=STATUS),)),
            "nothing tells",
            id="that it is at work is none either",
        ),
        pytest.param(
            scene(calls=(failed(at=5),), messages=(said("Something failed", 1),)),
            "nothing tells",
            id="it was said before the call failed",
        ),
        pytest.param(scene(calls=(failed(at=-0.5),)), "nothing tells", id="it failed just before the step"),
        pytest.param(
            scene(calls=(timed(failed(took=5)),), messages=(said("Something failed", 1),)),
            "nothing tells",
            id="or while it was still under way, by the page's own clock",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("It failed, try again", shown=False),)),
            "nothing tells",
            id="only a screen reader says it",
        ),
        pytest.param(scene(calls=(failed(),), messages=(said("It failed", 15),)), "nothing tells", id="much too late"),
        pytest.param(
            scene(calls=(call(in_flight=True, status=None),)), "has no answer", id="a call that hangs for ever"
        ),
        pytest.param(
            scene(calls=(failed("GET /js/checkout.js", kind="script"),)),
            "GET /js/checkout.js failed",
            id="a script is missing and the button does nothing",
        ),
        pytest.param(
            scene(calls=(call(status=None, failure="net::ERR_ABORTED"),)),
            "nothing tells",
            id="the page gave its call up and says nothing",
        ),
        pytest.param(
            scene(
                calls=(
                    timed(call(at=0.6, status=None, failure="net::ERR_ABORTED")),
                    timed(call("GET /orders/17", 0.2, 0.7, kind="document")),
                )
            ),
            "nothing tells",
            id="another page has given its own call up",
        ),
        pytest.param(
            scene(
                calls=(
                    timed(call("GET /api/me", 0.1, 5, status=None, failure="net::ERR_ABORTED", fault="hang")),
                    timed(call("GET /", 5.3, kind="document")),
                ),
            ),
            "GET /api/me failed",
            id="the page has given up a struck call, and goes elsewhere because of that",
        ),
        pytest.param(
            scene(done=True, calls=(timed(failed("GET /api/me", at=1.5)), timed(call("GET /api/me", at=0.5)))),
            "GET /api/me failed",
            id="the one that was answered began before it, as the browser says of both",
        ),
        pytest.param(
            scene(done=True, calls=(failed("GET /api/me", at=1.5), call("GET /api/me", at=0.5, url="http://other"))),
            "GET /api/me failed",
            id="another one was answered, and had begun before it",
        ),
        pytest.param(
            scene(done=True, calls=(call(), failed("PATCH /api/me")), control=BOTH),
            "PATCH /api/me failed",
            id="one write of two failed, and the page speaks of success",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = SilentFailure().check(seen)

    assert found
    assert {one.sign for one in found} == {"silent-failure"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=(failed(),), messages=(TOLD,)), id="an alert"),
        pytest.param(
            scene(
                calls=(
                    call("GET /api/dashboard", -1.2, 1.5, status=None, failure="net::ERR_ABORTED", fault="latency"),
                    timed(call("GET /admin/settings", 0.26, 0.09, kind="document")),
                ),
                control=changed(CALM, calls=(call("GET /api/dashboard"),)),
            ),
            id="a call that we held up until its page was left",
        ),
        pytest.param(
            scene(done=True, calls=(failed("GET /api/me"),), ended=BEGAN + 1),
            id="the user went on before the page could say anything",
        ),
        pytest.param(scene(calls=(failed(),), messages=(CONFIRMED,)), id="a lie is trouble of another name"),
        pytest.param(
            scene(calls=(failed(),), messages=(said("Not saved", 0.4, MessageKind.TOAST),)),
            id="a message that vanished since",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(said("You are not connected", kind=STATUS),)),
            id="a status that does not sound like the usual",
        ),
        pytest.param(
            scene(calls=(failed(status=422),), messages=(said("Address: is missing", kind=MessageKind.INVALID),)),
            id="a field that is marked",
        ),
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 20, text=TEXT + "\nSorry, that did not work")),
            id="words on the page",
        ),
        pytest.param(
            scene(calls=(failed(status=401),), looks=looks(1, 20, text="Log in", password_fields=1)),
            id="the login page",
        ),
        pytest.param(
            scene(calls=(failed(kind="document"),), looks=looks(1, 20, url="chrome-error://chromewebdata/")),
            id="the browser's own page",
        ),
        pytest.param(scene(done=True, calls=(failed(), call(at=1))), id="a retry that worked"),
        pytest.param(
            scene(done=True, calls=(failed("GET /api/me", at=1.5), timed(call("GET /api/me", at=0.5)))),
            id="and that only the browser has timed: of the failure before it we have heard late",
        ),
        pytest.param(
            scene(
                done=True,
                calls=(call(status=None, fault="lost-reply", server_status=204), call(at=1, status=401)),
            ),
            id="a write that was done, though its retry is refused because of it",
        ),
        pytest.param(
            scene(
                calls=(failed("GET /api/hint", 404),), control=changed(CALM, calls=(call("GET /api/hint", status=404),))
            ),
            id="a failure that calm has too",
        ),
        pytest.param(scene(calls=(failed("POST /api/errors"),)), id="a report of errors that calm never makes"),
        pytest.param(scene(calls=(failed("GET /lamp.png", kind="image"),)), id="one failed picture"),
        pytest.param(scene(done=True, calls=(failed("GET /api/me", background=True),)), id="a poll in the background"),
        pytest.param(scene(done=True, calls=(failed("GET /api/me", third_party=True),)), id="somebody else's server"),
        pytest.param(
            scene(
                calls=(
                    call("GET /api/me", status=None, failure="net::ERR_ABORTED"),
                    call("GET /orders/17", 0.2, kind="document"),
                )
            ),
            id="a call that its page left behind",
        ),
        pytest.param(
            scene(
                done=True,
                calls=(
                    *(failed("GET /api/me", at=at, url=f"/api/me?try={at}") for at in (0.2, 0.9)),
                    call("GET /api/me", 1.6, status=None, failure="net::ERR_ABORTED"),
                    call("GET /orders/17", 1.7, kind="document"),
                ),
                control=changed(CALM, calls=(call("GET /api/me"),)),
            ),
            id="a call that is tried until its page is left",
        ),
        pytest.param(
            scene(
                done=True,
                control=changed(CALM, calls=(call("DELETE /api/session"), call("GET /login", 0.4, kind="document"))),
                calls=(
                    failed("DELETE /api/session", status=429),
                    call("DELETE /api/session", 1.3, 0.1, status=None, failure="net::ERR_ABORTED"),
                    call("GET /login", 1.35, kind="document"),
                ),
            ),
            id="a write that is tried until its page is left",
        ),
        pytest.param(
            scene(
                calls=(
                    call("GET /api/me", 0.6, status=None, failure="net::ERR_ABORTED"),
                    timed(call("GET /orders/17", 0.2, 0.7, kind="document")),
                )
            ),
            id="and of whose beginning a busy machine heard only then",
        ),
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 20, text="", controls=(), fields=())),
            id="a blank page is trouble of another name",
        ),
        pytest.param(scene(calls=(failed(),), looks=looks(1, 20, busy_marks=("form",))), id="so is a spinner"),
        pytest.param(
            scene(calls=(failed(), failed(at=8), failed(at=14)), messages=(said("It failed", 14.4),)),
            id="told at the end of a chain of retries",
        ),
        pytest.param(scene(calls=(call(at=15, in_flight=True, status=None),)), id="a slow call that is not late yet"),
        pytest.param(
            scene(calls=(failed("GET /ads.js", kind="script", third_party=True),)), id="a script of somebody else"
        ),
        pytest.param(
            scene(calls=(failed(at=15),), looks=(look(1), look(20, in_flight=1))), id="the next try is under way"
        ),
        pytest.param(
            scene(calls=(failed(at=-0.5),), messages=(said(TOLD.text, -0.29),)),
            id="told just before the step, as it failed",
        ),
        pytest.param(
            scene(
                calls=(failed(at=-0.5),),
                before=look(-0.1, text=f"{TEXT}\nSorry, that did not work"),
                looks=looks(1, 20, text=f"{TEXT}\nSorry, that did not work"),
            ),
            id="words on the page before the step, which came as it failed",
        ),
        pytest.param(
            scene(calls=(failed(status=None, took=2),), messages=(TOLD,)),
            id="told before a busy machine has heard of the failure",
        ),
        pytest.param(
            scene(calls=(failed(),), looks=looks(1, 2.5), ended=BEGAN + 5.0),
            id="nobody has looked for so long, though a busy machine ended the step late",
        ),
        pytest.param(
            scene(calls=(call(in_flight=True, status=None),), looks=looks(1, 8), ended=BEGAN + 11),
            id="nor was it seen under way for so long",
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert SilentFailure().check(seen) == ()


def test_a_write_that_was_not_done_is_graver_than_a_read() -> None:
    (write,) = SilentFailure().check(scene(calls=(failed(),)))
    (read,) = SilentFailure().check(scene(done=True, calls=(failed("GET /api/me"),)))

    assert write.severity.rank < read.severity.rank
    assert write.call == "POST /api/orders"
    assert write.evidence == ("POST /api/orders: answered 503", "the page said nothing")
