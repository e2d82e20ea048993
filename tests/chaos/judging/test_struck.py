from __future__ import annotations

import pytest

from chaos.judging.struck import delay_ms
from stormwalk.storm import FaultDecision
from tests.chaos.scenes import BEGAN
from tests.chaos.tales import Told, decision


def held(until: float, ms: float | None) -> FaultDecision:
    return decision("GET /a", Told(name="Open", seen=None, asked_ms=ms), "slow", "latency", at=BEGAN + until)


def test_calls_that_are_held_up_together_delay_a_step_once() -> None:
    assert delay_ms([held(0.5, 500), held(0.5, 500), held(0.7, 500)]) == pytest.approx(700)
    assert delay_ms([held(2.0, 2000), held(1.0, 500), held(2.5, 500)]) == pytest.approx(2500)
    assert delay_ms([held(0.5, 500), held(9.0, 500)]) == pytest.approx(1000)
    assert delay_ms([held(0.5, None)]) == delay_ms([]) == 0.0
