"""What a run is counted by, in fair weather and in storms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.model import FlowStatus, JourneyStorm, RunMode, Status, Totals
from tests.reporting.samples import journey, plausible, run, step
from tests.reporting.storm_runs import rich

STORM = JourneyStorm(plan="outage", seed="7")
CONTROL = JourneyStorm(plan="", seed="7", repeat=1)
FAILED = journey(step(status=Status.FAILED), step(2, status=None), status=Status.FAILED, key="storm", storm=STORM)


@pytest.mark.parametrize(
    ("parameters", "storm", "title"),
    [
        ("", None, "A shopper buys"),
        ("[chromium]", None, "A shopper buys"),
        ("[chromium-de]", None, "A shopper buys [de]"),
        ("[de-fr]", None, "A shopper buys [de-fr]"),
        ("[chromium-control-2]", CONTROL, "A shopper buys"),
        ("[chromium-de-control-2]", CONTROL, "A shopper buys [de]"),
        ("[chromium-outage]", STORM, "A shopper buys"),
        ("[chromium-de-outage]", STORM, "A shopper buys [de]"),
    ],
)
def test_a_journey_with_other_parameters_has_another_title(
    parameters: str, storm: JourneyStorm | None, title: str
) -> None:
    one = replace(journey(storm=storm), nodeid=f"journeys/test_shopper.py::test_shopper{parameters}")

    assert one.full_title == title


def test_in_a_normal_run_every_journey_is_in_fair_weather() -> None:
    whole = plausible()

    assert whole.fair_weather == whole.journeys
    assert (whole.storm_walks, whole.is_storm, whole.only_storms) == ((), False, False)


def test_what_failed_under_a_storm_is_no_failure_of_the_application() -> None:
    whole = run(journey(step(), storm=CONTROL), FAILED)

    assert (whole.totals, whole.flow_status) == (Totals(passed=1), FlowStatus.PASSED)
    assert [one.key for one in whole.storm_walks] == ["storm"]


def test_a_control_that_failed_is_one() -> None:
    whole = run(journey(step(), storm=CONTROL), replace(FAILED, storm=CONTROL))

    assert (whole.totals, whole.flow_status) == (Totals(passed=1, failed=1, errors=1), FlowStatus.PARTIAL_FAILURE)


def test_a_run_of_nothing_but_storms_says_so() -> None:
    assert run(FAILED).only_storms
    assert not run().only_storms
    assert not rich().only_storms


def test_a_storm_is_known_by_its_mode_before_anything_else_is() -> None:
    assert replace(run(), mode=RunMode.CHAOS).is_storm
    assert rich().is_storm
