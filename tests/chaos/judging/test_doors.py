"""Doors of the API that open under failure are a finding; what only the tester missed is none."""

from __future__ import annotations

import pytest

from chaos.seen import SeenCall
from stormwalk.access.results import AccessCell, Expected, Verdict
from stormwalk.observations import Call, CallSource
from stormwalk.storm import RuleCount
from stormwalk.storm_events import DoorsTried
from stormwalk.storm_judgement import StormVerdict
from tests.chaos.scenes import BEGAN
from tests.chaos.tales import Tale, Told, basket, order

HOOK = "hook:permissions=fail"
ON = (RuleCount(rule=HOOK, fault="hook", matched=1, applied=1),)
USERS = "GET /api/admin/users"


def api_call() -> SeenCall:
    made = Call(
        method="GET",
        url="http://shop.test/api/admin/users",
        template="/api/admin/users",
        source=CallSource.API,
        resource_type="api",
        started_at=BEGAN,
        status=503,
    )
    return SeenCall(call=made)


def refused_by_api(*, done: bool) -> Told:
    """A step of the API client alone, which is not refused as it should be while the hook is on."""
    return Told(name="Be refused", seen=order(done=done, calls=(api_call(),), pressed=()).seen)


def tale_of(verdict: Verdict | None, last: Told) -> Tale:
    tale = Tale(HOOK)
    tale.calm(3, basket(), refused_by_api(done=True))
    key = tale.storm(basket(), last, counts=ON, orders=None, articles=None)
    if verdict is not None:
        cell = AccessCell(endpoint=USERS, role="shopper", expected=Expected.DENY, verdict=verdict)
        tale.walks[-1].insert(-1, DoorsTried(at=BEGAN, journey=key, cells=(cell,)))
    return tale


@pytest.mark.parametrize("done", [True, False])
def test_an_opened_door_is_a_leak_that_names_its_call(done: bool) -> None:
    judgement = tale_of(Verdict.BYPASSED, refused_by_api(done=done)).judged()

    (finding,) = judgement.findings
    assert (finding.sign, finding.call, finding.verdict) == ("access-opened", USERS, StormVerdict.LEAK)
    assert judgement.experiments[0].verdict is StormVerdict.LEAK


@pytest.mark.parametrize("verdict", [None, Verdict.ENFORCED, Verdict.SERVER_ERROR, Verdict.INCONCLUSIVE])
def test_a_door_that_stays_shut_and_a_step_that_no_user_missed_are_nothing(verdict: Verdict | None) -> None:
    judgement = tale_of(verdict, refused_by_api(done=False)).judged()

    assert judgement.findings == ()
    assert judgement.experiments[0].verdict is StormVerdict.HELD
