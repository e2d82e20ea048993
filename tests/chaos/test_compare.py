"""Comparing what two runs decided: pure, and in whole runs with one, two and four workers."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from chaos.compare import Comparison, compare, told
from stormwalk.events import Event, JourneyStarted, StepStarted
from stormwalk.storm import BACKGROUND, DecisionKey, FaultDecision, Layer, Outcome
from stormwalk.storm_events import FaultApplied, StormBegan, StormPlanned
from tests.chaos.harbour import StormProject

KEY = DecisionKey(
    journey="test_a", actor="sam", step="Buy", method="POST", template="/api/orders", params="", occurrence=1, rule="r"
)
OTHER = replace(KEY, template="/api/basket")


def decided(key: DecisionKey, fired: bool = True) -> FaultDecision:
    outcome = Outcome.APPLIED if fired else Outcome.WITHHELD
    return FaultDecision(key=key, fault="http", layer=Layer.ROUTE, fired=fired, outcome=outcome)


def run(*decisions: FaultDecision, seed: str = "7", plan: str = "outage") -> list[Event]:
    walk: dict[str, Any] = {"at": 1.0, "journey": "walk"}
    return [
        StormPlanned(at=0.0, seed=seed, plans=()),
        JourneyStarted(**walk, nodeid="test_a[outage]", title="A", goal="", expected_steps=()),
        StormBegan(**walk, plan=plan, seed=seed),
        StepStarted(**walk, index=1, name="Buy", page="", actor="sam", role="shopper", weight=1.0, role_check=False),
        *(FaultApplied(**walk, step=1, decision=one) for one in decisions),
    ]


def test_the_same_decisions_agree() -> None:
    found = compare(run(decided(KEY), decided(OTHER, False)), run(decided(OTHER, False), decided(KEY)))
    assert found.agree
    assert (len(found.both), found.only_one) == (2, ())


def test_a_key_that_was_decided_differently_is_named() -> None:
    found = compare(run(decided(KEY)), run(decided(KEY, False)))
    assert not found.agree
    assert [one.template for one in found.differing] == ["/api/orders"]
    assert "different: POST /api/orders in 'Buy' under outage/r (test_a)" in "\n".join(told(found))


def test_another_fault_under_the_same_rule_is_another_decision() -> None:
    assert not compare(run(decided(KEY)), run(replace(decided(KEY), fault="latency"))).agree


def test_a_page_and_an_api_client_decide_each_for_itself() -> None:
    page, client = decided(KEY), replace(decided(KEY, False), layer=Layer.API)

    assert compare(run(page, client), run(client, page)).agree
    assert not compare(run(page, client), run(decided(KEY, False), client)).agree


def test_what_a_plan_in_shorthand_has_less_of_is_explained() -> None:
    plan = "latency:500ms @ /api/**"
    key = replace(KEY, rule=plan)
    found = compare(run(decided(key), decided(replace(key, occurrence=2)), plan=plan), run(decided(key), plan=plan))

    assert [one.why for one in found.only_one] == ["the other run made this call less often in the step"]


def test_another_seed_is_another_storm() -> None:
    found = compare(run(decided(KEY)), run(decided(KEY), seed="8"))
    assert not found.agree
    assert told(found)[0] == "the seeds differ (7 and 8), and so may all decisions"


def test_background_calls_are_left_out() -> None:
    found = compare(run(decided(replace(KEY, step=BACKGROUND))), run())
    assert (found.both, found.only_one) == ((), ())


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (replace(KEY, occurrence=2), "less often"),
        (replace(KEY, params="abc"), "with other parameters"),
        (OTHER, "did not make this call in the step"),
        (replace(KEY, step="Pay"), "did not come to this step"),
        (replace(KEY, journey="test_b"), "struck nothing in this walk"),
        (replace(KEY, repeat=1), "struck nothing in this walk"),
    ],
)
def test_a_key_that_only_one_has_is_explained(key: DecisionKey, why: str) -> None:
    first = compare(run(decided(KEY), decided(key)), run(decided(KEY)))
    (only,) = first.only_one
    assert (only.first, first.agree) == (True, True)
    assert why in only.why
    (back,) = compare(run(decided(KEY)), run(decided(KEY), decided(key))).only_one
    assert (back.first, back.why) == (False, only.why)
    assert f": {only.why}" in "\n".join(told(first))


def test_the_same_rule_of_another_plan_is_another() -> None:
    found = compare(run(decided(KEY), plan="outage"), run(decided(KEY), plan="mine"))
    assert found.both == ()
    assert len(found.only_one) == 2


@pytest.mark.catalogue
def test_one_worker_two_and_four_make_the_same_storm(storms: StormProject) -> None:
    """Half of the calls are struck, by chance."""
    journey = """
def test_buys(walk_as):
    sam = walk_as("sam")
    quay = Quay(sam.page)
    quay.visit("NAME")
    quay.ask()
"""
    ask = """
    @step("Ask around")
    def ask(self):
        self.page.evaluate('''Promise.all([...Array(12).keys()].map(
            one => fetch('/api/part' + 'abcdefghijkl'[one]).then(one => one.text())))''')
"""
    for name in ("one", "two", "three", "four"):
        storms.journeys(ask + journey.replace("NAME", name), f"journeys/test_{name}.py")
    plan = ("--chaos-plan", "http:503 50% @ /api/**")
    for workers in ((), ("-n", "2"), ("-n", "4")):
        storms.storm(*plan, *workers)
    one, two, four = storms.runs
    assert_same(storms, one.id, two.id)
    assert_same(storms, two.id, four.id)


def assert_same(project: StormProject, first: str, second: str) -> None:
    command = [sys.executable, "-m", "chaos", "compare", first, second]
    done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == "48 decisions in both runs, 0 of them different\n"


@pytest.mark.parametrize(("first", "code"), [("nothing", 2)])
def test_a_run_that_is_not_there_is_one_line(storms: StormProject, first: str, code: int) -> None:
    command = [sys.executable, "-m", "chaos", "compare", first, first]
    done = subprocess.run(command, cwd=storms.root, capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert len(done.stderr.splitlines()) == 1


def test_nothing_at_all_is_nothing() -> None:
    assert compare([], []) == Comparison(seeds=("", ""), both=(), differing=(), only_one=())
