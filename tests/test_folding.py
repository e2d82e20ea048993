"""What a storm adds to a journey that is read."""

from __future__ import annotations

from stormwalk.events import JourneyEvent, JourneyStarted, StepStarted
from stormwalk.folding import JourneySoFar
from stormwalk.model import Journey
from stormwalk.storm import RuleCount
from stormwalk.storm_events import ExperimentSkipped, RuleCounted, StepHealed, StormBegan
from stormwalk.storm_judgement import Recovery
from stormwalk.storm_results import Healing
from tests.reporting.storm_samples import JOURNEYS, walk


def folded(*events: JourneyEvent) -> Journey:
    so_far = JourneySoFar(Journey(key="buy", nodeid="buy", title="buy"))
    for event in events:
        so_far.take(event)
    return so_far.build()


def test_a_journey_without_a_storm_is_in_fair_weather_and_so_is_a_control() -> None:
    started = JourneyStarted(at=1.0, journey="buy", nodeid="test_buy", title="Buy")
    control = StormBegan(at=1.0, journey="buy", plan="", seed="7", repeat=2)

    assert folded(started).storm is None
    assert folded(started).in_fair_weather
    assert folded(control, started).in_fair_weather
    assert not folded(StormBegan(at=1.0, journey="buy", plan="outage", seed="7")).in_fair_weather


def test_what_healed_names_its_step_and_counts_are_kept() -> None:
    count = RuleCount(rule="outage/down", fault="http", matched=3, applied=3)
    journey = folded(
        StormBegan(at=1.0, journey="buy", plan="outage", seed="7"),
        StepStarted(at=2.0, journey="buy", index=4, name="Pay"),
        StepHealed(at=3.0, journey="buy", step=4, rung=Recovery.RELOAD, took_ms=90.0, tried=("alone",)),
        RuleCounted(at=4.0, journey="buy", count=count),
    )

    assert journey.storm is not None
    assert journey.storm.healed == ((4, Healing(step="Pay", rung=Recovery.RELOAD, took_ms=90.0, tried=("alone",))),)
    assert journey.storm.counts == (count,)


def test_an_experiment_that_was_skipped_before_it_began_is_no_journey_in_fair_weather() -> None:
    journey = folded(ExperimentSkipped(at=1.0, journey="buy", plan="offline", reason="nothing to strike"))

    assert not journey.in_fair_weather
    assert journey.storm is not None
    assert (journey.storm.plan, journey.storm.skipped) == ("offline", "nothing to strike")


def test_the_picture_that_tells_most_is_that_of_the_worst_moment() -> None:
    struck = walk(JOURNEYS[0], plan="lost-reply").steps[4]

    assert [one.moment.value for one in struck.pictures] == ["before the fault", "worst moment", "after recovery"]
    assert struck.picture is struck.pictures[1]
