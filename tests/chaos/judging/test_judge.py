"""What each story comes to: outcome, verdict, finding."""

from __future__ import annotations

from chaos.judging import Guard
from chaos.seen import Control, SeenCall
from stormwalk.model import Status
from stormwalk.storm import RuleCount
from stormwalk.storm_judgement import CellScore, Outcome, Recovery, ResilienceStatus, StormVerdict
from stormwalk.storm_results import ExperimentResult
from tests.chaos.scenes import BEGAN, BUTTON, CONFIRMED, ORDER, TOLD, call, done_look, failed, look, looks, thrown
from tests.chaos.tales import BASKET, TABLE, Tale, basket, follow, order

LOST_REPLY = "lost-reply once @ POST /api/orders"
UNAVAILABLE = "http:503 @ /api/**"
LATENCY = "latency:500ms @ /api/**"
HELD, DEGRADED, BROKEN = StormVerdict.HELD, StormVerdict.DEGRADED, StormVerdict.BROKEN
INCONCLUSIVE = StormVerdict.INCONCLUSIVE
RETRY = looks(0.5, 12.0, 20.0, controls=(BUTTON,))
ABSENT = (("1",), ("1",))
KEPT = (("lamp",), ("lamp",))


def lost() -> SeenCall:
    """The server has made the order, and the page was told nothing."""
    return call(ORDER, status=None, fault="lost-reply", server_status=201)


def cell_of(result: ExperimentResult, site: str = ORDER) -> CellScore:
    (one,) = [cell for cell in result.cells if cell.site == site]
    return one


def test_a_step_that_is_slow_and_done_is_transparent() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = basket(
        ended=BEGAN + 0.7, strikes=(BASKET,), asked_ms=500.0, calls=(call(BASKET, took=0.6, fault="latency"),)
    )
    tale.storm(slow, order(), follow())

    result = tale.result()
    cell = cell_of(result, BASKET)

    assert (cell.outcome, cell.verdict, cell.score) == (Outcome.TRANSPARENT, HELD, 100.0)
    assert (result.verdict, result.reason, result.troubles) == (HELD, "", ())
    assert tale.judged().findings == ()


def test_a_call_that_the_page_makes_again_by_itself_has_recovered() -> None:
    tale = Tale("http:503 once @ GET /api/**")
    tale.calm()
    again = (failed(BASKET, at=0.05, took=0.1), call(BASKET, 0.4, 0.1))
    tale.storm(basket(ended=BEGAN + 0.6, calls=again, strikes=(BASKET,)), order(), follow())

    cell = cell_of(tale.result(), BASKET)

    assert (cell.outcome, cell.verdict) == (Outcome.RECOVERED, HELD)


def test_a_safe_stop_is_held_where_nobody_can_hide_the_fault() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(
        basket(),
        order(done=False, calls=(lost(),), messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY),
        follow(),
    )

    result = tale.result()

    assert (cell_of(result).outcome, result.verdict) == (Outcome.GRACEFUL, HELD)
    assert [(one.step, one.rung, one.took_ms) for one in result.healings] == [
        ("Place the order", Recovery.RETRY, 400.0)
    ]
    assert tale.judged().findings == ()


def test_a_safe_stop_is_degraded_where_the_fault_could_have_been_hidden() -> None:
    tale = Tale("http:503 once @ GET /api/**")
    tale.calm()
    stopped = basket(
        done=False, ended=BEGAN + 20, messages=(TOLD,), looks=RETRY, calls=(failed(BASKET),), strikes=(BASKET,),
        healed=Recovery.RETRY,
    )  # fmt: skip
    tale.storm(stopped, order(), follow())

    judged = tale.judged()
    (finding,) = judged.findings

    assert judged.experiments[0].verdict is DEGRADED
    assert judged.experiments[0].reason == f"{BASKET} in Open the basket: graceful, and recovered was to be expected"
    assert (finding.sign, finding.call, finding.verdict) == ("not-hidden", BASKET, DEGRADED)


