"""Where the marks of the charts stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.reporting.storm_charts import Chart, call_charts, ladders, step_charts
from stormwalk.storm_judgement import Degradation, Recovery
from stormwalk.storm_results import CallDegradation, StepDegradation, StormFigures
from tests.reporting.storm_verdicts import judgement

SLOWER = Degradation(
    control_ms=200.0,
    storm_ms=700.0,
    controls=3,
    storms=3,
    control_spread_ms=40.0,
    percent=250.0,
    interval=(200.0, 300.0),
    significant=True,
)


def chart(*rows: Degradation) -> Chart:
    steps = [StepDegradation(journey="A", step=str(n), plan="latency", degradation=row) for n, row in enumerate(rows)]
    return step_charts(steps)[0]


def test_a_mark_stands_beside_its_control_on_the_scale_of_the_chart() -> None:
    drawn = chart(SLOWER)
    (mark,) = drawn.marks
    assert drawn.ticks == ((0.0, "0"), (50.0, "500"), (100.0, "1,000 ms"))
    assert (mark.band, mark.median, mark.dot, mark.whisker) == ((18.0, 22.0), 20.0, 70.0, (60.0, 80.0))
    assert (mark.control, mark.storm, mark.change, mark.key) == ("200 ms", "700 ms", "+250 %", "slower")
    assert mark.says == "+250 % (+200 to +300 %; 700 ms against 200 ms); 3 controls, 3 under the storm"


@pytest.mark.parametrize(
    ("given", "change", "key"),
    [
        ({"significant": False}, "within noise", "noise"),
        ({"percent": None, "interval": None}, "too few samples", "noise"),
        ({"control_ms": None}, "not measured", "noise"),
        ({"percent": -40.0, "interval": (-50.0, -30.0)}, "-40 %", "faster"),
    ],
)
def test_what_is_not_proven_is_not_claimed(given: dict[str, object], change: str, key: str) -> None:
    (mark,) = chart(replace(SLOWER, **given)).marks  # type: ignore[arg-type]
    assert (mark.change, mark.key) == (change, key)


@pytest.mark.parametrize("storm", [0.0, 0.3, 7.0, 99.0, 1500.0, 31_000.0, 1e9])
def test_there_are_a_few_ticks_whatever_the_time_and_nothing_stands_outside(storm: float) -> None:
    drawn = chart(replace(SLOWER, control_ms=storm / 3, storm_ms=storm, control_spread_ms=storm, interval=None))
    assert 2 <= len(drawn.ticks) <= 4
    assert drawn.ticks[-1][1].endswith((" ms", " s"))
    (mark,) = drawn.marks
    assert mark.dot is not None
    assert all(0 <= place <= 100 for place in (*mark.band, mark.dot, mark.median or 0, *(at for at, _ in drawn.ticks)))


def test_what_was_never_done_under_the_storm_has_no_row_and_a_chart_of_nothing_is_none() -> None:
    never = Degradation(control_ms=20.0, storm_ms=None, controls=3, storms=0)
    assert [mark.name for mark in chart(never, SLOWER, never).marks] == ["1"]
    assert step_charts([StepDegradation(journey="A", step="a", plan="outage", degradation=never)]) == []


def test_a_step_that_only_the_storm_did_can_be_drawn() -> None:
    (mark,) = chart(Degradation(control_ms=None, storm_ms=20.0, controls=0, storms=1)).marks
    assert (mark.median, mark.dot, mark.whisker) == (None, 100.0, None)


def test_steps_stand_by_journey_and_endpoints_by_change() -> None:
    assert [one.name for one in step_charts(judgement().steps)] == ["A shopper buys", "A manager changes a price"]
    titled = step_charts(judgement().steps, {"A shopper buys": "Buying"})
    assert [one.name for one in titled] == ["Buying", "A manager changes a price"]
    little = replace(SLOWER, percent=10.0)
    calls = [
        CallDegradation(endpoint=name, plan="latency", degradation=row)
        for name, row in (("b", little), ("a", SLOWER), ("c", replace(SLOWER, percent=None)))
    ]
    (drawn,) = call_charts(calls)
    assert [mark.name for mark in drawn.marks] == ["a", "b", "c"]


def test_the_ladder_has_the_whole_run_and_each_plan_that_needed_it() -> None:
    whole, *plans = ladders(judgement())
    assert (whole.name, whole.total, whole.recovered) == ("All plans", 8, 7)
    assert [one.name for one in plans] == ["flaky-api", "outage", "lost-reply", "expired-session", "rate-limited"]
    assert plans[1].rungs == ((Recovery.RELOAD, 1), (Recovery.NOT_RECOVERED, 1))
    assert ladders(replace(judgement(), figures=StormFigures(injected="none"))) == []
