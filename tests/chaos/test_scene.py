from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.scene import Scene
from tests.chaos.scenes import CALM, call, changed, failed, scene

LOGO = changed(CALM, calls=(call("GET /logo.svg", kind="image"),))
GIVEN_UP = call("GET /api/products", status=None, took=0.004, failure="net::ERR_ABORTED")


@pytest.mark.parametrize(
    ("seen", "blamed"),
    [
        pytest.param(scene(calls=(call("GET /api/me"), failed())), "POST /api/orders", id="the call that failed"),
        pytest.param(
            scene(calls=(failed("GET /logo.svg", kind="image"), failed()), control=LOGO),
            "POST /api/orders",
            id="one that matters before decoration",
        ),
        pytest.param(scene(calls=(call(in_flight=True),)), "POST /api/orders", id="one that is not answered"),
        pytest.param(
            scene(calls=(failed("GET /logo.svg", 404, kind="image", fault=""),), control=LOGO),
            "GET /logo.svg",
            id="a picture that the controls get",
        ),
        pytest.param(
            scene(calls=(failed("GET /logo.svg", 404, kind="image", fault=""),)), "", id="one that they do not"
        ),
        pytest.param(
            scene(calls=(call("GET /events", status=None, fault="http", background=True),)),
            "GET /events",
            id="a stream that was struck",
        ),
        pytest.param(scene(calls=(failed(), call(at=2.0))), "", id="one that was made good"),
        pytest.param(
            scene(calls=(call(at=0.09, took=0.7), failed(status=None, took=0.006))), "", id="one of two, and given up"
        ),
        pytest.param(
            scene(calls=(GIVEN_UP, call("GET /api/me")), control=changed(CALM, calls=(GIVEN_UP,))),
            "",
            id="given up as usual",
        ),
        pytest.param(
            scene(
                calls=(
                    call("GET /api/me", at=0.0),
                    GIVEN_UP,
                    replace(GIVEN_UP, call=replace(GIVEN_UP.call, url="/?q=a")),
                ),
                control=changed(CALM, calls=(GIVEN_UP,)),
            ),
            "GET /api/products",
            id="given up, and asked otherwise than the one that is given up as usual",
        ),
        pytest.param(
            scene(calls=(GIVEN_UP, GIVEN_UP), control=changed(CALM, calls=(GIVEN_UP,))),
            "GET /api/products",
            id="given up more often than usual",
        ),
        pytest.param(scene(calls=(GIVEN_UP,)), "GET /api/products", id="given up, and not in any control"),
        pytest.param(
            scene(calls=(call(at=0.0, took=0.05), failed())), "POST /api/orders", id="one that came after another"
        ),
        pytest.param(scene(), "", id="none"),
    ],
)
def test_what_failed_is_blamed_for_what_is_seen(seen: Scene, blamed: str) -> None:
    assert seen.blamed == blamed
