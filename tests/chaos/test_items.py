"""The items of a journey in a run of storms: what they are called, in which order they come, how often."""

from __future__ import annotations

import pytest

from chaos.items import experiments_for
from chaos.plan import plans_for

ONE, TWO, SLOW = plans_for("lost-reply")[0], plans_for("outage")[0], plans_for("latency")[0]


def ids(*plans: str, controls: int = 3, repeats: int = 0) -> list[str]:
    found = [plan for name in plans for plan in plans_for(name)]
    return [one.id for one in experiments_for(found, controls=controls, repeats=repeats)]


def test_controls_come_first_and_stand_between_the_experiments() -> None:
    assert ids("lost-reply", "outage", "offline") == [
        "control-1", "lost-reply", "control-2", "outage", "control-3", "offline",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("plans", "controls", "order"),
    [
        (("outage",), 3, ["control-1", "control-2", "control-3", "outage"]),
        (("outage", "offline"), 1, ["control-1", "outage", "offline"]),
        (("outage", "offline"), 0, ["outage", "offline"]),
        ((), 2, ["control-1", "control-2"]),
    ],
)
def test_few_of_either(plans: tuple[str, ...], controls: int, order: list[str]) -> None:
    assert ids(*plans, controls=controls) == order


def test_latency_is_walked_three_times_and_every_plan_as_often_as_is_asked() -> None:
    assert ids("latency", controls=1) == ["control-1", "latency-1", "latency-2", "latency-3"]
    assert ids("latency", "outage", controls=1, repeats=2) == [
        "control-1", "latency-1", "latency-2", "outage-1", "outage-2",
    ]  # fmt: skip
    assert ids("latency", controls=1, repeats=1) == ["control-1", "latency"]


def test_a_repeat_counts_from_zero_and_no_experiment_is_lost() -> None:
    made = experiments_for([ONE, TWO, SLOW], controls=4)
    assert [one.repeat for one in made if one.plan is SLOW] == [0, 1, 2]
    assert [one.is_control for one in made].count(True) == 4
    assert len({one.id for one in made}) == len(made) == 9


def test_a_rule_in_shorthand_has_an_id_that_can_be_selected() -> None:
    (_, found) = ids("http:503 once @ POST /api/orders", controls=1)
    assert found.startswith("http-503-once-post-api-orders-")
    assert found.replace("-", "").isalnum()
