from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stormwalk.access.results import Severity, Verdict
from stormwalk.config.gate import GateTable
from stormwalk.control import ControlKind, ControlRequest
from stormwalk.exit_code import exit_code
from stormwalk.gate.judging import gate_of, judge
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.history.base import base_of
from stormwalk.history.state import state_of
from stormwalk.model import Journey, Run, RunMode, Status
from stormwalk.store import Store
from stormwalk.storm_judgement import StormVerdict
from tests.history.past import PROJECT, journey, keep, run, step
from tests.reporting.access_samples import finding, with_access
from tests.reporting.storm_runs import calm, judged, rich, unjudged

FAILED = Status.FAILED
RATCHET = GateTable(ratchet=True)
LOG_IN = "A shopper buys > Log in"
BUY = "A shopper buys > Buy"
ORDER = "GET /api/orders/{id} as shopper"


def _walk(log_in: Status = Status.PASSED, buy: Status = Status.PASSED, **more: float) -> Journey:
    return journey(step("Log in", log_in), step("Buy", buy, ms=more.get("ms", 100.0)))


def _judged(store: Store, table: GateTable, now: Run) -> GateResult:
    result = gate_of(store, now, table)
    assert result is not None
    return result


def _rule(result: GateResult, name: str) -> RuleResult:
    return next(one for one in result.rules if one.rule == name)


def _code(now: Run, result: GateResult, beside_failed: bool = False) -> int:
    told = replace(now, gate=result)
    return exit_code(told, pytest_exit=1, interrupted=False, beside_failed=beside_failed)


def test_without_a_rule_there_is_no_gate(store: Store) -> None:
    assert gate_of(store, run(1, _walk()), GateTable()) is None


def test_red_before_and_red_now_passes(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)))
    now = run(2, _walk(buy=FAILED), branch="topic")

    result = _judged(store, RATCHET, now)

    assert _rule(result, "ratchet").passed
    assert result.excused == (BUY,)
    assert _code(now, result) == 0


def test_what_was_never_begun_was_not_excused(store: Store) -> None:
    """With `-x` pytest ends at the first red."""
    keep(store, run(1, _walk(buy=FAILED)))
    walk = _walk(buy=FAILED)
    now = replace(run(2, walk, branch="topic"), planned=(walk.nodeid, "journeys/test_admin.py::test_admin"))

    assert _code(now, _judged(store, RATCHET, now)) == 2


def test_green_before_and_red_now_fails_and_names_the_cell(store: Store) -> None:
    (base,) = keep(store, run(1, _walk(buy=FAILED)))
    now = run(2, _walk(log_in=FAILED, buy=FAILED), branch="topic")

    result = _judged(store, RATCHET, now)

    assert result.compared_with == base
    assert _rule(result, "ratchet").cells == (LOG_IN,)
    assert _rule(result, "ratchet").words == "1 cell green on main and red now"
    assert result.excused == (BUY,)
    assert _code(now, result) == 1


def test_a_cell_that_the_base_never_judged_is_not_excused(store: Store) -> None:
    keep(store, run(1, journey(step("Log in"))))
    now = run(2, _walk(buy=FAILED))

    assert _rule(_judged(store, RATCHET, now), "ratchet").cells == (BUY,)


def test_without_an_earlier_run_everything_red_fails_as_ever(store: Store) -> None:
    now = run(2, _walk(buy=FAILED))

    result = _judged(store, RATCHET, now)

    assert _rule(result, "ratchet").passed is None
    assert "--baseline" in _rule(result, "ratchet").words
    assert _code(now, result) == 1


def test_a_test_beside_the_journeys_is_excused_by_nothing(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)))
    now = run(2, _walk(buy=FAILED))

    assert _code(now, _judged(store, RATCHET, now), beside_failed=True) == 1


def test_an_error_stays_an_error(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)))
    now = run(2, _walk(log_in=Status.ERROR, buy=Status.SKIPPED))

    assert _code(now, _judged(store, RATCHET, now)) == 2


