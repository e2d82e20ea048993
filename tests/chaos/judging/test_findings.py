from __future__ import annotations

import re
from dataclasses import replace

from chaos.judging import judge
from stormwalk.model import Status
from stormwalk.storm import PlanEntry
from stormwalk.storm_judgement import Recovery, ResilienceStatus
from stormwalk.storm_results import StormFinding
from tests.chaos.judging.test_judge import LATENCY, LOST_REPLY, RETRY, UNAVAILABLE, lost
from tests.chaos.scenes import BEGAN, ORDER, TOLD, call, failed, looks, thrown, walk
from tests.chaos.tales import BASKET, Tale, Told, basket, follow, order, plan_of

OUTAGE, OFFLINE = plan_of("outage"), plan_of("abort:internetdisconnected once @ POST /api/**", "offline")
TWICE = (("1",), ("1", "2", "3"))
ADMIN = "journeys/test_admin.py::test_admin"


def silent_order(fault: str = "http") -> Told:
    return order(done=False, calls=(failed(fault=fault),), strikes=(ORDER,), healed=Recovery.RETRY)


def silent_basket() -> Told:
    kept = {"looks": looks(0.2, 20.0), "ended": BEGAN + 20}  # every step is looked at when it ends
    return basket(done=False, calls=(failed(BASKET),), strikes=(BASKET,), healed=Recovery.RETRY, **kept)


def bought_twice() -> Told:
    return order(done=False, calls=(lost(),), messages=(TOLD,), looks=RETRY, strikes=(ORDER,), healed=Recovery.RETRY)


def only(tale: Tale) -> StormFinding:
    (one,) = tale.judged().findings
    return one


def test_one_mistake_that_shows_under_two_plans_is_one_finding() -> None:
    tale = Tale(OUTAGE, OFFLINE)
    tale.calm()
    tale.storm(basket(), silent_order(), follow(), plan=OUTAGE)
    tale.storm(basket(), silent_order("abort"), follow(), plan=OFFLINE)

    finding = only(tale)

    assert (finding.sign, finding.call) == ("silent-failure", ORDER)
    assert finding.shown_by == ("Shopper under offline", "Shopper under outage")
    assert (finding.reproduced, finding.tried) == (2, 2)


def test_one_mistake_that_shows_in_two_journeys_is_one_finding() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    tale.storm(basket(), silent_order(), follow())
    tale.journey, tale.title = ADMIN, "Admin"
    tale.calm()
    tale.storm(silent_order(), follow())

    assert only(tale).shown_by == ("Admin under outage", "Shopper under outage")


def test_different_calls_are_different_causes_and_so_are_different_families_of_faults() -> None:
    tale = Tale(OUTAGE, LOST_REPLY)
    tale.calm()
    tale.storm(silent_basket(), silent_order(), follow(), plan=OUTAGE)
    silent = order(done=False, calls=(lost(),), strikes=(ORDER,), healed=Recovery.RELOAD)
    tale.storm(basket(), silent, follow(), plan=tale.plans[1])

    assert sorted((one.call, one.sign) for one in tale.judged().findings) == [
        (BASKET, "silent-failure"),
        (ORDER, "silent-failure"),
        (ORDER, "silent-failure"),
    ]


def test_trouble_that_names_no_call_is_told_of_the_one_that_was_struck() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    spinning = looks(0.5, 12.0, 20.0, busy_marks=("form",))
    stopped = order(done=False, calls=(failed(),), looks=spinning, strikes=(ORDER,), healed=Recovery.RELOAD)
    tale.storm(basket(), stopped, follow())

    assert (only(tale).sign, only(tale).call, only(tale).title) == (
        "endless-spinner",
        ORDER,
        f"Endless spinner: {ORDER}",
    )


def test_numbers_in_the_name_of_a_step_make_no_other_cause() -> None:
    def told(number: int) -> Tale:
        tale = Tale(LATENCY)
        name = f"Follow order {number}"
        for calm in (101, 102, 103):
            tale.calm(1, basket(), order(), follow(name=f"Follow order {calm}"))
        tale.storm(
            basket(),
            order(),
            follow(
                name=name, console=(thrown(),), calls=(call("GET /api/orders/{id}"),), strikes=("GET /api/orders/{id}",)
            ),
        )
        return tale

    assert only(told(7)).id == only(told(1234)).id
    assert only(told(7)).words.startswith("the page does not catch: TypeError")


def test_the_id_of_a_cause_is_the_same_in_every_run() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    tale.storm(basket(), bought_twice(), follow(), orders=TWICE)
    other = Tale(plan_of("lost-reply"), seed="another")
    other.calm()
    other.storm(bought_twice(), follow(), orders=(("8", "9"), ("9", "11", "8", "10")))

    assert only(tale).id == only(other).id
    assert re.fullmatch(r"[0-9a-f]{10}", only(tale).id)