def test_a_failure_that_nobody_tells_of_is_silent() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(
        basket(),
        order(done=False, calls=(failed(),), strikes=(ORDER,), healed=Recovery.RETRY),
        follow(),
        orders=(("1",), ("1", "2")),
    )

    judged = tale.judged()
    (finding,) = judged.findings

    assert cell_of(judged.experiments[0]).outcome is Outcome.NO_FEEDBACK
    assert judged.experiments[0].verdict is DEGRADED
    assert (finding.sign, finding.call, finding.step) == ("silent-failure", ORDER, "Place the order")
    assert finding.shown_by == (f"Shopper under {UNAVAILABLE}",)


def test_a_control_that_stays_disabled_is_stuck() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    disabled = looks(1.0, 12.0, 20.0, controls=(Control(key=BUTTON.key, name="Placing…", enabled=False),))
    tale.storm(
        basket(),
        order(
            done=False, calls=(failed(),), messages=(TOLD,), looks=disabled, strikes=(ORDER,), healed=Recovery.RELOAD
        ),
        follow(),
    )

    result = tale.result()

    assert (cell_of(result).outcome, result.verdict) == (Outcome.STUCK, BROKEN)
    assert [one.sign for one in result.troubles] == ["stuck-control"]


def test_two_orders_for_one_are_corrupt_and_take_the_whole_score() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(
        basket(),
        order(done=False, calls=(lost(),), messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY),
        follow(),
        orders=(("1",), ("1", "2", "3")),
    )

    judged = tale.judged()
    cell = cell_of(judged.experiments[0])
    (finding,) = judged.findings

    assert (cell.outcome, cell.verdict, cell.score, cell.gate) == (Outcome.CORRUPT, BROKEN, 0.0, False)
    assert (finding.sign, finding.call, finding.title) == (
        "duplicate-order",
        ORDER,
        f"Duplicate order: {ORDER}",
    )
    assert (finding.before[-12:], finding.after[-5:]) == ("BEFORE_FAULT", "WORST")
    assert judged.score.status is ResilienceStatus.WEAK
    assert [one.sign for one in judged.score.violations] == ["duplicate-order"]


def test_success_that_is_shown_and_not_true_is_corrupt() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(
        basket(),
        order(calls=(failed(),), messages=(CONFIRMED,), looks=(done_look(),), strikes=(ORDER,)),
        follow(),
        orders=ABSENT,
        articles=KEPT,
    )

    result = tale.result()

    assert (cell_of(result).outcome, result.verdict) == (Outcome.CORRUPT, BROKEN)
    assert "false-success" in [one.sign for one in result.troubles]


def test_another_sum_than_in_the_controls_is_corrupt() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(), order(calls=(call(ORDER, fault="latency"),), strikes=(ORDER,)), follow(), amounts={"2": 4700})

    (trouble,) = tale.result().troubles

    assert (trouble.sign, trouble.evidence) == ("wrong-total", ("shown: 4800, kept: 4700, right: 4800",))


def test_what_the_session_held_is_lost_unless_the_step_takes_it_away_itself() -> None:
    tale = Tale("session-expiry @ POST /api/**")
    tale.calm()
    refused = call(ORDER, status=401, fault="session-expiry", server_status=401)
    login = looks(1.0, 20.0, password_fields=1, controls=())
    stopped = order(done=False, calls=(refused,), looks=login, strikes=(ORDER,), healed=Recovery.NEW_LOGIN)
    tale.storm(basket(), stopped, follow())
    assert tale.result().verdict is HELD

    other = Tale("session-expiry @ POST /api/**")
    other.calm()
    unhealed = order(done=False, calls=(refused,), looks=login, strikes=(ORDER,), healed=Recovery.NOT_RECOVERED)
    other.storm(basket(), unhealed, orders=ABSENT, articles=(("lamp",), ()))
    assert "session-lost" in [one.sign for one in other.result().troubles]