def test_the_newest_colour_of_the_base_branch_counts_whatever_other_branches_say(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)), run(2, _walk()), run(3, _walk(buy=FAILED), branch="other"))
    # Not every run walks every journey: what this one has not judged stays as it was.
    keep(store, run(4, journey(step("Rate"), nodeid="journeys/test_other.py::test_other")))

    assert _rule(_judged(store, RATCHET, run(5, _walk(buy=FAILED))), "ratchet").cells == (BUY,)


def test_later_runs_and_the_run_itself_are_no_base(store: Store) -> None:
    now = run(2, _walk(buy=FAILED))
    keep(store, run(1, _walk()), now, run(3, _walk(buy=FAILED)))

    assert _rule(_judged(store, RATCHET, now), "ratchet").passed is False


def test_what_began_later_is_no_base_for_a_run_that_goes_on(store: Store) -> None:
    """The gate is asked before its run has ended, and a store may be shared by machines of unlike speed."""
    now = run(2, _walk(buy=FAILED))
    keep(store, run(1, _walk()), run(3, _walk(buy=FAILED)))

    assert _rule(_judged(store, RATCHET, now), "ratchet").cells == (BUY,)


@pytest.mark.parametrize(("then", "given", "cells"), [(FAILED, Status.PASSED, (BUY,)), (Status.PASSED, FAILED, ())])
def test_of_store_and_baseline_the_newer_counts(
    store: Store, tmp_path: Path, then: Status, given: Status, cells: tuple[str, ...]
) -> None:
    keep(store, run(1, _walk(buy=then)))
    with Store.open(tmp_path / "elsewhere.db") as other:
        keep(other, run(2, _walk(buy=given)))
        state = state_of(other, PROJECT, "main")

    result = gate_of(store, run(3, _walk(buy=FAILED), branch="topic"), RATCHET, state)

    assert result is not None
    assert _rule(result, "ratchet").cells == cells
    assert result.compared_with == state.bases[0].run


def test_the_baseline_of_another_branch_is_no_base(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "elsewhere.db") as other:
        keep(other, run(1, _walk(buy=FAILED), branch="develop"))
        state = state_of(other, PROJECT, "develop")

    result = gate_of(store, run(3, _walk(buy=FAILED), branch="topic"), RATCHET, state)

    assert result is not None
    assert result.excused == ()
    assert _rule(result, "ratchet").words.startswith("no earlier run of main is known")


def test_the_other_mode_is_no_base(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED), mode=RunMode.CHAOS))

    assert _rule(_judged(store, RATCHET, run(2, _walk(buy=FAILED))), "ratchet").passed is None


def test_a_new_leak_at_a_place_that_leaks_already_is_new(store: Store) -> None:
    whole = with_access()
    assert whole.access is not None
    place = "GET /api/orders/{id} as shopper"
    one = replace(whole.access, findings=(finding("over-permission", place),))
    two = replace(whole.access, findings=(finding("over-permission", place), finding("mass-assignment", place, id="b")))
    keep(store, replace(whole, id="20261001-000001-aaaa", started_at=1.0, access=one))

    now = replace(whole, id="20261001-000002-aaaa", access=two)

    assert _rule(_judged(store, RATCHET, now), "ratchet").cells == (f"{place}: mass-assignment",)


def test_a_leak_that_was_mended_is_green_again(store: Store) -> None:
    whole = with_access()
    assert whole.access is not None
    leaky = replace(whole.access, findings=(finding("over-permission", "GET /api/hidden as shopper"),))
    clean = replace(whole.access, findings=())
    keep(
        store,
        replace(whole, id="20261001-000001-aaaa", started_at=1.0, access=leaky),
        replace(whole, id="20261001-000002-aaaa", started_at=2.0, access=clean),
    )

    now = replace(whole, id="20261001-000003-aaaa", access=leaky)

    assert _rule(_judged(store, RATCHET, now), "ratchet").passed is False


