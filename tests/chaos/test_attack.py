from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.attack import Attack, cell_of
from chaos.outcome import outcome_of
from chaos.scene import Scene
from chaos.seen import Control, MessageKind
from stormwalk.storm_judgement import Outcome, Recovery
from tests.chaos.scenes import (
    BUTTON,
    CALM,
    TOLD,
    call,
    changed,
    done_look,
    failed,
    healed,
    look,
    looks,
    orders,
    said,
    scene,
)

ATTACK = Attack(journey="shopper", site="POST /api/orders", fault="http", criticality=5.0)


def test_a_cell_knows_where_it_comes_from() -> None:
    cell = cell_of(scene(), replace(ATTACK, maskable=True, delay_ms=500.0, at_worst=Outcome.GRACEFUL))

    assert (cell.journey, cell.step, cell.site, cell.fault) == (
        "shopper",
        "Place the order",
        "POST /api/orders",
        "http",
    )
    assert (cell.maskable, cell.delay_ms, cell.criticality, cell.at_worst) == (True, 500.0, 5.0, Outcome.GRACEFUL)


@pytest.mark.parametrize(
    ("seen", "attack", "outcome"),
    [
        pytest.param(scene(CALM), ATTACK, Outcome.TRANSPARENT, id="as in calm"),
        pytest.param(
            scene(changed(CALM, calls=(failed(), call(at=0.5)))), ATTACK, Outcome.RECOVERED, id="tried again by itself"
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(TOLD,), healed=healed()), ATTACK, Outcome.GRACEFUL, id="a safe stop"
        ),
        pytest.param(scene(calls=(failed(),), healed=healed()), ATTACK, Outcome.NO_FEEDBACK, id="silence"),
        pytest.param(
            scene(calls=(failed(status=None, took=2),), messages=(TOLD,), healed=healed()),
            ATTACK,
            Outcome.GRACEFUL,
            id="told before a busy machine has heard of the failure",
        ),
        pytest.param(
            scene(calls=(failed(),), messages=(TOLD,), healed=healed(Recovery.NOT_RECOVERED)),
            ATTACK,
            Outcome.STUCK,
            id="never well again",
        ),
        pytest.param(
            scene(CALM, objects=(orders(after=3),)), ATTACK, Outcome.CORRUPT, id="two orders, all looking well"
        ),
        pytest.param(scene(CALM), replace(ATTACK, delivered=False), Outcome.INVALID, id="no storm"),
        pytest.param(scene(CALM), replace(ATTACK, error="the browser crashed"), Outcome.INVALID, id="an error"),
        pytest.param(scene(CALM, control=changed(CALM, done=False)), ATTACK, Outcome.INVALID, id="no calm either"),
    ],
)
def test_from_the_scene_to_the_outcome(seen: Scene, attack: Attack, outcome: Outcome) -> None:
    assert outcome_of(cell_of(seen, attack)) is outcome


def test_times_of_a_step_that_was_done() -> None:
    slow = changed(CALM, took_ms=1_400.0, looks=(look(0.3, busy_marks=("button",)), done_look(1.4)))
    cell = cell_of(scene(slow, control=changed(CALM, took_ms=300.0)), ATTACK)

    assert (cell.base_ms, cell.fault_ms) == (300.0, 1_400.0)
    assert cell.busy_ms == pytest.approx(300.0, abs=0.01)
    assert cell.feedback_ms is None


def test_times_of_a_step_that_stopped() -> None:
    chain = (failed(at=0.1, took=0.2), failed(at=0.5, took=0.2), failed(at=1.5, took=0.5))
    cell = cell_of(scene(calls=chain, messages=(said("It did not work, try again", 2.3),), healed=healed()), ATTACK)

    assert cell.fault_ms == pytest.approx(2_300.0, abs=0.01)
    assert cell.feedback_ms == pytest.approx(300.0, abs=0.01)
    assert cell.feedback_specific
    assert (cell.recovery, cell.recovery_ms) == (Recovery.RETRY, 400.0)


@pytest.mark.parametrize(("text", "specific"), [("Error!", False), ("Your card was refused", True)])
def test_a_message_says_what_failed_or_only_that_something_did(text: str, specific: bool) -> None:
    cell = cell_of(scene(calls=(failed(),), messages=(said(text, kind=MessageKind.ALERT),)), ATTACK)

    assert cell.feedback_specific is specific


OFF = replace(BUTTON, enabled=False)


@pytest.mark.parametrize(
    ("controls", "offered"),
    [
        pytest.param((BUTTON,), True, id="the same button"),
        pytest.param((OFF, Control(key="b:2", name="Try again")), True, id="a button that says so"),
        pytest.param((OFF,), False, id="the same, disabled"),
        pytest.param((replace(BUTTON, busy=True),), False, id="the same, busy"),
        pytest.param((Control(key="b:3", name="Home"),), False, id="another one"),
        pytest.param((), False, id="none"),
    ],
)
def test_a_page_that_lets_the_user_try_again(controls: tuple[Control, ...], offered: bool) -> None:
    assert cell_of(scene(looks=looks(1, 2, controls=controls)), ATTACK).retry_offered is offered


def test_the_log_in_the_browser_and_a_retry_that_helped_are_ways_to_try_again() -> None:
    for more in (
        {"looks": looks(1, 2, controls=(), password_fields=1)},
        {"looks": (look(2, url="chrome-error://chromewebdata/", controls=()),)},
        {"looks": looks(1, 2, controls=()), "healed": healed(Recovery.RETRY)},
    ):
        assert cell_of(scene(**more), ATTACK).retry_offered
    assert not cell_of(scene(looks=()), ATTACK).retry_offered
