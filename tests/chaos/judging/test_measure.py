from __future__ import annotations

from typing import Any

import pytest

from chaos.judging.measure import delay_ms, measured
from chaos.seen import Control
from stormwalk.storm import FaultDecision
from stormwalk.storm_judgement import Recovery
from tests.chaos.scenes import BEGAN, BUTTON, CALM, TOLD, call, failed, healed, look, looks, said, scene
from tests.chaos.tales import Told, decision


def held(until: float, ms: float | None) -> FaultDecision:
    return decision("GET /a", Told(name="Open", seen=None, asked_ms=ms), "slow", "latency", at=BEGAN + until)


def test_calls_that_are_held_up_together_delay_a_step_once() -> None:
    assert delay_ms([held(0.5, 500), held(0.5, 500), held(0.7, 500)]) == pytest.approx(700)
    assert delay_ms([held(2.0, 2000), held(1.0, 500), held(2.5, 500)]) == pytest.approx(2500)
    assert delay_ms([held(0.5, 500), held(9.0, 500)]) == pytest.approx(1000)
    assert delay_ms([held(0.5, None)]) == delay_ms([]) == 0.0


def test_a_step_that_is_done_took_as_long_as_it_took() -> None:
    seen = measured(scene(CALM))

    assert (seen.base_ms, seen.fault_ms, seen.repeated) == (1000.0, 1000.0, False)
    assert (seen.feedback_ms, seen.busy_ms) == (None, None)


def test_a_step_that_is_not_done_took_until_its_user_was_told() -> None:
    seen = measured(scene(calls=(failed(at=0.1, took=0.2),), messages=(TOLD,)))

    assert seen.fault_ms == pytest.approx(500)
    assert seen.feedback_ms == pytest.approx(200)
    assert seen.feedback_specific

    never = measured(scene(calls=(failed(),)))
    assert (never.fault_ms, never.feedback_ms) == (None, None)


def test_whoever_tries_again_tells_when_it_has_given_up() -> None:
    tries = tuple(failed(at=at, took=0.1) for at in (0.1, 1.0, 4.0))

    seen = measured(scene(calls=tries, messages=(said(TOLD.text, at=4.3),)))

    assert seen.feedback_ms == pytest.approx(200)


def test_a_failed_call_that_is_made_again_was_repeated_if_the_step_is_done() -> None:
    again = (failed(at=0.1, took=0.1), call(at=0.5))

    assert measured(scene(done=True, calls=again)).repeated
    assert not measured(scene(done=True, calls=(failed(at=0.1),))).repeated
    assert not measured(scene(done=False, calls=again)).repeated


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, True),
        ({"looks": looks(1.0, 9.0, controls=(Control(key=BUTTON.key, name="Placing…", enabled=False),))}, False),
        ({"looks": looks(1.0, 9.0, controls=(Control(key="b", name="Try again"),))}, True),
        ({"looks": looks(1.0, 9.0, controls=(Control(key="b", name="Help"),))}, False),
        ({"looks": looks(1.0, 9.0, controls=(), password_fields=1)}, True),
        ({"looks": (look(9.0, url="chrome-error://chromewebdata/", controls=()),)}, True),
        ({"looks": ()}, False),
        ({"looks": (), "healed": healed(Recovery.RETRY)}, True),
    ],
)
def test_what_lets_a_user_try_again(more: dict[str, Any], offered: bool) -> None:
    assert measured(scene(calls=(failed(),), **more)).retry_offered is offered