@pytest.mark.parametrize("where", ["GET /api/orders/{id} as shopper", "GET /api/hidden as shopper"])
@pytest.mark.parametrize("table", [RATCHET, GateTable(new_findings=0)], ids=["ratchet", "new findings"])
def test_a_check_that_could_not_look_there_takes_nothing_off_the_base(
    store: Store, where: str, table: GateTable
) -> None:
    whole = with_access()
    assert whole.access is not None
    leaky = replace(whole.access, findings=(finding("over-permission", where),))
    good = next(one.place for one in whole.access.cells if one.verdict.is_good)
    unseen = [
        replace(one, verdict=Verdict.INCONCLUSIVE) if one.place in (ORDER, good) else one for one in whole.access.cells
    ]
    keep(
        store,
        replace(whole, id="20261001-000001-aaaa", started_at=1.0, access=leaky),
        replace(
            whole, id="20261001-000002-aaaa", started_at=2.0, access=replace(leaky, findings=(), cells=tuple(unseen))
        ),
    )

    now = replace(whole, id="20261001-000003-aaaa", access=leaky)

    assert not _judged(store, table, now).failed


@pytest.mark.parametrize(
    ("other", "known"),
    [
        pytest.param({"plan": "another-plan"}, True, id="it walked other plans"),
        pytest.param({"journey": "test_shopper.py::test_buys[chromium-gold]"}, True, id="with other parameters"),
        pytest.param({}, False, id="it walked the same, and found nothing"),
    ],
)
def test_a_storm_takes_off_the_base_what_it_walked_again(store: Store, other: dict[str, Any], known: bool) -> None:
    found = rich()
    assert found.storm is not None
    assert found.storm.judgement is not None
    held = [replace(one, verdict=StormVerdict.HELD, **other) for one in found.storm.judgement.experiments]
    calm_again = replace(found.storm.judgement, findings=(), experiments=tuple(held))
    keep(
        store,
        replace(found, id="20261001-000001-aaaa", started_at=1.0),
        replace(found, id="20261001-000002-aaaa", started_at=2.0, storm=replace(found.storm, judgement=calm_again)),
    )

    now = replace(found, id="20261001-000003-aaaa", started_at=3.0)

    assert _rule(_judged(store, GateTable(new_findings=0), now), "new_findings").passed is known


def test_cells_of_storms_are_held_too(store: Store) -> None:
    storm = rich()
    keep(store, replace(storm, id="20261001-000001-aaaa", started_at=1.0))

    result = _judged(store, RATCHET, storm)

    assert _rule(result, "ratchet").passed
    assert "A shopper buys > Place the order, POST /api/orders, lost-reply, lost-reply" in result.excused


def test_what_was_red_for_something_less_excuses_no_second_order(store: Store) -> None:
    worse = rich()
    assert worse.storm is not None
    assert worse.storm.judgement is not None
    graver = [one for one in worse.storm.judgement.findings if one.severity is Severity.CRITICAL]
    assert graver
    less = replace(
        worse.storm.judgement, findings=tuple(one for one in worse.storm.judgement.findings if one not in graver)
    )
    keep(
        store,
        replace(worse, id="20261001-000001-aaaa", started_at=1.0, storm=replace(worse.storm, judgement=less)),
    )

    rule = _rule(_judged(store, RATCHET, worse), "ratchet")

    assert rule.passed is False
    assert rule.words.endswith("red there for something less")
    assert any(graver[0].title in one for one in rule.cells)


def test_a_steered_run_stays_out_of_the_gate_and_of_the_base(store: Store) -> None:
    steered = judged(steered=True)
    keep(store, replace(steered, id="20261001-000001-aaaa", started_at=1.0))

    result = _judged(store, replace_table(pass_rate=100.0), steered)

    assert result.rules == ()
    assert "by hand" in result.remark
    assert base_of(store, steered.project, RunMode.CHAOS, "main") is None


def replace_table(**rules: object) -> GateTable:
    return GateTable.model_validate({"ratchet": True, **rules})


@pytest.mark.parametrize(("least", "passed"), [(50.0, True), (50.1, False), (100.0, False)])
def test_pass_rate(store: Store, least: float, passed: bool) -> None:
    result = _judged(store, GateTable(pass_rate=least), run(1, _walk(buy=FAILED)))

    assert _rule(result, "pass_rate").passed is passed
    assert _rule(result, "pass_rate").words.startswith("50 % of 2 steps passed")


def test_a_rate_is_never_rounded_up(store: Store) -> None:
    steps = [step(f"Step {number}") for number in range(2999)]
    result = _judged(store, GateTable(pass_rate=100.0), run(1, journey(step("Buy", FAILED), *steps)))

    assert _rule(result, "pass_rate").words == "99.9 % of 3,000 steps passed, 100 % are asked for"