def test_a_step_that_nothing_heals_is_stuck() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    tale.storm(
        basket(),
        order(done=False, calls=(failed(),), messages=(TOLD,), strikes=(ORDER,), healed=Recovery.NOT_RECOVERED),
        orders=ABSENT,
        articles=KEPT,
        status=Status.FAILED,
    )

    result = tale.result()

    assert (cell_of(result).outcome, result.verdict) == (Outcome.STUCK, BROKEN)
    assert [one.sign for one in result.troubles] == ["not-recovered"]


def test_what_a_fault_broke_may_show_in_a_later_step() -> None:
    tale = Tale("http:503 once @ GET /api/**")
    tale.calm()
    again = (failed(BASKET, at=0.05, took=0.1), call(BASKET, 0.4, 0.1))
    tale.storm(
        basket(ended=BEGAN + 0.6, calls=again, strikes=(BASKET,)),
        order(console=(thrown(),)),
        follow(),
        orders=(("1",), ("1", "2", "3")),
    )

    result = tale.result()

    assert cell_of(result, BASKET).outcome is Outcome.CORRUPT
    assert {one.sign: one.step for one in result.troubles} == {
        "duplicate-order": "Place the order",
        "uncaught-exception": "Place the order",
    }


def test_a_later_step_that_fails_in_calm_weather_has_a_cell_of_its_own() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(
        basket(),
        order(done=False, calls=(lost(),), messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY),
        follow(done=False, status=Status.FAILED, reason="the order is not there", ended=BEGAN + 20),
        status=Status.FAILED,
    )

    result = tale.result()
    later = next(one for one in result.cells if one.step == "Follow the order")

    assert (later.site, later.outcome, result.verdict) == (ORDER, Outcome.STUCK, BROKEN)


def test_a_walk_that_fails_where_nobody_looked_is_no_walk_that_held() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = basket(
        ended=BEGAN + 0.7, strikes=(BASKET,), asked_ms=500.0, calls=(call(BASKET, took=0.6, fault="latency"),)
    )
    tale.storm(slow, order(), follow(seen=None, status=Status.FAILED, reason="expected 1 order, got 2"))
    assert tale.result().verdict is HELD, "the journey did not fail"

    tale = Tale(LATENCY)
    tale.calm()
    failed_later = follow(seen=None, status=Status.FAILED, reason="expected 1 order, got 2")
    tale.storm(slow, order(), failed_later, status=Status.FAILED)
    (trouble,) = tale.result().troubles

    assert tale.result().verdict is BROKEN
    assert (trouble.sign, trouble.evidence) == ("not-recovered", ("expected 1 order, got 2",))


def test_a_blank_page_in_a_storm_that_was_lifted() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    nothing = tuple(look(at, text="", controls=(), fields=()) for at in (1.0, 10.0, 20.0))
    tale.storm(
        basket(done=False, ended=BEGAN + 20, looks=nothing, calls=(failed(BASKET),), strikes=(BASKET,),
               healed=Recovery.RELOAD),
        order(),
        follow(),
    )  # fmt: skip

    result = tale.result()

    assert (cell_of(result, BASKET).outcome, result.verdict) == (Outcome.BROKEN_UI, BROKEN)


def test_a_rule_that_holds_for_every_call_strikes_every_step() -> None:
    tale = Tale("throttle:200,up=60")
    tale.calm()
    held = RuleCount(rule=tale.plans[0].rules[0].id, fault="throttle", matched=9, applied=9)
    tale.storm(basket(ended=BEGAN + 0.9), order(ended=BEGAN + 1.6), follow(), counts=(held,))

    result = tale.result()

    assert [(one.step, one.site, one.score) for one in result.cells] == [
        ("Open the basket", "every call", 100.0),
        ("Place the order", "every call", 100.0),
        ("Follow the order", "every call", 100.0),
    ]
    assert result.verdict is HELD


