from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from chaos.degradation import degradation
from chaos.score import score_run
from stormwalk.storm_judgement import Degradation, Outcome, Recovery, ResilienceStatus, StormScore, StormVerdict
from tests.chaos.cells import cell, perfect, stopped


def test_outcomes_are_in_the_order_of_gravity() -> None:
    better = [Outcome.TRANSPARENT, Outcome.RECOVERED, Outcome.GRACEFUL, Outcome.DEGRADED_SILENT, Outcome.NO_FEEDBACK]
    worse = [Outcome.STUCK, Outcome.BROKEN_UI, Outcome.CORRUPT, Outcome.FAIL_OPEN, Outcome.INVALID]

    assert sorted(Outcome, key=lambda one: one.rank) == better + worse


def test_the_words_on_the_screen() -> None:
    assert list(map(str, ResilienceStatus)) == ["Strong", "Moderate", "Weak", "Inconclusive"]
    assert [one for one in Recovery if not one.recovered] == [Recovery.NOT_RECOVERED]
    assert not StormVerdict.INCONCLUSIVE.deviated


@pytest.mark.parametrize(
    "score",
    [
        score_run([]),
        score_run([perfect(), stopped(), cell("duplicate-order", "input-lost"), perfect(delivered=False)], planned=9),
    ],
)
def test_a_score_survives_the_store(score: StormScore) -> None:
    adapter = TypeAdapter(StormScore)

    assert adapter.validate_json(adapter.dump_json(score, exclude_defaults=True)) == score


def test_a_degradation_survives_the_store() -> None:
    adapter = TypeAdapter(Degradation)
    seen = degradation([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])

    assert adapter.validate_json(adapter.dump_json(seen)) == seen