def test_a_storm_without_a_score_is_not_good_enough() -> None:
    rule = _rule(judge(unjudged(), GateTable(resilience=1.0), None), "resilience")

    assert (rule.passed, rule.words) == (False, "no score could be given, 1 is asked for")


def test_resilience_is_asked_of_storms_alone() -> None:
    table = GateTable(resilience=99.0)

    assert judge(run(1, _walk()), table, None).rules == ()
    assert _rule(judge(rich(), table, None), "resilience").passed is False
    assert _rule(judge(rich(), GateTable(resilience=50.0), None), "resilience").passed


def test_new_findings_count_what_the_base_has_not(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)))
    now = run(2, _walk(log_in=FAILED, buy=FAILED))

    assert _rule(_judged(store, GateTable(new_findings=1), now), "new_findings").passed
    none = _rule(_judged(store, GateTable(new_findings=0), now), "new_findings")
    assert (none.passed, none.cells) == (False, (LOG_IN,))
    storm = rich()
    keep(store, replace(storm, id="20261001-000001-aaaa", started_at=1.0))
    assert _rule(_judged(store, GateTable(new_findings=0), storm), "new_findings").passed


def test_what_a_storm_has_found_is_new_where_the_base_has_not_found_it(store: Store) -> None:
    keep(store, replace(calm(), id="20261001-000001-aaaa", started_at=1.0))

    rule = _rule(_judged(store, GateTable(new_findings=0), rich()), "new_findings")

    assert rule.passed is False
    assert rule.words == f"{len(rule.cells)} new findings, none allowed"
    assert "Retrying after a lost reply places a second order" in rule.cells


def test_slower_than_names_the_step_and_needs_to_know_its_noise(store: Store) -> None:
    keep(store, run(1, _walk(ms=100.0)), run(2, _walk(ms=104.0)))
    table = GateTable(slower_than=50.0)
    assert _rule(_judged(store, table, run(9, _walk(ms=400.0))), "slower_than").passed is None
    keep(store, run(3, _walk(ms=98.0)))

    slow = _rule(_judged(store, table, run(9, _walk(ms=400.0))), "slower_than")

    assert (slow.passed, slow.cells) == (False, (f"{BUY}: 400 ms instead of 100 ms",))
    assert _rule(_judged(store, table, run(9, _walk(ms=145.0))), "slower_than").passed
    assert _rule(_judged(store, GateTable(slower_than=500.0), run(9, _walk(ms=400.0))), "slower_than").passed


def test_a_step_that_failed_is_not_slow_as_well(store: Store) -> None:
    keep(store, *(run(number, _walk()) for number in (1, 2, 3)))

    rule = _rule(_judged(store, GateTable(slower_than=50.0), run(9, _walk(buy=FAILED, ms=5000.0))), "slower_than")

    assert (rule.passed, rule.cells) == (True, ())


STOP = ControlRequest(kind=ControlKind.STOP, at=1.0, by="sam")


@pytest.mark.parametrize("cut", [{"interrupted": True}, {"requests": (STOP,)}])
def test_a_run_that_was_cut_off_proves_nothing(store: Store, cut: dict[str, Any]) -> None:
    result = _judged(store, RATCHET, run(1, _walk(buy=FAILED), **cut))

    assert (result.rules, result.holds_reds) == ((), False)


def test_a_run_that_was_cut_off_excuses_nothing_later(store: Store) -> None:
    keep(store, run(1, _walk()), run(2, _walk(buy=FAILED), interrupted=True))

    assert _rule(_judged(store, RATCHET, run(3, _walk(buy=FAILED))), "ratchet").cells == (BUY,)


def test_what_the_base_could_not_judge_is_as_it_was_before(store: Store) -> None:
    keep(store, run(1, _walk(buy=FAILED)), run(2, _walk(log_in=Status.ERROR, buy=Status.SKIPPED)))

    result = _judged(store, RATCHET, run(3, _walk(buy=FAILED)))

    assert (_rule(result, "ratchet").passed, result.excused) == (True, (BUY,))
