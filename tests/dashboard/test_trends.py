"""The charts over many runs: what is known is drawn, what is not is a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.history import result_of
from dashboard.trends import TrendView, trends_view
from stormwalk.events import Event, RunFinished, RunStarted
from stormwalk.figures import RunFigures
from stormwalk.model import FlowStatus, RunMode, Status
from stormwalk.reading import fold
from stormwalk.store import Store
from stormwalk.store.summary import RunSummary
from tests.dashboard import tales


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as opened:
        yield opened


def keep(store: Store, run_id: str, at: float, status: Status = Status.PASSED, walked: bool = True) -> None:
    """A run that has ended, with its summary."""
    start = replace(tales.started(), at=at)
    events: list[Event] = [start, *(tales.walk("shopper", status=status) if walked else [])]
    events.append(RunFinished(at=at + 10, exit_code=0))
    store.append(run_id, events)
    store.summarise(fold(run_id, events))


def chart(store: Store, key: str) -> TrendView:
    found = trends_view(store, "Web shop", "")
    assert found is not None
    return next(one for one in found.charts if one.key == key)


def test_one_run_is_no_trend(store: Store) -> None:
    keep(store, "a", 1.0)

    assert trends_view(store, "Web shop", "") is None
    assert trends_view(store, "Another", "") is None


def test_the_pass_rate_goes_from_the_oldest_run_to_the_newest(store: Store) -> None:
    keep(store, "a", 1.0)
    keep(store, "b", 2.0, Status.FAILED)
    rate = chart(store, "rate")

    assert [(one.run, one.value) for one in rate.points] == [("a", "100 %"), ("b", "75 %")]
    assert rate.points[0].x < rate.points[1].x
    assert rate.points[0].y < rate.points[1].y
    assert rate.says == "Pass rate over 2 runs: 100 % at first, 75 % at last"


def test_a_run_without_a_figure_is_a_gap_and_no_zero(store: Store) -> None:
    for number, walked in enumerate([True, True, False, True, True]):
        keep(store, f"run-{number}", float(number), walked=walked)
    rate = chart(store, "rate")

    assert [one.run for one in rate.points] == ["run-0", "run-1", "run-3", "run-4"]
    assert len(rate.lines) == 2


def test_response_times_are_those_of_the_endpoint_that_was_chosen(store: Store) -> None:
    keep(store, "a", 1.0)
    keep(store, "b", 2.0)
    found = trends_view(store, "Web shop", "POST /api/orders")
    assert found is not None

    assert found.endpoint == "POST /api/orders"
    assert set(found.endpoints) == {"GET /api/products", "POST /api/orders"}
    times = next(one for one in found.charts if one.key == "times")
    assert [one.value for one in times.points] == ["96 ms", "96 ms"]


def test_a_run_in_normal_weather_has_no_score(store: Store) -> None:
    keep(store, "a", 1.0)
    keep(store, "b", 2.0)
    found = trends_view(store, "Web shop", "")
    assert found is not None

    assert {one.key for one in found.charts} == {"rate", "times"}


def test_a_run_of_which_nothing_is_known_breaks_nothing(store: Store) -> None:
    store.append("killed", [RunStarted(at=3.0, project="Web shop", mode=tales.started().mode, base_url="")])
    keep(store, "a", 1.0)
    keep(store, "b", 2.0)

    assert [one.run for one in chart(store, "rate").points] == ["a", "b"]


def test_the_list_of_runs_says_who_was_steered() -> None:
    (row,) = (
        RunSummary(
            id="a", project="Shop", mode=RunMode.CHAOS, base_url="", started_at=1.0, finished_at=2.0, exit_code=2,
            interrupted=False, commit="", branch="", flow_status=FlowStatus.PASSED, totals=None, pruned=False,
        ),
    )  # fmt: skip

    assert result_of(row, RunFigures(steered=True)) == ("skipped", "Steered by hand")
    assert result_of(row, RunFigures()) == ("error", "Could not be tested")
    assert result_of(replace(row, exit_code=0), RunFigures()) == ("passed", "Passed")
