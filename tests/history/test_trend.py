from __future__ import annotations

import pytest

from stormwalk.history import trend
from stormwalk.model import RunMode, Status
from stormwalk.store import Store
from tests.history.past import PROJECT, call, journey, keep, run, step
from tests.reporting.storm_runs import judged, rich


def test_tells_the_runs_oldest_first_with_their_figures(store: Store) -> None:
    half = journey(step("Log in"), step("Buy", Status.FAILED))
    ids = keep(store, run(1, journey(step("Log in"), step("Buy"))), run(2, half, commit="c2"))

    points = trend(store, PROJECT).points

    assert [one.run for one in points] == ids
    assert [one.pass_rate for one in points] == [100.0, 50.0]
    assert [one.commit for one in points] == ["c1", "c2"]
    assert [one.duration_ms for one in points] == [pytest.approx(30_000)] * 2


def test_takes_times_by_endpoint_from_fair_weather(store: Store) -> None:
    calls = tuple(call("/api/orders/{id}", ms) for ms in range(1, 101))
    picture = call("/logo.png", 900.0, resource_type="image")
    lost = call("/api/orders/{id}", None, status=None)
    keep(store, run(1, journey(step("Buy", calls=(*calls, picture, lost)))))

    (endpoint,) = trend(store, PROJECT).endpoints

    assert endpoint.endpoint == "GET /api/orders/{id}"
    (point,) = endpoint.points
    assert (point.calls, point.failed, point.p50_ms, point.p95_ms) == (101, 1, 50.0, 95.0)


def test_tells_resilience_of_the_run_its_journeys_and_its_plans(store: Store) -> None:
    storm = rich()
    keep(store, storm)

    told = trend(store, storm.project)

    judgement = storm.storm.judgement if storm.storm else None
    assert judgement is not None
    assert told.points[0].resilience == judgement.score.score
    assert {one.name for one in told.plans} <= {one.plan for one in judgement.experiments}
    assert {one.name for one in told.journeys} == {"A shopper buys", "A manager changes a price"}
    outage = next(one for one in told.plans if one.name == "outage")
    cells = [cell for one in judgement.experiments if one.plan == "outage" for cell in one.cells]
    valid = [(cell.score, cell.weight) for cell in cells if cell.score is not None]
    mean = sum(score * weight for score, weight in valid) / sum(weight for _, weight in valid)
    assert outage.points[0].score == pytest.approx(mean)


def test_a_steered_storm_has_no_score(store: Store) -> None:
    storm = judged(steered=True)
    keep(store, storm)

    told = trend(store, storm.project)

    assert told.points[0].steered
    assert told.points[0].resilience is None
    assert told.plans == ()
    assert store.judgement(storm.id) == (storm.storm.judgement if storm.storm else None)


def test_narrows_down_to_a_mode_a_branch_and_the_newest(store: Store) -> None:
    buys = journey(step("Buy"))
    ids = keep(store, run(1, buys), run(2, buys, branch="topic"), run(3, buys), run(4, buys, mode=RunMode.CHAOS))

    assert [one.run for one in trend(store, PROJECT, branch="main", mode=RunMode.NORMAL).points] == [ids[0], ids[2]]
    assert [one.run for one in trend(store, PROJECT, limit=2).points] == ids[2:]
    assert trend(store, "another").points == ()


def test_a_run_without_steps_has_no_pass_rate(store: Store) -> None:
    keep(store, run(1))

    assert trend(store, PROJECT).points[0].pass_rate is None
