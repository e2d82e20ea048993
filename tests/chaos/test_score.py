from __future__ import annotations

import random

import pytest

from chaos.score import score_cell, score_run, tenth_percentile
from stormwalk.config.storm import StormTable, TermsTable
from stormwalk.storm_judgement import Outcome, Recovery, ResilienceStatus, StormVerdict
from tests.chaos.cells import GATING, cell, perfect, stopped

STRONG, MODERATE, WEAK = ResilienceStatus.STRONG, ResilienceStatus.MODERATE, ResilienceStatus.WEAK
INCONCLUSIVE = ResilienceStatus.INCONCLUSIVE
MANY = 40  # enough cells for the interval of a perfect run to lie above 85 %


def test_a_cell_in_which_nothing_was_to_be_noticed_has_all_points() -> None:
    score = score_cell(perfect(fault="latency", criticality=5.0))

    assert (score.score, score.outcome, score.verdict) == (100.0, Outcome.TRANSPARENT, StormVerdict.HELD)
    assert score.weight == 15.0
    assert dict(score.terms) == dict.fromkeys(("outcome", "recovery", "feedback", "performance", "stability"), 1.0)


def test_the_formula() -> None:
    seen = stopped(maskable=True, feedback_specific=False, troubles=cell("uncaught-exception").troubles)

    # O .6 · .35, R 1 · .25, F .5 · .20, P 1 · .10, S .5 · .10
    assert score_cell(seen).score == pytest.approx(100 * (0.21 + 0.25 + 0.10 + 0.10 + 0.05))


@pytest.mark.parametrize("sign", GATING)
def test_a_gate_takes_all_points_however_well_the_rest_went(sign: str) -> None:
    score = score_cell(perfect(troubles=cell(sign).troubles))

    assert (score.score, score.gate) == (0.0, False)
    assert score_run([perfect()] * MANY + [perfect(troubles=cell(sign).troubles)]).status is WEAK


def test_a_cell_that_is_not_valid_has_no_score_and_says_why() -> None:
    score = score_cell(perfect(delivered=False))

    assert (score.score, score.outcome, score.verdict) == (None, Outcome.INVALID, StormVerdict.INCONCLUSIVE)
    assert score.reason == "the fault was never delivered"


def test_weights_come_from_the_project_and_only_their_proportions_count() -> None:
    seen = stopped(maskable=True)
    only_outcome = StormTable(terms=TermsTable(outcome=7.0, recovery=0.0, feedback=0.0, performance=0.0, stability=0.0))
    tenfold = StormTable(terms=TermsTable(outcome=3.5, recovery=2.5, feedback=2.0, performance=1.0, stability=1.0))

    assert score_cell(seen, only_outcome).score == pytest.approx(60.0)
    assert score_cell(seen, tenfold).score == pytest.approx(score_cell(seen).score)


def test_a_journey_is_the_mean_of_its_cells_weighted_by_step_and_fault() -> None:
    bad = cell(recovery=Recovery.NOT_RECOVERED)
    cells = [perfect(fault="http", criticality=5.0), perfect(journey="admin"), perfect(delivered=False)]
    run = score_run([*cells, bad], planned=6)
    (shopper, admin) = run.journeys

    assert admin == type(admin)(journey="admin", score=100.0, valid=1, planned=1)
    assert (shopper.valid, shopper.planned) == (2, 3)
    # 5 · 3 points of weight at 100, 1 · 3 at what stability alone gives
    assert shopper.score == pytest.approx((15 * 100 + 3 * 10) / 18)
    assert (run.valid, run.planned, run.coverage) == (3, 6, 0.5)
    assert run.worst is not None
    assert run.worst.score == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("good", "bad", "missing", "status", "uncertain"),
    [
        pytest.param(MANY, 0, 0, STRONG, False, id="all well, and many"),
        pytest.param(5, 0, 0, MODERATE, True, id="all well, and too few to prove it"),
        pytest.param(1, 0, 0, MODERATE, True, id="one cell proves little"),
        pytest.param(MANY, 1, 0, MODERATE, False, id="one cell is too bad for a strong one"),
        pytest.param(MANY, 12, 0, MODERATE, False, id="most are well"),
        pytest.param(20, 9, 0, WEAK, True, id="perhaps most are well"),
        pytest.param(10, MANY, 0, WEAK, False, id="most are not"),
        pytest.param(MANY, 0, 4, STRONG, False, id="nine of ten were judged"),
        pytest.param(MANY, 0, 5, INCONCLUSIVE, False, id="fewer were"),
        pytest.param(0, 0, 9, INCONCLUSIVE, False, id="none was"),
        pytest.param(0, 0, 0, INCONCLUSIVE, False, id="there is none"),
    ],
)
def test_status(good: int, bad: int, missing: int, status: ResilienceStatus, uncertain: bool) -> None:
    cells = [perfect()] * good + [cell(recovery=Recovery.NOT_RECOVERED)] * bad + [perfect(delivered=False)] * missing
    run = score_run(cells)

    assert (run.status, run.uncertain) == (status, uncertain), run
    assert run.word == (f"{status} ±" if uncertain else str(status))
    assert run.score_version == 1


def test_what_is_proven_stays_proven_where_little_was_covered() -> None:
    twice = perfect(troubles=cell("duplicate-order").troubles)
    run = score_run([twice], planned=50)

    assert (run.status, run.reason) == (WEAK, "duplicate-order was seen")
    assert [one.sign for one in run.violations] == ["duplicate-order"]


def test_trouble_of_a_cell_that_is_not_valid_is_no_proof() -> None:
    nothing = perfect(troubles=cell("duplicate-order").troubles, delivered=False)

    assert score_run([nothing]).violations == ()


def test_a_run_in_which_nothing_weighs_anything_is_inconclusive() -> None:
    run = score_run([perfect(criticality=0.0)] * MANY)

    assert (run.score, run.status) == (None, INCONCLUSIVE)


def test_fewer_planned_cells_than_there_are_make_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 2 planned cells, got 1"):
        score_run([perfect(), perfect()], planned=1)


@pytest.mark.parametrize(
    ("points", "percentile"),
    [([], None), ([7.0], 7.0), ([0.0, 100.0], 10.0), ([float(n) for n in range(101)], 10.0), ([50.0] * 9, 50.0)],
)
def test_the_tenth_percentile(points: list[float], percentile: float | None) -> None:
    assert tenth_percentile(points) == (None if percentile is None else pytest.approx(percentile))


def test_a_score_does_not_depend_on_the_order_and_lies_between_its_cells() -> None:
    chance = random.Random(19)
    kinds = [perfect(), perfect(fault="latency"), stopped(), stopped(maskable=True), cell(), perfect(delivered=False)]
    for _ in range(200):
        cells = chance.choices(kinds, k=chance.randint(1, 30))
        run = score_run(cells)
        points = [one.score for one in map(score_cell, cells) if one.score is not None]
        chance.shuffle(cells)
        again = score_run(cells)

        assert again.score == (pytest.approx(run.score) if run.score is not None else None)
        assert (again.status, again.interval, again.valid) == (run.status, run.interval, run.valid)
        if run.score is not None:
            assert min(points) - 1e-9 <= run.score <= max(points) + 1e-9
