"""What counts as a failed call, a passed role check, and the worst trouble."""

from __future__ import annotations

import pytest

from stormwalk.model import Status
from stormwalk.observations import Call, CallSource
from stormwalk.reporting import facts
from stormwalk.reporting.facts import CallOutcome, RoleResult
from tests.reporting.samples import call, journey, run, step

P, F, E, S = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


@pytest.mark.parametrize(
    ("one", "expected", "refused"),
    [
        (call(status=200), CallOutcome.PASSED, False),
        (call(status=304), CallOutcome.PASSED, False),
        (call(status=401), CallOutcome.PASSED, True),
        (call(status=403), CallOutcome.PASSED, True),
        (call(status=500), CallOutcome.FAILED, False),
        (call(status=503, failure="net::ERR_ABORTED"), CallOutcome.FAILED, False),
        (call(status=None), CallOutcome.FAILED, False),
        (call(status=None, failure="net::ERR_CONNECTION_RESET"), CallOutcome.FAILED, False),
        (call(status=200, failure="net::ERR_INCOMPLETE_CHUNKED_ENCODING"), CallOutcome.FAILED, False),
        (call(status=None, failure="net::ERR_ABORTED"), CallOutcome.CANCELLED, False),
        (call(status=200, failure="net::ERR_ABORTED"), CallOutcome.CANCELLED, False),
        (call(status=None, failure="NS_BINDING_ABORTED"), CallOutcome.CANCELLED, False),
        (call(status=None, failure="net::ERR_CONNECTION_ABORTED"), CallOutcome.FAILED, False),
    ],
)
def test_how_a_call_counts(one: Call, expected: CallOutcome, refused: bool) -> None:
    assert (facts.outcome(one), facts.is_refused(one)) == (expected, refused)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (call(resource_type="fetch"), True),
        (call(resource_type="xhr"), True),
        (call(resource_type="document"), False),
        (call(resource_type="", source=CallSource.API), True),
    ],
)
def test_which_calls_are_of_the_api(one: Call, expected: bool) -> None:
    assert facts.is_api(one) is expected


def test_the_api_figures_add_up_and_include_calls_outside_of_steps() -> None:
    calls = (
        call(),
        call(status=403),
        call("/api/orders", 500, method="POST"),
        call(status=None, failure="net::ERR_ABORTED"),
    )
    whole = run(
        journey(step(calls=calls), background_calls=(call("/api/events"), call("/app.js", resource_type="script")))
    )
    apis = facts.apis(whole)
    assert (apis.calls, apis.endpoints) == (5, 3)
    assert (apis.passed, apis.failed, apis.cancelled, apis.refused) == (3, 1, 1, 1)


@pytest.mark.parametrize(
    ("checks", "result", "passed"),
    [
        ((), RoleResult.NOT_CHECKED, 0),
        ((S, S), RoleResult.NOT_CHECKED, 0),
        ((P, P), RoleResult.PASSED, 2),
        ((P, F, E), RoleResult.FAILED, 1),
        ((P, S), RoleResult.INCOMPLETE, 1),
        ((E,), RoleResult.INCOMPLETE, 0),
        ((P, None), RoleResult.INCOMPLETE, 1),
    ],
)
def test_a_role_check_that_was_not_made_has_not_passed(
    checks: tuple[Status | None, ...], result: RoleResult, passed: int
) -> None:
    steps = [step(index, status=status, role_check=True) for index, status in enumerate(checks, 1)]
    roles = facts.role_validation(run(journey(*steps, step(9))))
    assert (roles.result, roles.passed, roles.total) == (result, passed, len(checks))


def test_endpoints_have_their_times_by_nearest_rank_and_cancelled_calls_give_none() -> None:
    calls = [call(ms=float(ms)) for ms in range(1, 41)] + [call(status=None, ms=9999.0, failure="net::ERR_ABORTED")]
    slow = call("/api/slow", ms=500.0, status=502)
    first, second = facts.endpoints([*calls, slow])
    assert (first.template, first.failed, first.slowest_ms) == ("/api/slow", 1, 500.0)
    assert (second.count, second.cancelled) == (41, 1)
    assert (second.median_ms, second.p95_ms, second.slowest_ms) == (20.5, 38.0, 40.0)


def test_an_endpoint_without_any_time_has_none() -> None:
    (only,) = facts.endpoints([call(ms=None)])
    assert (only.median_ms, only.p95_ms, only.slowest_ms) == (None, None, None)


def test_the_worst_trouble_comes_first() -> None:
    whole = run(
        journey(step(1, "unfinished", None), status=None, key="a"),
        journey(step(1, "error", E, weight=9), status=E, key="b"),
        journey(step(1, "light", F), step(2, "after", S), status=F, key="c"),
        journey(step(1, "heavy", F, weight=5), status=F, key="d"),
        journey(step(1, "fine"), key="e"),
    )
    found = facts.troubles(whole)
    assert [one.step.name for one in found if one.step] == ["heavy", "light", "error", "unfinished"]
    assert [one.not_reached for one in found] == [0, 1, 0, 0]
    assert found[-1].reason == "It was still under way when the recording ended."


def test_a_journey_that_failed_outside_of_its_steps_is_a_trouble_too() -> None:
    (only,) = facts.troubles(run(journey(step(), status=E, reason="The browser could not be launched.")))
    assert only.step is None
    assert only.reason == "The browser could not be launched."