def test_what_did_not_show_in_every_walk_says_so_and_comes_behind_its_like() -> None:
    tale = Tale(LATENCY)
    tale.calm()
    struck = {"strikes": (BASKET,), "calls": (call(BASKET, fault="latency"),)}
    for repeat in (1, 2, 3):
        sometimes = (thrown("TypeError: sometimes"),) if repeat == 2 else ()
        tale.storm(
            basket(**struck, console=sometimes),
            order(console=(thrown("TypeError: always"),), strikes=(ORDER,), calls=(call(fault="latency"),)),
            follow(),
            repeat=repeat,
        )

    always, sometimes_ = tale.judged().findings

    assert (always.reproduced, always.tried) == (3, 3)
    assert (sometimes_.reproduced, sometimes_.tried) == (1, 3)


def test_repeats_are_one_cell_and_the_worst_of_them_counts() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    for repeat, made in enumerate((("1", "2"), ("1", "2", "3"), ("1", "2")), 1):
        tale.storm(basket(), bought_twice(), follow(), repeat=repeat, orders=(("1",), made))

    judged = tale.judged()

    assert [one.gate for one in judged.experiments[0].cells] == [False]
    assert (judged.score.valid, judged.score.planned) == (1, 1)
    assert len(judged.experiments[0].keys) == 3


def test_the_worst_comes_first() -> None:
    tale = Tale(OUTAGE, LOST_REPLY)
    tale.calm()
    tale.storm(silent_basket(), order(), follow(), plan=OUTAGE)
    tale.storm(basket(), bought_twice(), follow(), plan=tale.plans[1], orders=TWICE)

    assert [one.sign for one in tale.judged().findings] == ["duplicate-order", "silent-failure"]

    tale = Tale(OUTAGE, LOST_REPLY)
    tale.calm()
    wide = looks(1.0, 20.0, overflow_px=400.0)
    stopped = basket(done=False, ended=BEGAN + 20, messages=(TOLD,), looks=wide, calls=(failed(BASKET),))
    tale.storm(replace(stopped, strikes=(BASKET,), healed=Recovery.RETRY), order(), follow(), plan=OUTAGE)
    tale.storm(basket(), silent_order(), follow(), plan=tale.plans[1])
    assert [(one.sign, one.verdict.value) for one in tale.judged().findings] == [
        ("silent-failure", "deviated, degraded"),
        ("layout-broken", "deviated, broken"),
    ]


def test_pictures_are_those_of_the_first_walk_that_shows_it() -> None:
    tale = Tale(LOST_REPLY)
    tale.calm()
    key = tale.storm(basket(), bought_twice(), follow(), orders=TWICE)

    finding = only(tale)

    assert (finding.journey_key, finding.before, finding.after) == (key, f"{key}/2-BEFORE_FAULT", f"{key}/2-WORST")


def test_with_several_rules_cells_are_shown_and_count_only_where_one_fired() -> None:
    flaky = plan_of("flaky-api")
    for rules, valid in (((0, 1), 0), ((0,), 1)):
        tale = Tale(flaky)
        tale.calm()
        tale.storm(basket(), silent_order(), follow(), rules=rules)
        judged = tale.judged()

        assert judged.experiments[0].verdict.deviated
        assert {one.site for one in judged.experiments[0].cells} == {ORDER}
        assert (judged.score.valid, [one.sign for one in judged.findings]) == (valid, ["silent-failure"])
        assert all((one.score is None) == (valid == 0) for one in judged.experiments[0].cells)


def test_a_plan_that_nothing_is_known_of_is_judged_all_the_same() -> None:
    tale = Tale(PlanEntry(name="from the future", hypothesis="", rules=plan_of(UNAVAILABLE).rules))
    tale.calm()
    tale.storm(basket(), silent_order(), follow(), status=Status.PASSED)
    events = [one for one in tale.events if one.kind != "StormPlanned"]

    (result,) = judge(events).experiments
    assert (result.plan, result.verdict.deviated) == ("from the future", True)


def test_what_takes_the_whole_score_does_so_also_where_it_shows_in_one_walk_of_three() -> None:
    tale = Tale(OUTAGE)
    tale.calm()
    for repeat in (1, 2, 3):
        traced = failed(status=500, error_body="Traceback (most recent call last)" if repeat == 2 else "")
        broken = replace(silent_order(), seen=walk(calls=(traced,), messages=(TOLD,), looks=RETRY, console=(thrown(),)))
        tale.storm(basket(), broken, follow(), repeat=repeat)

    judged = tale.judged()

    assert [(one.gate, one.score) for one in judged.experiments[0].cells] == [(False, 0.0)]
    assert judged.score.status is ResilienceStatus.WEAK


def test_what_was_bought_twice_makes_a_run_weak_though_nobody_knows_which_of_two_rules_it_was() -> None:
    tale = Tale(LATENCY, "flaky-api")
    tale.calm()
    for repeat in range(40):
        tale.storm(basket(calls=(call(BASKET, fault="latency"),), strikes=(BASKET,)), order(), follow(), repeat=repeat)
    for repeat in range(2):
        tale.storm(basket(), bought_twice(), follow(), plan=tale.plans[1], rules=(0, 1), orders=TWICE, repeat=repeat)

    score = tale.judged().score

    assert (score.status, [one.sign for one in score.violations]) == (ResilienceStatus.WEAK, ["duplicate-order"])