def test_a_page_that_opens_what_is_not_for_its_role() -> None:
    tale = Tale(UNAVAILABLE)
    tale.calm()
    opened = (done_look(controls=(Control(key="a#audit", name="Audit trail", kind="link"),)),)
    tale.storm(basket(), order(calls=(call(), failed("GET /api/me")), looks=opened, strikes=("GET /api/me",)), follow())
    guard = Guard(role="shopper", pattern="^Audit trail$", for_role="admin")

    result = tale.result(guards=(guard,))

    assert result.verdict is StormVerdict.LEAK
    assert tale.result(TABLE, guards=()).verdict is not StormVerdict.LEAK


def test_polling_belongs_to_no_step_and_counts_once() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    polled = "GET /api/orders/{id}/events"
    background = {"polls": (polled,)}
    tale.storm(basket(**background), order(**background), follow())

    (cell,) = tale.result().cells

    assert (cell.step, cell.site, cell.verdict, cell.weight) == ("*", polled, HELD, 3.0)

    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(), order(strikes=(ORDER,), calls=(call(ORDER, fault="latency"),)), follow(**background))
    assert {one.step for one in tale.result().cells} == {"Place the order", "*"}

    tale = Tale(LATENCY)
    tale.calm()
    tale.storm(basket(strikes=(BASKET,), polls=(polled,), calls=(call(BASKET, fault="latency"),)), order(), follow())
    assert [one.site for one in tale.result().cells] == [BASKET]


def test_what_is_gone_between_two_counts_is_told_once() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    slow = {"strikes": ("GET /api/orders/{id}",), "calls": (call("GET /api/orders/{id}", fault="latency"),)}
    tale.storm(
        basket(),
        order(strikes=(ORDER,), calls=(call(ORDER, fault="latency"),)),
        follow(**slow),
        orders=(("1",), ("2",)),
    )

    result = tale.result()

    assert [(one.step, one.outcome) for one in result.cells] == [
        ("Place the order", Outcome.CORRUPT),
        ("Follow the order", Outcome.TRANSPARENT),
    ]


def test_to_ask_for_a_login_is_right_where_the_fault_ends_the_session() -> None:
    def signs(rule: str, fault: str) -> list[str]:
        tale = Tale(rule)
        tale.calm()
        login = looks(1.0, 20.0, password_fields=1, controls=())
        ended = call(ORDER, status=None, fault=fault)
        tale.storm(
            basket(),
            order(done=False, calls=(ended,), looks=login, strikes=(ORDER,), healed=Recovery.NEW_LOGIN),
            follow(),
        )
        return [one.sign for one in tale.result().troubles]

    assert "session-lost" in signs(LOST_REPLY, "lost-reply")
    assert signs("session-expiry @ POST /api/**", "session-expiry") == []


def test_what_was_made_twice_after_the_step_that_makes_it_is_found_in_the_one_that_was_struck() -> None:
    tale = Tale("reload")
    tale.calm()
    tale.storm(
        basket(),
        order(),
        follow(strikes=("GET /api/orders/{id}",), calls=(call("GET /api/orders/{id}", fault="reload"),)),
        orders=(("1",), ("1", "2", "3")),
    )

    result = tale.result()

    assert [(one.sign, one.step) for one in result.troubles] == [("duplicate-order", "Follow the order")]
    assert result.verdict is BROKEN


def test_a_journey_that_fails_after_a_step_was_healed_has_not_held() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    helped = order(
        done=False, calls=(failed(),), messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY
    )
    tale.storm(basket(), helped, follow(), status=Status.FAILED, reason="expected one order, got two")

    assert tale.result().verdict.deviated
    assert "the journey fails afterwards" in [one.words for one in tale.result().troubles]


def test_a_step_that_only_a_storm_has_is_not_compared_with_another_of_the_same_number() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    notice = basket(name="Close the notice", calls=(call(BASKET, took=0.6, fault="latency"),), strikes=(BASKET,))
    tale.storm(basket(), notice, order(), follow())

    assert tale.result().troubles == ()
    assert tale.result().verdict is INCONCLUSIVE
