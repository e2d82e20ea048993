from __future__ import annotations

import itertools

import pytest

from chaos.cell import Cell
from chaos.outcome import outcome_of
from chaos.signs import signs
from stormwalk.storm_judgement import Outcome, Recovery
from tests.chaos.cells import cell, perfect, stopped


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        pytest.param(perfect(), Outcome.TRANSPARENT, id="nothing to be noticed"),
        pytest.param(perfect(repeated=True), Outcome.RECOVERED, id="the application tried again"),
        pytest.param(stopped(recovery=Recovery.ALONE), Outcome.RECOVERED, id="healed by itself, and said so"),
        pytest.param(
            cell(recovery=Recovery.ALONE, busy_ms=300.0), Outcome.RECOVERED, id="healed by itself, busy meanwhile"
        ),
        pytest.param(cell(recovery=Recovery.ALONE), Outcome.NO_FEEDBACK, id="healed by itself without a word"),
        pytest.param(stopped(), Outcome.GRACEFUL, id="a safe stop"),
        pytest.param(stopped(recovery=Recovery.NEW_LOGIN), Outcome.GRACEFUL, id="a safe stop that needs a login"),
        pytest.param(stopped(input_kept=False), Outcome.DEGRADED_SILENT, id="a stop that costs the input"),
        pytest.param(cell(recovery=Recovery.RETRY), Outcome.NO_FEEDBACK, id="nobody was told"),
        pytest.param(stopped(recovery=Recovery.NOT_RECOVERED), Outcome.STUCK, id="told, and never well again"),
        pytest.param(perfect(delivered=False), Outcome.INVALID, id="no storm"),
        pytest.param(perfect(control_held=False), Outcome.INVALID, id="no calm either"),
        pytest.param(cell("duplicate-order", error="the browser crashed"), Outcome.INVALID, id="we could not test"),
    ],
)
def test_the_way_a_step_ends_has_a_name(seen: Cell, outcome: Outcome) -> None:
    assert outcome_of(seen) is outcome


@pytest.mark.parametrize(
    ("sign", "done", "not_done"),
    [
        ("access-opened", Outcome.FAIL_OPEN, Outcome.FAIL_OPEN),
        ("duplicate-order", Outcome.CORRUPT, Outcome.CORRUPT),
        ("lost-order", Outcome.CORRUPT, Outcome.CORRUPT),
        ("false-success", Outcome.CORRUPT, Outcome.CORRUPT),
        ("wrong-total", Outcome.CORRUPT, Outcome.CORRUPT),
        ("leaked-internals", Outcome.BROKEN_UI, Outcome.BROKEN_UI),
        ("blank-page", Outcome.BROKEN_UI, Outcome.BROKEN_UI),
        ("uncaught-exception", Outcome.DEGRADED_SILENT, Outcome.BROKEN_UI),
        ("layout-broken", Outcome.DEGRADED_SILENT, Outcome.BROKEN_UI),
        ("endless-spinner", Outcome.DEGRADED_SILENT, Outcome.STUCK),
        ("stuck-control", Outcome.DEGRADED_SILENT, Outcome.STUCK),
        ("not-recovered", Outcome.STUCK, Outcome.STUCK),
        ("silent-failure", Outcome.DEGRADED_SILENT, Outcome.NO_FEEDBACK),
        ("untold-order", Outcome.DEGRADED_SILENT, Outcome.NO_FEEDBACK),
        ("input-lost", Outcome.DEGRADED_SILENT, Outcome.DEGRADED_SILENT),
        ("retry-storm", Outcome.DEGRADED_SILENT, Outcome.DEGRADED_SILENT),
        ("session-lost", Outcome.DEGRADED_SILENT, Outcome.DEGRADED_SILENT),
    ],
)
def test_a_sign_of_trouble_decides(sign: str, done: Outcome, not_done: Outcome) -> None:
    assert outcome_of(perfect(troubles=cell(sign).troubles)) is done
    assert outcome_of(stopped(troubles=cell(sign).troubles)) is not_done


def test_every_sign_has_its_place_in_the_table_above() -> None:
    (mark,) = test_a_sign_of_trouble_decides.pytestmark  # type: ignore[attr-defined]

    assert sorted(row[0] for row in mark.args[1]) == list(signs())


def test_of_several_signs_the_worst_decides_whatever_their_order() -> None:
    for some in itertools.permutations(["input-lost", "access-opened", "duplicate-order", "blank-page"], 3):
        outcomes = [outcome_of(cell(one)) for one in some]

        assert outcome_of(cell(*some)) is max(outcomes, key=lambda one: one.rank)


def test_one_more_sign_never_makes_it_better() -> None:
    for first, second in itertools.product(signs(), repeat=2):
        for done in (True, False):
            alone = outcome_of(cell(first, done=done))

            assert outcome_of(cell(first, second, done=done)).rank >= alone.rank
