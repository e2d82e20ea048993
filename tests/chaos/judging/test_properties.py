"""What holds for every run: judged twice it is the same, order makes no difference, and nothing breaks it."""

from __future__ import annotations

import random

import pytest
from pydantic import TypeAdapter

from chaos.judging import judge
from stormwalk.events import Event, JourneyStarted, StepStarted, from_json, to_json
from stormwalk.model import Status
from stormwalk.reading import UnknownEvent
from stormwalk.storm_events import FaultApplied, ObjectsCounted, RuleCounted, StepHealed, StepObserved, StormJudged
from stormwalk.storm_judgement import Recovery, StormVerdict
from stormwalk.storm_results import StormJudgement
from tests.chaos.judging.test_findings import OFFLINE, OUTAGE, TWICE, bought_twice, silent_basket, silent_order
from tests.chaos.judging.test_judge import LATENCY
from tests.chaos.scenes import BEGAN, ORDER, call
from tests.chaos.tales import BASKET, TABLE, Tale, basket, follow, order, plan_of

_JUDGEMENT = TypeAdapter(StormJudgement)


def a_whole_run() -> Tale:
    """Two journeys under four plans: slow, silent, bought twice, and one that was never done."""
    tale = Tale(plan_of(LATENCY, "latency"), OUTAGE, OFFLINE, plan_of("lost-reply"))
    tale.planned = ("journeys/test_shopper.py::test_shopper[chromium-outage]",)
    for journey, title in (("journeys/test_shopper.py::test_shopper", "Shopper"), ("journeys/b.py::test_b", "B")):
        tale.journey, tale.title = journey, title
        tale.calm()
        for repeat in (1, 2, 3):
            slow = basket(ended=BEGAN + 0.7, calls=(call(BASKET, took=0.6, fault="latency"),), strikes=(BASKET,))
            tale.storm(slow, order(), follow(), plan=tale.plans[0], repeat=repeat)
        tale.storm(silent_basket(), silent_order(), follow(), plan=OUTAGE)
        tale.storm(basket(), order(), follow(), plan=OFFLINE, counts=())
        tale.storm(basket(), bought_twice(), follow(), plan=tale.plans[3], orders=TWICE)
    return tale


def test_a_run_is_judged_the_same_twice() -> None:
    events = a_whole_run().events
    first = judge(events, TABLE)

    assert judge(iter(events), TABLE) == first
    assert judge([*events, StormJudged(at=9e12, judgement=first)], TABLE) == first, "an earlier judgement counted"
    assert {one.verdict for one in first.experiments} >= {StormVerdict.BROKEN, StormVerdict.DEGRADED, StormVerdict.HELD}


def test_stored_and_read_again_it_is_the_same() -> None:
    events = a_whole_run().events
    judgement = judge(events, TABLE)
    read = [from_json(one.kind, to_json(one)) for one in events]

    assert judge(read, TABLE) == judgement
    assert _JUDGEMENT.validate_json(_JUDGEMENT.dump_json(judgement)) == judgement
    judged = StormJudged(at=1.0, judgement=judgement)
    assert from_json("StormJudged", to_json(judged)) == judged


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_journeys_does_not_matter(seed: int) -> None:
    tale = a_whole_run()
    whole = tale.judged()
    chance = random.Random(seed)
    chance.shuffle(tale.walks)
    assert tale.judged() == whole

    # Workers write at the same time: events of several walks alternate, those of each in their order.
    head, walks = tale.events[:3], [list(one) for one in tale.walks]
    mixed: list[Event] = []
    while any(walks):
        mixed.append(chance.choice([one for one in walks if one]).pop(0))
    assert judge([*head, *mixed], TABLE) == whole


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_missing_a_judgement_comes_out_and_never_a_better_one_by_default(seed: int) -> None:
    chance = random.Random(seed)
    events = [one for one in a_whole_run().events if chance.random() < 0.7]

    judged = judge(events, TABLE)

    for one in judged.experiments:
        if one.verdict is StormVerdict.INCONCLUSIVE:
            assert one.reason
        if one.verdict is StormVerdict.HELD:
            assert any(cell.score is not None for cell in one.cells)


@pytest.mark.parametrize("cut", range(0, 400, 37))
def test_a_run_that_was_killed_at_any_moment_is_judged(cut: int) -> None:
    events = a_whole_run().events[:cut]

    judged = judge(events, TABLE)

    assert all(one.reason for one in judged.inconclusive)


def test_nothing_at_all_is_no_good_run() -> None:
    judged = judge([])

    assert (judged.experiments, judged.findings, judged.score.score) == ((), (), None)
    assert judged.score.reason == "no cell counts"


HOSTILE = (
    "",
    "{",
    "null",
    "[]",
    '{"began": "x"}',
    '{"began": NaN, "ended": 1, "done": true}',
    '{"began": 9, "ended": 1, "done": true}',
    "\x00",
    "[" * 5000,
)


@pytest.mark.parametrize("spoilt", HOSTILE)
def test_what_cannot_be_read_is_said_and_not_guessed(spoilt: str) -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    key = tale.storm(basket(), silent_order(), follow())
    events = [
        StepObserved(at=1.0, journey=key, step=2, observation=spoilt)
        if isinstance(one, StepObserved) and one.journey == key and one.step == 2
        else one
        for one in tale.events
    ]

    (result,) = judge(events, TABLE).experiments

    assert result.verdict is StormVerdict.INCONCLUSIVE
    assert result.reason == "what was seen of the step cannot be read"


def test_events_that_make_no_sense_change_nothing() -> None:
    tale = a_whole_run()
    judged = tale.judged()
    struck = next(one for one in tale.events if isinstance(one, FaultApplied))
    nonsense: list[Event] = [
        UnknownEvent(at=0.0, stored_kind="FromTheFuture"),
        JourneyStarted(at=0.0, journey="no storm", nodeid="tests/x.py::test_x[", title="</script>" * 50),
        StepStarted(at=0.0, journey="no storm", index=-3, name="?"),
        StepHealed(at=0.0, journey="nobody", step=99, rung=Recovery.ALONE, state="{"),
        ObjectsCounted(at=0.0, journey="nobody", step=1, of="order", ids=("1",), amounts=(1, 2, 3)),
        FaultApplied(at=0.0, journey="nobody", step=7, decision=struck.decision),
    ]

    assert judge([*nonsense, *tale.events, *nonsense], TABLE) == judged


def test_a_strike_outside_of_any_step_shows_in_the_next_one() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    key = tale.storm(basket(), silent_order(), follow())
    events = [
        FaultApplied(at=1.0, journey=key, step=0, decision=one.decision) if isinstance(one, FaultApplied) else one
        for one in tale.events
    ]

    (result,) = judge(events, TABLE).experiments

    assert [one.site for one in result.cells] == [ORDER]
    assert result.verdict is not StormVerdict.INCONCLUSIVE


def test_a_walk_without_any_proof_of_delivery_is_inconclusive() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    tale.storm(basket(), order(), follow(), status=Status.PASSED)
    events = [one for one in tale.events if not isinstance(one, RuleCounted)]

    (result,) = judge(events, TABLE).experiments

    assert (result.verdict, result.reason) == (
        StormVerdict.INCONCLUSIVE,
        "the storm never happened: no call matched",
    )
