"""A run in which somebody has switched rules proves nothing, whatever it has shown."""

from __future__ import annotations

import pytest

from chaos.judging import judge
from chaos.judging.by_hand import STEERED
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.events import ControlTaken
from stormwalk.storm_judgement import Outcome, Recovery, ResilienceStatus, StormVerdict
from tests.chaos.scenes import ORDER, call
from tests.chaos.tales import TABLE, Tale, basket, order

LOST = call(ORDER, status=None, fault="lost-reply", server_status=201)


@pytest.fixture
def tale() -> Tale:
    tale = Tale("lost-reply once @ POST /api/orders")
    tale.calm()
    tale.storm(basket(), order(done=False, calls=(LOST,), strikes=(ORDER,), healed=Recovery.RETRY))
    return tale


def taken(kind: ControlKind) -> ControlTaken:
    return ControlTaken(at=1.0, request=ControlRequest(kind=kind, at=1.0, by="sam", id=1))


def test_every_experiment_of_a_steered_run_is_inconclusive(tale: Tale) -> None:
    assert tale.judged().deviated  # what it comes to without a hand in it

    judgement = judge([*tale.events, taken(ControlKind.PAUSE)], TABLE)

    assert judgement.steered
    assert [(one.verdict, one.reason) for one in judgement.experiments] == [(StormVerdict.INCONCLUSIVE, STEERED)]
    assert {(one.outcome, one.score) for one in judgement.experiments[0].cells} == {(Outcome.INVALID, None)}
    assert (judgement.findings, judgement.steps, judgement.calls) == ((), (), ())
    assert (judgement.score.status, judgement.score.score) == (ResilienceStatus.INCONCLUSIVE, None)
    assert judgement.figures.degradation is None
    assert judgement.controls == tale.judged().controls


def test_a_run_that_was_only_stopped_counts_as_far_as_it_went(tale: Tale) -> None:
    assert judge([*tale.events, taken(ControlKind.STOP)], TABLE) == judge(tale.events, TABLE)
