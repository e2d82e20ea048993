from __future__ import annotations

import pytest

from chaos.scene import Scene
from chaos.signs.not_recovered import NotRecovered
from stormwalk.storm_judgement import Recovery
from tests.chaos.judging.test_judge import lost
from tests.chaos.scenes import failed, healed, scene


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        pytest.param(
            scene(calls=(failed(),), healed=healed(Recovery.NOT_RECOVERED, tried=("reload",))),
            "cannot be done although the fault is over",
            id="nothing helped",
        ),
        pytest.param(
            scene(calls=(lost(),), healed=healed(Recovery.NOT_RECOVERED, tried=("reload",))),
            "it was not done once more, since the server may have done POST /api/orders already",
            id="nobody has tried for fear of doing it twice",
        ),
        pytest.param(
            scene(calls=(lost(),), healed=healed(Recovery.NOT_RECOVERED, tried=("retry", "reload"))),
            "cannot be done although the fault is over",
            id="the page offered to try again, in vain",
        ),
    ],
)
def test_it_is_caught(seen: Scene, words: str) -> None:
    found = NotRecovered().check(seen)

    assert found
    assert {one.sign for one in found} == {"not-recovered"}
    assert words in found[0].words


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(scene(calls=(failed(),), healed=healed()), id="a retry helped"),
        pytest.param(scene(healed=healed(Recovery.NEW_LOGIN)), id="a new login helped"),
        pytest.param(scene(), id="nothing had to be healed"),
    ],
)
def test_it_is_not_mistaken_for_something_else(seen: Scene) -> None:
    assert NotRecovered().check(seen) == ()
