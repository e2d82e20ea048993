from __future__ import annotations

from dataclasses import replace
from typing import Any

from stormwalk.observations import Call
from stormwalk.storm import FaultDecision
from stormwalk.strikes import Strikes, without_injected
from tests.dashboard import tales


def order(began: float, ms: float = 40.0, status: int | None = None) -> Call:
    return replace(tales.call("/api/orders", ms, status, "POST"), started_at=began)


def decision(at: float, rule: str = "lost", **changed: Any) -> FaultDecision:
    made = tales.blows("a", 4).decision
    return replace(made, at=at, key=replace(made.key, rule=rule), **changed)


def test_the_second_try_of_the_application_is_not_struck_because_the_first_one_was() -> None:
    strikes = Strikes.of([decision(at=100.03)])

    assert [one.fault for one in strikes.take(order(100.0))] == ["lost-reply"]
    assert strikes.take(order(100.3, status=201)) == ()


def test_a_call_before_the_decision_was_not_struck() -> None:
    strikes = Strikes.of([decision(at=100.53)])

    assert strikes.take(order(100.0, status=201)) == ()
    assert strikes.take(order(100.5)) != ()


def test_several_rules_may_strike_one_call() -> None:
    strikes = Strikes.of([decision(at=100.01, rule="slow"), decision(at=100.02, rule="lost")])

    assert len(strikes.take(order(100.0))) == 2


def test_the_time_without_us() -> None:
    late = decision(at=100.5, observed_ms=500.0, went_on=True)

    assert without_injected(order(100.0, 540.0, 200), (late,)) == 40.0
    assert without_injected(order(100.0, 540.0), (late, decision(at=100.5))) is None, "what we ended took no time"
    assert without_injected(order(100.0, 40.0, 200), ()) == 40.0


def test_whom_a_decision_was_made_about_gets_it_though_we_heard_of_an_earlier_end_only_then() -> None:
    answered, struck = order(100.0, 990.0, 201), order(101.0, status=503)
    decided = decision(at=101.0, began_at=101.02)

    assert Strikes.of([decided]).shared_out([answered, struck]) == [(), (decided,)]
    assert Strikes.of([decided]).shared_out([struck, answered]) == [(decided,), ()]


def test_two_clocks_may_be_apart() -> None:
    decided = decision(at=100.1)

    assert Strikes.of([decided]).shared_out([order(100.0)]) == [(decided,)]
