from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from chaos.cell import Cell
from chaos.terms import (
    feedback_term,
    outcome_term,
    performance_term,
    recovery_term,
    stability_term,
    terms_of,
)
from stormwalk.storm_judgement import Recovery
from tests.chaos.cells import GATING, cell, perfect, stopped


def with_signs(seen: Cell, *signs: str) -> Cell:
    return replace(seen, troubles=cell(*signs).troubles)


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        pytest.param(perfect(), 1.0, id="done"),
        pytest.param(perfect(maskable=True), 1.0, id="done, as it should"),
        pytest.param(stopped(maskable=True), 0.6, id="after a retry"),
        pytest.param(stopped(maskable=True, recovery=Recovery.RELOAD), 0.6, id="after a reload"),
        pytest.param(stopped(maskable=True, recovery=Recovery.NEW_LOGIN), 0.0, id="after a new login"),
        pytest.param(stopped(maskable=True, recovery=None), 0.0, id="never, though it could be hidden"),
        pytest.param(stopped(), 1.0, id="a safe stop"),
        pytest.param(stopped(input_kept=False), 0.5, id="safe, and the input is gone"),
        pytest.param(with_signs(stopped(), "input-lost"), 0.5, id="the sign says so too"),
        pytest.param(stopped(retry_offered=False), 0.5, id="safe, and no way to try again"),
        pytest.param(with_signs(stopped(), "stuck-control"), 0.5, id="a stuck control is at most half"),
        pytest.param(stopped(input_kept=False, retry_offered=False), 0.0, id="neither"),
        pytest.param(stopped(feedback_ms=None), 0.0, id="nobody was told"),
        pytest.param(stopped(recovery=Recovery.NOT_RECOVERED), 0.0, id="not recovered"),
        pytest.param(with_signs(stopped(), "false-success"), 0.0, id="a lie"),
    ],
)
def test_outcome(seen: Cell, value: float) -> None:
    assert outcome_term(seen) == value


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        pytest.param(perfect(), 1.0, id="nothing to recover from"),
        pytest.param(stopped(recovery_ms=900.0), 1.0, id="about as soon as usual"),
        pytest.param(stopped(recovery_ms=5_650.0), 0.5, id="half-way to ten seconds"),
        pytest.param(stopped(recovery_ms=5_650.0, recovery=Recovery.RELOAD), 0.35, id="the same by reloading"),
        pytest.param(stopped(recovery_ms=10_000.0), 0.0, id="ten seconds"),
        pytest.param(stopped(recovery_ms=10_000.0, base_ms=8_000.0), 1.0, id="a slow step may take its time"),
        pytest.param(stopped(recovery=Recovery.NEW_LOGIN), 0.0, id="a new login"),
        pytest.param(stopped(recovery=Recovery.NOT_RECOVERED), 0.0, id="never"),
        pytest.param(stopped(recovery_ms=None), 0.0, id="nobody took the time"),
    ],
)
def test_recovery(seen: Cell, value: float) -> None:
    assert recovery_term(seen) == pytest.approx(value)


@pytest.mark.parametrize(
    ("seen", "value"),
    [
        pytest.param(perfect(), 1.0, id="nothing to be noticed"),
        pytest.param(perfect(fault_ms=2_000.0), 0.0, id="slow without a sign of life"),
        pytest.param(perfect(fault_ms=2_000.0, busy_ms=500.0), 1.0, id="slow and busy at once"),
        pytest.param(perfect(fault_ms=6_000.0, busy_ms=4_000.0), 0.5, id="slow and busy late"),
        pytest.param(stopped(), 1.0, id="told clearly at once"),
        pytest.param(stopped(feedback_specific=False), 0.5, id="told vaguely"),
        pytest.param(stopped(feedback_ms=3_000.0), 0.5, id="told late"),
        pytest.param(stopped(feedback_ms=11_000.0), 0.0, id="told too late"),
        pytest.param(stopped(feedback_ms=None), 0.0, id="not told"),
        pytest.param(stopped(feedback_ms=None, busy_ms=100.0), 0.0, id="busy is no word about a failure"),
    ],
)
def test_feedback(seen: Cell, value: float) -> None:
    assert feedback_term(seen) == value


@pytest.mark.parametrize(
    ("fault_ms", "delay_ms", "value"),
    [
        (300.0, 0.0, 1.0),
        (375.0, 0.0, 1.0),
        (787.5, 0.0, 0.5),
        (1_200.0, 0.0, 0.0),
        (9_999.0, 0.0, 0.0),
        (800.0, 500.0, 1.0),
        (2_100.0, 500.0, 0.5),
        (None, 0.0, 0.0),
    ],
)
def test_performance_is_measured_against_what_the_delay_makes_unavoidable(
    fault_ms: float | None, delay_ms: float, value: float
) -> None:
    assert performance_term(perfect(fault_ms=fault_ms, delay_ms=delay_ms)) == pytest.approx(value)


@pytest.mark.parametrize(
    ("signs", "value"),
    [
        ([], 1.0),
        (["uncaught-exception"], 0.5),
        (["endless-spinner"], 0.5),
        (["layout-broken"], 0.75),
        (["blank-page"], 0.0),
        (["uncaught-exception", "blank-page", "layout-broken"], 0.0),
        (["duplicate-order"], 1.0),
    ],
)
def test_stability(signs: list[str], value: float) -> None:
    assert stability_term(cell(*signs)) == value


def any_cell(chance: random.Random) -> Cell:
    some: dict[str, Any] = {
        name: chance.choice([None, 0.0, 1.0, 250.0, 999.0, 5_000.0, 1e9])
        for name in ("recovery_ms", "base_ms", "fault_ms", "feedback_ms", "busy_ms")
    }
    flags = ("maskable", "done", "repeated", "feedback_specific", "input_kept", "retry_offered")
    some |= {name: chance.random() < 0.5 for name in flags}
    signs = chance.sample([*GATING, "blank-page", "input-lost", "stuck-control", "uncaught-exception"], k=2)
    delay = chance.choice([0.0, 500.0])
    return cell(*signs, recovery=chance.choice([None, *Recovery]), delay_ms=delay, **some)


def test_every_term_of_every_cell_lies_between_nothing_and_one() -> None:
    chance = random.Random(17)
    for _ in range(3_000):
        seen = any_cell(chance)
        terms = terms_of(seen)

        assert list(terms) == ["outcome", "recovery", "feedback", "performance", "stability"]
        assert all(0.0 <= value <= 1.0 for value in terms.values()), (seen, terms)


def later(seen: Cell, name: str, value: float) -> Cell:
    changes: dict[str, Any] = {name: value}
    return replace(seen, **changes)


@pytest.mark.parametrize("name", ["recovery_ms", "feedback_ms", "fault_ms"])
def test_what_takes_longer_is_never_better(name: str) -> None:
    chance = random.Random(18)
    for _ in range(1_000):
        seen = any_cell(chance)
        quick, slow = (later(seen, name, chance.uniform(*span)) for span in ((0, 5e3), (5e3, 1e5)))

        assert all(one >= two for one, two in zip(terms_of(quick).values(), terms_of(slow).values(), strict=True))
