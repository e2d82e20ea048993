from __future__ import annotations

import pytest

from stormwalk.model import Status
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import ApiFailure
from tests.chaos.judging.test_findings import OUTAGE, silent_basket, silent_order
from tests.chaos.judging.test_judge import LATENCY, LOST_REPLY, RETRY, lost
from tests.chaos.scenes import BEGAN, ORDER, TOLD, call, failed
from tests.chaos.tales import BASKET, Tale, Told, basket, follow, order, plan_of


def slow(took: float, asked_ms: float = 500.0) -> Told:
    """The basket, opened in so many seconds because its call was held up."""
    held = (call(BASKET, 0.05, took - 0.1, fault="latency"),)
    return basket(ended=BEGAN + took, calls=held, strikes=(BASKET,), asked_ms=asked_ms)


def late(*took: float, plan: str = LATENCY) -> Tale:
    tale = Tale(plan)
    tale.calm()
    for repeat, one in enumerate(took, 1):
        tale.storm(slow(one), order(), follow(), repeat=repeat)
    return tale


def test_injected_latency_is_what_was_asked() -> None:
    figures = late(0.7, 0.7, 0.7).judged().figures

    assert (figures.injected, figures.asked_ms, figures.observed_ms, figures.delayed) == ("500ms", 500.0, 500.0, 3)


def test_in_a_mixed_storm_it_is_a_range_and_without_delay_there_is_none() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(slow(0.7), order(), follow(), repeat=1)
    tale.storm(slow(2.2, 2000.0), order(), follow(), repeat=2)
    assert tale.judged().figures.injected == "0 to 2000ms"

    tale = Tale(OUTAGE)
    tale.calm()
    tale.storm(basket(), silent_order(), follow())
    figures = tale.judged().figures
    assert (figures.injected, figures.delayed, figures.asked_ms, figures.degradation) == ("none", 0, None, None)


def test_degradation_is_that_of_all_steps_of_the_latency_experiments() -> None:
    degradation = late(0.7, 0.72, 0.68).judged().figures.degradation

    assert degradation is not None
    # 0.2 s, 1 s and 0.3 s in calm weather; half a second more in the storm.
    assert degradation.control_ms == pytest.approx(1500)
    assert degradation.storm_ms == pytest.approx(2000)
    assert degradation.percent == pytest.approx(100 / 3)
    assert degradation.significant


def test_there_is_no_percentage_below_three_walks() -> None:
    judged = late(0.7, 0.7).judged()

    assert judged.figures.degradation is not None
    assert judged.figures.degradation.percent is None
    assert all(one.degradation.percent is None for one in judged.steps)
    assert all(one.degradation.percent is None for one in judged.calls)
    assert "too few samples" in judged.steps[0].degradation.words


def test_several_journeys_are_added_up() -> None:
    tale = late(0.7, 0.7, 0.7)
    tale.journey, tale.title = "journeys/b.py::test_b", "B"
    tale.calm()
    for repeat in (1, 2, 3):
        tale.storm(slow(0.7), order(), follow(), repeat=repeat)

    degradation = tale.judged().figures.degradation

    assert degradation is not None
    assert degradation.control_ms == pytest.approx(3000)
    assert degradation.storms == 3


def test_steps_and_endpoints_that_were_struck_are_compared_with_their_controls() -> None:
    judged = late(0.7, 0.7, 0.7).judged()
    (step,), (endpoint,) = judged.steps, judged.calls

    assert (step.step, step.plan, endpoint.endpoint) == ("Open the basket", LATENCY, BASKET)
    assert step.degradation.percent == pytest.approx(250)
    assert endpoint.degradation.percent == pytest.approx(500)


def test_a_difference_that_the_controls_have_themselves_is_none() -> None:
    tale = Tale(LATENCY)
    for ended in (0.2, 0.3, 0.9):
        tale.calm(1, basket(ended=BEGAN + ended), order(), follow())
    for repeat in (1, 2, 3):
        tale.storm(slow(0.7), order(), follow(), repeat=repeat)

    step = tale.judged().steps[0].degradation

    assert (step.significant, step.words[:4]) == (False, "n.s.")


def test_timeouts_are_steps_out_of_patience_calls_that_were_given_up_and_calls_that_timed_out() -> None:
    tale = Tale("hang @ /api/**")
    tale.calm()
    calls = (
        call(BASKET, status=None, failure="net::ERR_TIMED_OUT", fault="hang"),
        call(ORDER, status=None, failure="net::ERR_ABORTED", fault="hang"),
    )
    stopped = order(
        done=False, calls=calls, messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY,
        reason="expected the confirmation to be visible within 5000 ms",
    )  # fmt: skip
    tale.storm(basket(), stopped, follow())

    assert tale.judged().figures.timeouts == 3


