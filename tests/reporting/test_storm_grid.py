"""The matrices of a run of storms."""

from __future__ import annotations

from dataclasses import replace

from stormwalk.reporting.storm_grid import NOT_TRIED, StormCell, StormGrid, journey_grid, step_grid
from stormwalk.storm_judgement import Outcome, StormVerdict
from tests.reporting.storm_verdicts import judgement

EXPERIMENTS = judgement().experiments
NUMBERS = dict(enumerate(range(101, 117)))


def cell(grid: StormGrid, row: str, column: str, group: int = 0) -> StormCell:
    place = [name for name, _ in grid.columns].index(column)
    return next(one for one in grid.groups[group].rows if one.name == row).cells[place]


def test_journeys_stand_under_plans_with_the_verdict_on_each() -> None:
    grid = journey_grid(EXPERIMENTS, NUMBERS)
    broken = cell(grid, "A shopper buys", "lost-reply")
    assert (broken.key, broken.word, broken.says, broken.gates) == ("broken", "broken", "3 of 4 cells", True)
    assert broken.experiment == 104
    assert cell(grid, "A manager changes a price", "rate-limited").key == "leak"
    assert cell(grid, "A manager changes a price", "broken-assets").word == "skipped"
    assert grid.columns[0] == ("latency", "latency:500ms @ /api/**")
    assert [(key, times) for key, _, times in grid.legend] == [
        ("held", 8),
        ("degraded", 2),
        ("broken", 3),
        ("leak", 1),
        ("inconclusive", 1),
        ("skipped", 1),
    ]


def test_steps_stand_under_plans_in_groups_of_journeys() -> None:
    grid = step_grid(EXPERIMENTS, NUMBERS)
    assert [group.name for group in grid.groups] == ["A shopper buys", "A manager changes a price"]
    order = cell(grid, "Place the order", "outage")
    assert (order.key, order.says, order.experiment, order.gates) == ("broken", "stuck", 103, False)
    assert cell(grid, "Browse the products", "lost-reply") == NOT_TRIED
    assert cell(grid, "Log out", "offline").says == ""
    assert ("flaky-api", "http") in grid.columns
    assert ("offline", "") in grid.columns, "a plan that is called as its fault needs no second word"


def test_of_several_cells_the_worst_is_shown() -> None:
    made = next(one for one in EXPERIMENTS if one.cells)
    first = made.cells[0]
    worse = replace(first, verdict=StormVerdict.DEGRADED, outcome=Outcome.DEGRADED_SILENT, gate=False)
    worst = replace(worse, outcome=Outcome.NO_FEEDBACK, gate=True)
    grid = step_grid([replace(made, cells=(first, worse, worst))], {0: 1})
    shown = cell(grid, first.step, made.plan)
    assert (shown.key, shown.says, shown.gates) == ("degraded", "no feedback", False)


def test_nothing_makes_an_empty_grid() -> None:
    assert journey_grid((), {}).groups == step_grid((), {}).groups == ()
    assert not journey_grid((), {}).gates


def test_a_grid_of_many_plans_scrolls_in_its_box() -> None:
    many = [replace(EXPERIMENTS[0], plan=f"plan-{number}") for number in range(12)]
    assert not journey_grid(many, dict(enumerate(range(12)))).fits
    assert journey_grid(EXPERIMENTS, NUMBERS).fits
