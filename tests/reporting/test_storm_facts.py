"""What is counted and put into words of a run of storms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.access.results import Severity
from stormwalk.model import Journey, JourneyStorm, Run
from stormwalk.reporting import facts, storm_facts
from stormwalk.storm import Outcome
from stormwalk.storm_judgement import Degradation, ResilienceStatus, StormVerdict
from stormwalk.storm_results import ApiFailure, ExperimentResult, StormFigures, StormJudgement
from tests.reporting.samples import call, journey, run, step
from tests.reporting.storm_runs import calm, empty, judged, rich, unjudged
from tests.reporting.storm_samples import JOURNEYS, walk
from tests.reporting.storm_verdicts import judgement


def told(whole: Run) -> StormJudgement:
    found = storm_facts.judgement_of(whole)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("verdict", "skipped", "word"),
    [
        (StormVerdict.HELD, False, "held"),
        (StormVerdict.DEGRADED, False, "degraded"),
        (StormVerdict.BROKEN, False, "broken"),
        (StormVerdict.LEAK, False, "leak"),
        (StormVerdict.INCONCLUSIVE, False, "inconclusive"),
        (StormVerdict.INCONCLUSIVE, True, "skipped"),
    ],
)
def test_the_word_of_a_verdict(verdict: StormVerdict, skipped: bool, word: str) -> None:
    one = ExperimentResult(journey="a", title="A", plan="p", rules=(), keys=(), verdict=verdict, skipped=skipped)
    assert storm_facts.verdict_word(one) == word


def test_a_run_without_a_judgement_has_none() -> None:
    assert storm_facts.judgement_of(run()) is None
    assert storm_facts.judgement_of(unjudged()) is None
    assert storm_facts.endpoint_failures(unjudged()) == []


def test_findings_are_told_by_severity_then_verdict_then_as_they_came() -> None:
    one = judgement().findings[0]
    findings = [
        replace(one, id=name, severity=severity, verdict=verdict)
        for name, severity, verdict in (
            ("d", Severity.MEDIUM, StormVerdict.DEGRADED),
            ("b", Severity.CRITICAL, StormVerdict.BROKEN),
            ("a", Severity.CRITICAL, StormVerdict.LEAK),
            ("c", Severity.CRITICAL, StormVerdict.BROKEN),
        )
    ]
    assert [found.id for found in storm_facts.worst_first(findings)] == ["a", "b", "c", "d"]


def test_experiments_are_told_worst_first_and_what_was_skipped_at_the_end() -> None:
    words = list(map(storm_facts.verdict_word, storm_facts.experiments_worst_first(judgement().experiments)))
    assert list(dict.fromkeys(words)) == ["leak", "broken", "degraded", "inconclusive", "held", "skipped"]
    assert storm_facts.verdict_counts(judgement()) == {
        "leak": 1,
        "broken": 3,
        "degraded": 2,
        "inconclusive": 1,
        "held": 8,
        "skipped": 1,
    }


def test_a_score_that_missed_a_limit_does_not_read_as_if_it_had_reached_it() -> None:
    almost = replace(judgement(), score=replace(judgement().score, score=59.97, violations=()))
    assert storm_facts.status_words(almost).startswith("59 of 100;")


def test_the_status_in_words() -> None:
    assert storm_facts.status_words(told(rich())) == (
        "84 of 100 before the gate; 63 of 65 cells judged; 81 to 96 % of cells reach 60 points"
    )
    assert storm_facts.status_words(told(calm())) == (
        "96 of 100; 65 of 65 cells judged; 93 to 100 % of cells reach 60 points"
    )
    assert storm_facts.status_words(told(empty())) == "no score; 0 of 0 cells judged"


def test_what_stands_above_the_score() -> None:
    gate = "The gate failed, and no score outweighs it: duplicate-order (1), access-opened (1)."
    assert storm_facts.why_words(told(rich())) == [gate]
    assert storm_facts.why_words(told(calm())) == []
    assert storm_facts.why_words(told(empty())) == ["No cell counts."]
    many = told(judged(steered=True, fail_under=90.0, controls_failed=("a", "b", "c", "d")))
    assert storm_facts.why_words(many) == [
        "Rules were switched by hand while the run was under way: nothing in it counts.",
        gate,
        "A score of 90 is asked for, and it is 84.3.",
        "Failed in fair weather as well, so that nothing can be said of them: a, b, c and 1 more.",
    ]


def test_a_grade_below_the_score_is_explained() -> None:
    whole = told(calm())
    score = replace(whole.score, status=ResilienceStatus.MODERATE)
    assert score.worst is not None
    lower = replace(score, worst=replace(score.worst, step="Pay", fault="http", score=31.0))
    assert storm_facts.why_words(replace(whole, score=lower)) == [
        "Not Strong for its worst cell: Pay under http has 31 points."
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "not measured"),
        ({"storm_ms": None}, "not measured"),
        ({"control_ms": None}, "not measured"),
        ({"percent": None}, "980 ms against 314 ms; too few samples for a percentage"),
        ({"significant": False}, "within noise (980 ms against 314 ms)"),
        ({}, "+212 % (+180 to +240 %; 980 ms against 314 ms)"),
        ({"percent": -41.6, "interval": None}, "-42 % (980 ms against 314 ms)"),
    ],
)
def test_a_degradation_in_words(given: dict[str, float] | None, words: str) -> None:
    whole = Degradation(
        control_ms=314, storm_ms=980, controls=3, storms=3, percent=212.1, interval=(180.2, 240.0), significant=True
    )
    one = None if given is None else replace(whole, **given)  # type: ignore[arg-type]
    assert storm_facts.degradation_words(one) == words


def test_every_rung_of_the_ladder_is_counted_also_when_it_healed_nothing() -> None:
    words = "alone 4, retry 2, reload 0, new login 1, not recovered 1"
    assert storm_facts.recovery_words(judgement().figures) == words
    nothing = "alone 0, retry 0, reload 0, new login 0, not recovered 0"
    assert storm_facts.recovery_words(StormFigures(injected="none")) == nothing


def test_api_failures_stand_by_endpoint_with_what_came_of_the_cells_in_which_it_failed() -> None:
    assert [one.words for one in storm_facts.endpoint_failures(rich())] == [
        "POST /api/orders answered 503 (3), failed with net::ERR_FAILED (1): stuck 1, corrupt 1",
        "GET /api/reports/sales answered 503 (1): degraded silently 1",
    ]


def test_an_endpoint_of_which_no_cell_was_judged_is_told_without_an_outcome() -> None:
    figures = StormFigures(injected="none", api_failures=(ApiFailure(endpoint="GET /x", failure="timed out", calls=2),))
    (one,) = storm_facts.endpoint_failures(judged(figures=figures))
    assert one.words == "GET /x failed with timed out (2)"


def test_blind_spots_of_one_kind_are_told_once() -> None:
    (spot,) = storm_facts.blind_spots(judgement())
    assert (spot.what, spot.calls, spot.example) == ("redirect hop", 4, "GET /login")


@pytest.mark.parametrize(
    ("storm", "words"),
    [
        (None, ""),
        (JourneyStorm(plan="", seed="7"), "control 1"),
        (JourneyStorm(plan="", seed="7", repeat=2), "control 3"),
        (JourneyStorm(plan="outage", seed="7"), "outage"),
        (JourneyStorm(plan="latency", seed="7", repeat=1), "latency, walk 2"),
    ],
)
def test_the_weather_of_a_journey(storm: JourneyStorm | None, words: str) -> None:
    assert storm_facts.weather(Journey(key="a", nodeid="a", title="A", storm=storm)) == words


def test_what_was_done_to_a_step_is_told_once_and_only_what_was_applied() -> None:
    slow = walk(JOURNEYS[0], plan="latency")
    assert slow.storm is not None
    assert storm_facts.struck(slow, 2) == ["latency on GET /api/products, +503 ms"]
    (index, decision), *_ = slow.storm.decisions
    spared = replace(decision, outcome=Outcome.WITHHELD)
    storm = replace(slow.storm, decisions=((index, spared), (index, decision), (index, decision)))
    assert storm_facts.struck(replace(slow, storm=storm), 1) == ["latency on POST /api/session, +503 ms"]
    assert storm_facts.struck(replace(slow, storm=replace(storm, decisions=((1, spared),))), 1) == []


def test_pictures_are_found_by_their_id_with_their_walk_and_step() -> None:
    whole = rich()
    seen, found = storm_facts.sightings(whole), judgement().findings
    assert all(one.before in seen and one.after in seen for one in found)
    one = next(one for one in found if one.sign == "duplicate-order")
    where = seen[one.after]
    assert (where.journey.key, where.step and where.step.name) == ("test_shopper-lost-reply", "Place the order")


def test_functional_figures_are_those_of_fair_weather() -> None:
    storm = JourneyStorm(plan="outage", seed="7")
    broken = journey(step(calls=(call(status=503),), role_check=True), key="b", storm=storm)
    whole = run(journey(step(calls=(call(),), role_check=True), storm=JourneyStorm(plan="", seed="7")), broken)

    assert (facts.apis(whole).calls, facts.apis(whole).failed) == (1, 0)
    assert (facts.role_validation(whole).passed, facts.role_validation(whole).total) == (1, 1)
    assert facts.troubles(replace(whole, journeys=(broken,))) == []
    assert facts.numbered(replace(whole, journeys=whole.journeys[::-1])) == {"shopper": 1, "b": 2}


def test_what_is_below_a_limit_does_not_read_as_if_it_had_reached_it() -> None:
    below = told(judged(fail_under=100.0))
    almost = replace(below, score=replace(below.score, score=99.996))
    assert "A score of 100 is asked for, and it is 99.99." in storm_facts.why_words(almost)
