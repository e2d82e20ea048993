"""Suites of people who have never heard of us: walked in storms as they are, and left alone otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.whole import NAME
from stormwalk.browser import find_browser
from stormwalk.model import Status
from tests.chaos.harbour import Harbour, StormProject
from tests.chaos.test_plugin import said

SUITE = (Path(__file__).parent / "strangers" / "suite.py").read_text(encoding="utf-8")
OTHER_BROWSER = """
import pytest

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {{**browser_type_launch_args, "executable_path": "{path}", "args": ["--no-sandbox"]}}
"""
STORM = ("--chaos-controls", "1", "--chaos-seed", "7")
WITH_STEPS = """
def test_buys(page):
    quay = Quay(page)
    quay.visit()
    quay.buy()
    quay.is_bought()
"""


@pytest.fixture
def project(storms: StormProject) -> StormProject:
    storms.write("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n')
    storms.write("their_tests/test_theirs.py", SUITE)
    return storms


def test_without_a_project_nothing_of_ours_happens(project: StormProject, harbour: Harbour) -> None:
    # Playwright's own browser need not be here, and without us nobody finds another.
    path = find_browser(headed=False).path
    project.write("conftest.py", OTHER_BROWSER.format(path=path))
    result = project.run("their_tests", "--base-url", harbour.url)

    result.assert_outcomes(passed=2)
    assert "Stormwalk" not in said(result)
    assert not (project.root / "reports").exists()


def test_a_whole_test_is_one_step(project: StormProject) -> None:
    result = project.walk_theirs("--chaos-plan", "outage", *STORM, "-k", "buying")

    (control, storm) = project.runs[-1].journeys
    assert [(one.name, one.status) for one in control.steps] == [(NAME, Status.PASSED)]
    assert [one.name for one in storm.steps] == [NAME]
    assert "POST /api/orders answered 503 (1)" in said(result)
    assert "retry 1" in said(result)  # nothing was written, so the whole test may be done once more


def test_the_order_that_a_lost_reply_hides_is_found(project: StormProject, harbour: Harbour) -> None:
    result = project.walk_theirs("--chaos-plan", "lost-reply", *STORM, "-k", "buying")

    assert result.ret == 1, said(result)
    assert "POST /api/orders" in said(result)
    assert harbour.orders == 2, "one in the control, one in the storm, and none by the tester"


def test_a_test_with_nothing_to_strike_is_skipped_with_the_reason(project: StormProject) -> None:
    result = project.walk_theirs("--chaos-plan", "lost-reply", *STORM, "-k", "title")

    result.assert_outcomes(passed=1, skipped=1)


def test_the_ini_may_name_the_project(project: StormProject) -> None:
    project.write("pytest.ini", "[pytest]\nstormwalk_project = harbour.toml\n")

    result = project.run("their_tests", "--chaos-plan", "latency:20ms @ /api/**", *STORM)

    assert result.ret == 0, said(result)
    assert [one.name for journey in project.runs[-1].journeys for one in journey.steps] == [NAME] * 3


def test_who_has_steps_keeps_them(project: StormProject) -> None:
    project.journeys(WITH_STEPS, "their_tests/test_steps.py")

    project.walk_theirs("--chaos-plan", "latency:20ms @ /api/**", *STORM, "-k", "buys")

    assert [one.name for one in project.runs[-1].journeys[0].steps][:2] == ["Open the quay", "Buy"]
