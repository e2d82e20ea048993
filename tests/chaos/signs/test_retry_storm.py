from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest

from chaos.scene import Scene
from chaos.seen import SeenCall, Standstill
from chaos.signs.retry_storm import RetryStorm
from tests.chaos.scenes import BEGAN, CALM, call, changed, failed, scene, timed


def tries(*pauses: float, took: float = 0.01, start: float = 0.1, **more: Any) -> tuple[SeenCall, ...]:
    """Failed calls with these pauses, in seconds, between the end of one and the start of the next."""
    begins = accumulate((pause + took for pause in pauses), initial=start)
    return tuple(failed(at=begin, took=took, **more) for begin in begins)


def still(*spans: tuple[float, float]) -> tuple[Standstill, ...]:
    """From and until when the page got no processor, in seconds after the step began."""
    return tuple(Standstill(at=BEGAN + begun, ended=BEGAN + ended) for begun, ended in spans)


UNEVEN = tuple(changed(CALM, calls=(call("POST /api/orders", took=took),)) for took in (0.335, 0.013, 0.678))
TWO_PARTS = changed(CALM, calls=tuple(call("GET /api/me", at, 0.01) for at in (0.1, 0.2)))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(
                calls=tuple(
                    failed("GET /api/me", at=0.1 + one / 20, took=0.02, url=f"http://shop.test/api/me?_={one}")
                    for one in range(20)
                )
            ),
            "20 times in one second",
            id="with a number against caches",
        ),
        pytest.param(scene(calls=tries(*[0.0] * 40)), "times in one second", id="as fast as it goes"),
        pytest.param(
            scene(calls=tries(0.0, 0.0, 0.0)), "without growing pauses", id="four at once, one after the other"
        ),
        pytest.param(scene(calls=tries(0.3, 0.3, 0.3, 0.3, 0.3)), "without growing pauses", id="every 300 ms"),
        pytest.param(scene(calls=tries(0.8, 0.4, 0.2)), "without growing pauses", id="pauses that shrink"),
        pytest.param(
            scene(calls=tries(0.631, 0.496, 0.682)), "without growing pauses", id="about as long, on an even machine"
        ),
        pytest.param(
            scene(calls=tries(*[0.5] * 9), controls=UNEVEN),
            "without growing pauses",
            id="many tries, on an uneven machine",
        ),
        pytest.param(
            scene(calls=tries(0.1, 0.1, 0.1, 0.1), controls=UNEVEN),
            "without growing pauses",
            id="short pauses, on an uneven machine",
        ),
        pytest.param(
            scene(
                calls=(*tries(0.3, 0.3, 0.3, 0.3), call("GET /api/news", 0.0, 9.0, kind="eventsource")),
                control=changed(CALM, calls=(call("GET /api/news", 0.0, 0.5, kind="eventsource"),)),
            ),
            "without growing pauses",
            id="beside a stream that is open as long as its page",
        ),
        pytest.param(
            scene(
                calls=(*tries(0.3, 0.3, 0.3, 0.3), call("GET /api/news", 0.0, 9.0, background=True)),
                control=changed(CALM, calls=(call("GET /api/news", 0.0, 0.5, background=True),)),
            ),
            "without growing pauses",
            id="beside a poll that waits for news",
        ),
        pytest.param(scene(calls=tries(0.679, 0.772, 0.935)), "without growing pauses", id="pauses that hardly grow"),
        pytest.param(
            scene(calls=tries(0.3, 0.3, 0.3, 0.3), standstills=still((0.5, 0.7), (9.0, 9.9))),
            "without growing pauses",
            id="a page that stood still, but not in its first pause",
        ),
        pytest.param(
            scene(calls=tries(0.2, 0.4, 0.8, 0.2, 0.2, 0.2)),
            "without growing pauses",
            id="another part has no patience",
        ),
        pytest.param(
            scene(calls=tries(*[0.2, 0.4, 0.8] * 4)), "without growing pauses", id="it begins anew again and again"
        ),
        pytest.param(
            scene(calls=tries(0.2, status=429, retry_after_ms=1000.0)),
            "before the time that the server asked for",
            id="sooner than the server asked",
        ),
        pytest.param(
            scene(
                calls=tries(0.1, 0.3, endpoint="GET /api/me", retry_after_ms=1000.0),
                control=TWO_PARTS,
            ),
            "before the time that the server asked for",
            id="sooner than the server asked, in a page of which two parts ask",
        ),
        pytest.param(
            scene(
                calls=tries(*[0.05] * 20, endpoint="GET /api/me"),
                control=changed(CALM, calls=(call("GET /api/me"), call("GET /api/me", 5))),
            ),
            "times in one second",
            id="faster than it polls in calm",
        ),
        pytest.param(
            scene(
                calls=(
                    *tries(0.1, 0.1, endpoint="GET /api/me", status=401),
                    failed("POST /api/session/refresh", at=0.35, took=0.01),
                    *tries(endpoint="GET /api/me", start=0.45, status=401),
                )
            ),
            "without growing pauses",
            id="in vain, since there is no new session",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = RetryStorm().check(seen)

    assert found
    assert {one.sign for one in found} == {"retry-storm"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=tries(0.2, 0.4, 0.8, 1.6)), id="pauses that grow"),
        pytest.param(
            scene(calls=tries(0.631, 0.496, 0.682), controls=UNEVEN), id="pauses that the machine has made uneven"
        ),
        pytest.param(
            scene(calls=tries(0.679, 0.772, 0.935), standstills=still((0.3, 0.45), (0.6, 0.75))),
            id="a first pause that a page which stood still made longer",
        ),
        pytest.param(scene(calls=tries(0.25, 0.3, 0.6, 1.0)), id="pauses that grow, with jitter"),
        pytest.param(scene(calls=tries(0.216, 0.489, 1.003, 0.231)), id="another part of the page begins anew"),
        pytest.param(
            scene(
                calls=(*tries(0.637, 0.342, 0.617), call("GET /shop.css", 0.02, 0.4)),
                control=changed(CALM, calls=(call("GET /shop.css", 0.02, 0.03),)),
            ),
            id="pauses that the machine has made uneven, as a call shows that nothing struck",
        ),
        pytest.param(scene(calls=tries(0.2, 0.4, 0.8, 0.2, 0.4, 0.8)), id="another part of the page, as patient"),
        pytest.param(scene(calls=tries(0.0, 0.0)), id="three tries"),
        pytest.param(
            scene(
                calls=(
                    timed(failed("GET /api/products", 429, at=0.1, took=0.014, retry_after_ms=1000.0)),
                    timed(failed("GET /api/products", None, at=0.108, took=0.002, failure="net::ERR_ABORTED")),
                )
            ),
            id="another part asks the same while the first has no answer yet",
        ),
        pytest.param(scene(calls=tries(2, 2, 2, 2)), id="once every two seconds"),
        pytest.param(scene(calls=tries(1.0, 1.0, status=429, retry_after_ms=1000.0)), id="as long as the server asked"),
        pytest.param(
            scene(calls=tuple(failed("GET /api/products", at=0.1, took=2, url=f"/p/{n}") for n in range(30))),
            id="many at the same time are no retries",
        ),
        pytest.param(
            scene(calls=tuple(failed("GET /api/products", at=0.1 + n / 100, took=2) for n in range(30))),
            id="the same address at the same time",
        ),
        pytest.param(
            scene(
                calls=tries(*[0.09] * 30, endpoint="GET /api/news"),
                control=changed(CALM, calls=tuple(call("GET /api/news", n / 10, 0.01) for n in range(30))),
            ),
            id="polling at its usual pace",
        ),
        pytest.param(
            scene(calls=tuple(call("GET /api/news", n / 100, 0.001) for n in range(90))), id="calls that work"
        ),
        pytest.param(
            scene(
                calls=tries(*[0.09] * 30, endpoint="GET /api/news"),
                controls=(CALM, changed(CALM, calls=tuple(call("GET /api/news", n / 10, 0.01) for n in range(30)))),
            ),
            id="at the pace of one of its controls",
        ),
        pytest.param(
            scene(
                calls=tries(0.0, endpoint="GET /api/me", retry_after_ms=5000.0),
                control=TWO_PARTS,
            ),
            id="two parts of a page that ask for the same, one after the other",
        ),
        pytest.param(
            scene(calls=tries(0.0, 1.0, endpoint="GET /api/me", retry_after_ms=1000.0), control=TWO_PARTS),
            id="two parts of a page, of which one asks again when it may",
        ),
        pytest.param(
            scene(
                calls=(
                    *tries(0.3, 0.3, endpoint="GET /api/me"),
                    call("GET /orders", 0.95, 0.01, kind="document"),
                    *tries(0.3, 0.3, endpoint="GET /api/me", start=1.0),
                )
            ),
            id="another page asks for what the one before it asked for",
        ),
        pytest.param(
            scene(
                calls=(
                    *tries(0.1, 0.1, endpoint="GET /api/me", status=401),
                    call("POST /api/session/refresh", 0.4, 0.01),
                    call("GET /api/me", 0.45, 0.01),
                )
            ),
            id="a new session asks anew",
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert RetryStorm().check(seen) == ()
