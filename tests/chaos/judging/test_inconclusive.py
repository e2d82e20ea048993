"""What proves nothing: storms that never happened, controls that failed, walks that could not be tested."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chaos.judging import judge
from stormwalk import reading
from stormwalk.model import Status
from stormwalk.storm import Layer, RuleCount
from stormwalk.storm_events import ExperimentSkipped, FaultApplied, StepObserved
from stormwalk.storm_judgement import Outcome, Recovery, ResilienceStatus, StormVerdict
from tests.chaos.judging.test_judge import DEGRADED, HELD, INCONCLUSIVE, LATENCY, LOST_REPLY, UNAVAILABLE, cell_of, lost
from tests.chaos.scenes import BEGAN, ORDER, call, failed, thrown
from tests.chaos.tales import BASKET, TABLE, Tale, Told, basket, decision, follow, order, plan_of, rule_named


def test_a_storm_that_never_happened_is_inconclusive_and_says_why() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    rule, fault = tale.plans[0].rules[0].id, "http"
    nothing = RuleCount(rule=rule, fault=fault, matched=4, withheld=4)
    tale.storm(basket(), order(), follow(), counts=(nothing,))

    judged = tale.judged()
    (result,) = judged.experiments

    assert result.verdict is INCONCLUSIVE
    assert result.reason.startswith("the storm never happened: 4 calls matched; 4 spared by chance")
    assert judged.inconclusive == (result,)
    assert (judged.score.valid, judged.score.planned) == (0, 1)


def test_a_set_up_that_was_struck_before_the_first_step_is_not_said_to_have_been_spared() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    in_vain = Told(
        name="Set-up of the journey", seen=None, status=Status.FAILED, reason="could not fill", strikes=(BASKET,)
    )
    key = tale.storm(replace(in_vain, strikes=()))
    strike = decision(BASKET, in_vain, *rule_named(tale.plans[0]))
    tale.walks[-1].append(FaultApplied(at=BEGAN, journey=key, step=0, decision=strike))

    assert tale.result().verdict is INCONCLUSIVE
    assert tale.result().reason.startswith("the storm struck outside of every step")


def test_what_struck_a_step_that_was_cut_short_is_no_cell_of_the_step_before_it() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    key = tale.storm(basket())
    strike = decision(ORDER, order(), *rule_named(tale.plans[0]))
    tale.walks[-1].append(FaultApplied(at=BEGAN, journey=key, step=0, decision=strike))

    assert [one.outcome for one in tale.result().cells] == [Outcome.INVALID]
    assert tale.judged().score.score is None


def test_a_call_that_escaped_is_a_cell_that_was_never_tested() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(basket(escapes=(BASKET,)), order(), follow())

    (cell,) = tale.result().cells

    assert (cell.site, cell.outcome, cell.reason) == (BASKET, Outcome.INVALID, "the fault was never delivered")
    assert tale.result().verdict is INCONCLUSIVE


@pytest.mark.parametrize(
    ("orders", "verdict", "reason"),
    [
        ((("1",), ("1", "2")), HELD, ""),
        (None, INCONCLUSIVE, "the objects of kind order could not be counted, so that nobody knows how many there are"),
    ],
)
def test_an_order_that_nobody_could_count_was_not_placed_once_for_sure(
    orders: tuple[tuple[str, ...], tuple[str, ...]] | None, verdict: StormVerdict, reason: str
) -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = order(calls=(call(ORDER, took=0.6, fault="latency"),), strikes=(ORDER,))
    tale.storm(basket(), slow, follow(), orders=orders)

    assert (tale.result().verdict, tale.result().reason) == (verdict, reason)


def test_what_is_wrong_with_an_order_stays_proven_where_nobody_could_count_it() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(basket(), order(done=False, calls=(lost(),), strikes=(ORDER,)), orders=None)

    assert tale.result().verdict.deviated


def test_a_failed_control_makes_everything_of_its_journey_inconclusive() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm(2)
    tale.calm(1, status=Status.FAILED, reason="the shop was slow")
    tale.storm(basket(), order(done=False, calls=(lost(),), strikes=(ORDER,)), orders=(("1",), ("1", "2", "3")))

    judged = tale.judged()
    (result,) = judged.experiments

    counted = "Counted in the storm all the same: 2 orders where one was asked for"
    assert result.verdict is INCONCLUSIVE
    assert result.reason == f"the control failed as well: the shop was slow. {counted}"
    assert (judged.controls, judged.controls_failed) == (3, ("Shopper: the shop was slow",))
    assert judged.findings == ()
    assert judged.score.status is ResilienceStatus.INCONCLUSIVE


@pytest.mark.parametrize("status", [None, Status.ERROR, Status.SKIPPED])
def test_without_a_control_there_is_nothing_to_compare_with(status: Status | None) -> None:
    tale = Tale(LOST_REPLY)
    tale.calm(1, status=status)
    tale.storm(basket(), order(calls=(call(),), strikes=(ORDER,)), follow())

    assert tale.result().verdict is INCONCLUSIVE
    assert tale.result().reason.startswith("no control was walked to its end")


def test_one_control_that_could_not_be_walked_does_not_spoil_the_others() -> None:
    tale = Tale(LATENCY)
    tale.calm(2)
    tale.calm(1, status=Status.ERROR, reason="the browser crashed")
    tale.storm(basket(), order(calls=(call(ORDER, fault="latency"),), strikes=(ORDER,)), follow())

    assert tale.result().verdict is HELD


def test_what_could_not_be_tested_makes_an_experiment_inconclusive() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(
        basket(),
        order(seen=None, strikes=(ORDER,), status=Status.ERROR, reason="the browser crashed"),
        status=Status.ERROR,
    )

    result = tale.result()

    assert (result.verdict, result.reason) == (INCONCLUSIVE, "the browser crashed")
    assert (cell_of(result).outcome, cell_of(result).score) == (Outcome.INVALID, None)


def test_what_was_proven_stays_proven_when_the_walk_ends_badly() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    silent = basket(done=False, ended=BEGAN + 20, calls=(failed(BASKET),), strikes=(BASKET,), healed=Recovery.RETRY)
    tale.storm(silent, order(seen=None, status=Status.ERROR, reason="the browser crashed"), status=Status.ERROR)

    assert tale.result().verdict is DEGRADED


def test_a_run_that_was_killed_is_judged_as_far_as_it_came() -> None:
    tale = Tale(LATENCY, LOST_REPLY)
    tale.planned = (
        "journeys/test_shopper.py::test_shopper[chromium-control-1]",
        "journeys/test_shopper.py::test_shopper[chromium-outage]",
    )
    tale.calm()
    tale.storm(basket(calls=(call(BASKET, fault="latency"),), strikes=(BASKET,)), order(finished=False), status=None)

    result = tale.judged().experiments[0]

    assert (result.verdict, result.reason) == (INCONCLUSIVE, "the run ended in the middle of it")
    assert cell_of(result, BASKET).verdict is HELD


def test_what_was_planned_and_never_begun_is_missed() -> None:
    tale = Tale(plan_of("outage"), plan_of("latency"))
    tale.planned = tuple(
        f"journeys/test_shopper.py::test_shopper[chromium-{one}]" for one in ("control-1", "outage", "latency-2")
    )
    tale.calm()

    judged = tale.judged()

    assert [(one.plan, one.reason) for one in judged.inconclusive] == [
        ("latency", "it was planned, and the run ended before it began"),
        ("outage", "it was planned, and the run ended before it began"),
    ]
    assert (judged.score.valid, judged.score.planned) == (0, 2)


def test_calls_of_the_api_client_alone_show_nothing_that_a_user_sees() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(
        basket(), order(seen=None, strikes=(ORDER,), layer=Layer.API, status=Status.FAILED), status=Status.FAILED
    )

    result = tale.result()

    assert result.verdict is INCONCLUSIVE
    assert result.reason.startswith("only calls of the API client were struck")


def test_a_journey_that_goes_on_though_its_api_client_was_struck_has_held_and_counts_nowhere() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(basket(), order(seen=None, strikes=(ORDER,), layer=Layer.API))

    judged = tale.judged()
    (result,) = judged.experiments

    assert (result.verdict, result.reason) == (HELD, "only calls of the API client were struck")
    assert (result.cells, judged.inconclusive, judged.score.planned) == ((), (), 0)


def test_what_the_plan_strikes_nothing_of_is_skipped_and_not_inconclusive() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    key = tale.storm(status=Status.SKIPPED, counts=())
    tale.walks[-1].append(
        ExperimentSkipped(at=BEGAN, journey=key, plan=UNAVAILABLE, reason="no call of it is one that the plan strikes")
    )

    judged = tale.judged()
    (result,) = judged.experiments

    assert (result.skipped, result.reason) == (True, "no call of it is one that the plan strikes")
    assert (judged.inconclusive, judged.deviated, judged.score.planned, result.cells) == ((), (), 0, ())


def test_a_walk_that_could_not_be_tested_among_others_that_held_leaves_it_open() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    held = order(calls=(call(ORDER, fault="latency"),), strikes=(ORDER,))
    tale.storm(basket(), held, follow(), repeat=1)
    tale.storm(basket(), order(seen=None, status=Status.ERROR, reason="no browser"), repeat=2, status=Status.ERROR)

    result = tale.result()

    assert (result.verdict, result.reason) == (INCONCLUSIVE, "no browser")
    assert cell_of(result).verdict is HELD


def test_a_step_in_which_only_the_api_client_was_struck_has_no_cell() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    validated = follow(done=False, strikes=("GET /api/me",), layer=Layer.API, healed=Recovery.ALONE, ended=BEGAN + 5)
    again = (failed(BASKET, at=0.05, took=0.1), call(BASKET, 0.4, 0.1))
    tale.storm(basket(ended=BEGAN + 0.6, calls=again, strikes=(BASKET,)), order(), validated)

    judged = tale.judged()
    (result,) = judged.experiments

    assert ([one.site for one in result.cells], result.verdict) == ([BASKET], HELD)
    assert (judged.figures.timeouts, dict(judged.figures.recovery)[Recovery.ALONE]) == (0, 0)

    tale.storm(
        basket(ended=BEGAN + 0.6, calls=again, strikes=(BASKET,)), order(), failed_beside(), status=Status.FAILED
    )
    assert tale.result().verdict is HELD


def failed_beside() -> Told:
    return follow(seen=None, strikes=("GET /api/me",), layer=Layer.API, status=Status.FAILED, reason="503")


@pytest.mark.parametrize("seen", ["unreadable", "in no control"])
def test_a_step_that_fails_and_of_which_nothing_can_be_said_leaves_it_open(seen: str) -> None:
    tale = Tale(LATENCY)
    tale.calm()
    held = basket(calls=(call(BASKET, fault="latency"),), strikes=(BASKET,))
    again = replace(follow(done=False, ended=BEGAN + 20), name="Follow it once more")
    steps = (order(), follow(), again) if seen == "in no control" else (order(done=False, strikes=(ORDER,)),)
    key = tale.storm(held, *steps, status=Status.FAILED)
    events = [
        StepObserved(at=1.0, journey=key, step=2, observation="{")
        if seen == "unreadable" and isinstance(one, StepObserved) and (one.journey, one.step) == (key, 2)
        else one
        for one in tale.events
    ]

    (result,) = judge(events, TABLE).experiments

    assert result.verdict is INCONCLUSIVE
    assert result.reason in ("what was seen of the step cannot be read", "no control shows this step")


def test_trouble_in_a_step_that_no_control_shows_is_compared_with_nothing() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    held = basket(calls=(call(BASKET, fault="latency"),), strikes=(BASKET,))
    tale.storm(held, order(), follow(), replace(follow(console=(thrown(),)), name="Close the banner"))

    assert tale.result().verdict is HELD


@pytest.mark.parametrize("kind", ["ObjectsCounted", "StepObserved", "ControlTaken"])
def test_what_was_stored_and_cannot_be_read_leaves_open_what_held(kind: str) -> None:
    """It may have told that the order was made twice."""
    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(calls=(call(BASKET, fault="latency"),), strikes=(BASKET,)), order(), follow())
    spoilt = reading.decode(kind, '{"at": "?"}')
    assert judge([*tale.events, reading.decode("FromTheFuture", "{}")], TABLE) == tale.judged()

    judged = judge([*tale.events, spoilt, spoilt], TABLE)

    assert [(one.verdict, one.reason) for one in judged.experiments] == [
        (INCONCLUSIVE, f"2 events of kind {kind} cannot be read")
    ]
    assert judged.score.status is ResilienceStatus.INCONCLUSIVE


def test_what_was_proven_stays_proven_where_other_events_cannot_be_read() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    silent = basket(done=False, ended=BEGAN + 20, calls=(failed(BASKET),), strikes=(BASKET,), healed=Recovery.RETRY)
    tale.storm(silent, order(), follow())

    judged = judge([*tale.events, reading.decode("ObjectsCounted", "{}")], TABLE)

    assert (judged.experiments, judged.findings) == (tale.judged().experiments, tale.judged().findings)


def test_what_nobody_could_count_in_one_walk_is_not_hidden_by_another() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = order(calls=(call(ORDER, took=0.6, fault="latency"),), strikes=(ORDER,))
    tale.storm(basket(), slow, follow(), repeat=1)
    tale.storm(basket(), slow, follow(), repeat=2, orders=None)

    assert tale.result().verdict is INCONCLUSIVE
    assert "could not be counted" in tale.result().reason


def test_a_walk_that_is_skipped_in_the_middle_has_not_come_to_its_end() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = basket(calls=(call(BASKET, took=0.6, fault="latency"),), strikes=(BASKET,))
    tale.storm(slow, status=Status.SKIPPED, reason="no stock today")

    assert tale.result().verdict is INCONCLUSIVE
    assert tale.result().reason == "it was skipped in the middle: no stock today"


def test_a_plan_whose_name_goes_on_with_a_number_is_missed_too() -> None:
    walked, other = plan_of("latency"), plan_of("latency:2s @ /api/**", "latency-2000")
    tale = Tale(walked, other)
    tale.calm()
    for repeat in range(3):
        tale.storm(basket(strikes=(BASKET,)), order(), follow(), plan=walked, repeat=repeat + 1)
    tale.planned = tuple(f"{tale.journey}[chromium-{one}]" for one in ("latency-1", "latency-2000"))

    results = {one.plan: one for one in tale.judged().experiments}

    assert results["latency-2000"].verdict is INCONCLUSIVE
    assert "ended before it began" in results["latency-2000"].reason
