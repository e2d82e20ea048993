from __future__ import annotations

from stormwalk.history import flaky
from stormwalk.model import Status
from stormwalk.store import Store
from tests.history.past import PROJECT, journey, keep, run, step, under

GOOD = journey(step("Log in"), step("Buy"))
BAD = journey(step("Log in"), step("Buy", Status.FAILED, reason="no confirmation"))


def test_a_step_that_passed_and_failed_on_one_commit_is_flaky(store: Store) -> None:
    ids = keep(store, run(1, GOOD), run(2, BAD), run(3, GOOD))

    (one,) = flaky(store, PROJECT)

    assert (one.journey, one.step) == ("A shopper buys", "Buy")
    assert (one.passed, one.failed, one.flips) == (2, 1, 2)
    assert (one.commits, one.last_run, one.reason) == (("c1",), ids[1], "no confirmation")


def test_a_step_that_another_commit_broke_or_mended_is_not(store: Store) -> None:
    keep(store, run(1, GOOD), run(2, BAD, commit="c2"), run(3, BAD, commit="c2"), run(4, GOOD, commit="c3"))

    assert flaky(store, PROJECT) == ()


def test_two_commits_are_not_one_although_something_failed_on_each(store: Store) -> None:
    log_in = journey(step("Log in", Status.FAILED), step("Buy"))
    keep(store, run(1, log_in, commit="c1"), run(2, BAD, commit="c2"))

    assert flaky(store, PROJECT) == ()


def test_an_error_and_a_step_that_was_not_reached_say_nothing(store: Store) -> None:
    error = journey(step("Log in", Status.ERROR), step("Buy", Status.SKIPPED))
    keep(store, run(1, GOOD), run(2, error))

    assert flaky(store, PROJECT) == ()


def test_what_a_storm_broke_is_not_flaky_but_a_control_can_be(store: Store) -> None:
    keep(store, run(1, GOOD, under("outage", BAD)))
    assert flaky(store, PROJECT) == ()
    keep(store, run(3, BAD, under("outage", GOOD), commit="c3"))
    assert flaky(store, PROJECT) == (), "nor does a storm that it passed make it so"

    control = under("", journey(step("Buy", Status.FAILED), key="c2", nodeid=f"{BAD.nodeid}[control-2]"))
    keep(store, run(2, GOOD, control))
    assert [one.step for one in flaky(store, PROJECT)] == ["Buy"]


def test_without_a_commit_nobody_knows_whether_the_code_was_the_same(store: Store) -> None:
    keep(store, run(1, GOOD, commit=""), run(2, BAD, commit=""))

    assert flaky(store, PROJECT) == ()


def test_ranks_what_changes_most_often_first(store: Store) -> None:
    def walks(once: Status, often: Status) -> tuple[Status, Status]:
        return once, often

    good, bad = Status.PASSED, Status.FAILED
    pairs = [walks(good, good), walks(good, bad), walks(good, good), walks(bad, bad)]
    keep(store, *(run(n, journey(step("Once", a), step("Often", b))) for n, (a, b) in enumerate(pairs)))

    assert [(one.step, one.flips) for one in flaky(store, PROJECT)] == [("Often", 3), ("Once", 1)]


def test_two_steps_of_one_name_are_two(store: Store) -> None:
    keep(
        store,
        run(1, journey(step("Log in"), step("Log in"))),
        run(2, journey(step("Log in"), step("Log in", Status.FAILED))),
    )

    assert [one.step for one in flaky(store, PROJECT)] == ["Log in (2)"]
