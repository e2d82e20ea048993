"""The command that makes a run again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.reporting import write_reports
from stormwalk.reporting.again import command_again
from tests.reporting.samples import FakeStore, plausible
from tests.reporting.storm_runs import rich


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("pytest --chaos", "pytest --chaos --chaos-seed 20417"),
        ("pytest --chaos --chaos-seed=7", "pytest --chaos --chaos-seed=7"),
    ],
)
def test_the_command_of_a_storm_makes_the_same_one_again(tmp_path: Path, given: str, shown: str) -> None:
    whole = replace(rich(), environment=replace(rich().environment, command=given))

    reports = write_reports(FakeStore(), whole, root=tmp_path)

    assert reports.chaos is not None
    for path in (reports.html, reports.chaos):
        assert f">{shown}</code>" in path.read_text()
    assert f"`{shown}`" in reports.paths["markdown"].read_text()


def test_that_of_a_run_in_fair_weather_is_its_own() -> None:
    assert command_again(plausible()) == "python3 user_flow_runner.py -n 2"