def test_an_aborted_call_that_we_aborted_is_no_timeout() -> None:
    tale = Tale("abort:aborted once @ GET /api/**")
    tale.calm()
    again = (call(BASKET, 0.0, 0.1, status=None, failure="net::ERR_ABORTED", fault="abort"), call(BASKET, 0.3))
    tale.storm(basket(ended=BEGAN + 0.6, calls=again, strikes=(BASKET,)), order(), follow())

    assert tale.judged().figures.timeouts == 0


def test_a_writing_step_that_nothing_heals_is_a_failed_transaction() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    unhealed = order(done=False, calls=(failed(),), messages=(TOLD,), strikes=(ORDER,), healed=Recovery.NOT_RECOVERED)
    tale.storm(basket(), unhealed, orders=(("1",), ("1",)), status=Status.FAILED)
    untold = order(done=False, calls=(lost(),), messages=(TOLD,), strikes=(ORDER,), healed=Recovery.NOT_RECOVERED)
    tale.storm(basket(), untold, orders=(("1",), ("1", "2")), status=Status.FAILED)
    tale.storm(silent_basket(), silent_order(), follow())
    reading = basket(done=False, ended=BEGAN + 20, calls=(failed(BASKET),), strikes=(BASKET,))
    tale.storm(reading, status=Status.FAILED)

    assert tale.judged().figures.failed_transactions == 1


def test_how_endpoints_failed_and_what_healed_them() -> None:
    tale = Tale(OUTAGE, LOST_REPLY)
    tale.calm()
    tale.storm(silent_basket(), silent_order(), follow(), plan=OUTAGE)
    tale.storm(basket(), silent_order(), follow(), plan=OUTAGE, repeat=2)
    reloaded = order(done=False, calls=(lost(),), messages=(TOLD,), strikes=(ORDER,), healed=Recovery.RELOAD)
    tale.storm(basket(), reloaded, follow(), plan=plan_of(LOST_REPLY))

    figures = tale.judged().figures

    assert figures.api_failures == (
        ApiFailure(endpoint=ORDER, failure="503", calls=2),
        ApiFailure(endpoint=BASKET, failure="503", calls=1),
        ApiFailure(endpoint=ORDER, failure="net::ERR_CONNECTION_RESET", calls=1),
    )
    assert dict(figures.recovery) == {
        Recovery.ALONE: 0,
        Recovery.RETRY: 3,
        Recovery.RELOAD: 1,
        Recovery.NEW_LOGIN: 0,
        Recovery.NOT_RECOVERED: 0,
    }


def test_a_page_that_was_struck_is_among_the_calls_that_failed() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    page = "GET /basket"
    calls = (call(page, status=503, kind="document", fault="http"),)
    tale.storm(basket(calls=calls, strikes=(page,), healed=Recovery.RETRY), order(), follow())

    assert [one.endpoint for one in tale.judged().figures.api_failures] == [page]


def test_a_late_answer_that_says_no_was_not_made_to_fail() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    calls = (
        call("GET /api/orders/{id}", status=404, fault="latency"),
        call(BASKET, status=None, failure="net::ERR_ABORTED", fault="latency"),
    )
    tale.storm(basket(calls=calls, strikes=(BASKET,)), order(), follow())

    assert [one.endpoint for one in tale.judged().figures.api_failures] == [BASKET]


def test_a_call_that_was_held_up_until_its_page_was_left_was_not_made_to_fail() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    held = call(BASKET, 0.1, 0.8, status=None, failure="net::ERR_ABORTED", fault="latency")
    tale.storm(basket(calls=(held, call("GET /orders", 0.7, kind="document")), strikes=(BASKET,)), order(), follow())

    assert tale.judged().figures.api_failures == ()


def test_a_stream_that_its_page_closes_is_no_timeout() -> None:
    tale = Tale("event-stream-cut")
    tale.calm()
    closed = call("GET /api/news", 0.1, 0.3, status=None, failure="net::ERR_ABORTED", kind="eventsource")
    tale.storm(basket(strikes=(BASKET,), calls=(call(BASKET), closed)), order(), follow())

    assert tale.judged().figures.timeouts == 0


def test_of_two_latencies_the_one_that_was_walked_most_is_the_figure() -> None:
    often, once = plan_of("latency"), plan_of("latency:2s @ /api/**")
    tale = Tale(often, once)
    tale.calm()
    for repeat in (1, 2, 3):
        tale.storm(slow(0.7), order(), follow(), plan=often, repeat=repeat)
    tale.storm(slow(2.2), order(), follow(), plan=once)

    degradation = tale.judged().figures.degradation

    assert degradation is not None
    assert degradation.storms == 3
    assert degradation.control_ms == pytest.approx(1500)
    assert degradation.percent == pytest.approx(100 / 3)
