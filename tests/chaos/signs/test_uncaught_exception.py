from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.signs.uncaught_exception import UncaughtException
from stormwalk.observations import ConsoleLine
from tests.chaos.scenes import CALM, changed, failed, scene, thrown

NET = ConsoleLine(level="error", text="Failed to load resource: net::ERR_CONNECTION_RESET")


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(scene(console=(thrown(),)), "does not catch: TypeError", id="an exception"),
        pytest.param(
            scene(console=(thrown("TypeError: Failed to fetch"),)), "Failed to fetch", id="a rejected promise"
        ),
        pytest.param(
            scene(console=(thrown("Error: a"),), control=changed(CALM, console=(thrown("Error: b"),))),
            "Error: a",
            id="another one than in calm",
        ),
        pytest.param(scene(changed(CALM, console=(thrown(),))), "TypeError", id="although the step was done"),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = UncaughtException().check(seen)

    assert found
    assert {one.sign for one in found} == {"uncaught-exception"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=(failed(),), console=(NET,)), id="a line that only reports the fault"),
        pytest.param(
            scene(console=(ConsoleLine(level="error", text="ApiError: 503"),)),
            id="what the page itself logs as an error",
        ),
        pytest.param(
            scene(console=(thrown("Error: row 17"),), control=changed(CALM, console=(thrown("Error: row 3"),))),
            id="the same in calm, with another number",
        ),
        pytest.param(
            scene(console=(thrown("AbortError: The user aborted a request."),)),
            id="a call that was given up on purpose",
        ),
        pytest.param(
            scene(console=(thrown("ResizeObserver loop completed with undelivered notifications."),)),
            id="a layout that took two rounds",
        ),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert UncaughtException().check(seen) == ()
