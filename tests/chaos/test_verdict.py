from __future__ import annotations

import itertools

import pytest

from chaos.cell import Cell
from chaos.verdict import verdict_of, verdict_of_experiment
from stormwalk.storm_judgement import Outcome, Recovery, StormVerdict
from tests.chaos.cells import cell, perfect, stopped

HELD, DEGRADED, BROKEN = StormVerdict.HELD, StormVerdict.DEGRADED, StormVerdict.BROKEN
LEAK, INCONCLUSIVE = StormVerdict.LEAK, StormVerdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        pytest.param(perfect(), HELD, id="transparent"),
        pytest.param(perfect(maskable=True, repeated=True), HELD, id="recovered"),
        pytest.param(stopped(), HELD, id="graceful where nobody can hide the fault"),
        pytest.param(stopped(maskable=True), DEGRADED, id="graceful where it could have been hidden"),
        pytest.param(stopped(at_worst=Outcome.TRANSPARENT), DEGRADED, id="the plan asks for more"),
        pytest.param(stopped(maskable=True, at_worst=Outcome.GRACEFUL), HELD, id="the plan asks for less"),
        pytest.param(cell(recovery=Recovery.RETRY), DEGRADED, id="no feedback"),
        pytest.param(perfect(troubles=cell("retry-storm").troubles), DEGRADED, id="degraded silently"),
        pytest.param(cell("stuck-control"), BROKEN, id="stuck"),
        pytest.param(cell("blank-page"), BROKEN, id="broken page"),
        pytest.param(perfect(troubles=cell("duplicate-order").troubles), BROKEN, id="corrupt"),
        pytest.param(perfect(troubles=cell("access-opened").troubles), LEAK, id="access opened"),
        pytest.param(perfect(delivered=False), INCONCLUSIVE, id="a storm that never was is never green"),
        pytest.param(perfect(delivered=False, at_worst=Outcome.FAIL_OPEN), INCONCLUSIVE, id="whatever the plan says"),
    ],
)
def test_what_was_fairly_expected_decides(seen: Cell, verdict: StormVerdict) -> None:
    assert verdict_of(seen) is verdict


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ([], INCONCLUSIVE),
        ([INCONCLUSIVE, INCONCLUSIVE], INCONCLUSIVE),
        ([INCONCLUSIVE, HELD], HELD),
        ([HELD, DEGRADED, INCONCLUSIVE], DEGRADED),
        ([BROKEN, DEGRADED], BROKEN),
        ([HELD, BROKEN, LEAK], LEAK),
    ],
)
def test_one_deviation_is_the_verdict_of_an_experiment(verdicts: list[StormVerdict], verdict: StormVerdict) -> None:
    for some in itertools.permutations(verdicts):
        assert verdict_of_experiment(some) is verdict


def test_the_words_on_the_screen() -> None:
    assert [str(one) for one in StormVerdict] == [
        "held",
        "deviated, degraded",
        "deviated, broken",
        "deviated, leak",
        "inconclusive",
    ]
    assert [one for one in StormVerdict if one.deviated] == [DEGRADED, BROKEN, LEAK]
