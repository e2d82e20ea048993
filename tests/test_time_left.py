"""A run of tests that may take only so long begins with what costs least, and hides nothing that it left out."""

from __future__ import annotations

import pytest

from tests.plugged import warm_pytest

TESTS = """
import pytest

@pytest.fixture
def chromium(): return None

def test_whole_run(pytester): pass
def test_of_a_page(chromium): pass

@pytest.mark.parametrize("number", range(4))
def test_of_values(number, pytestconfig):
    if number == LAST:
        pytestconfig.pluginmanager.get_plugin("time-left").end = 0
"""

OPTION = ("--begin-within", "600")


@pytest.fixture
def run(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> pytest.RunResult:
    last, *arguments = request.param
    pytester.makeini(f"[pytest]\npythonpath = '{request.config.rootpath}'")
    pytester.makeconftest('pytest_plugins = ["pytester", "tests.time_left"]')
    pytester.makepyfile(TESTS.replace("LAST", str(last)))
    return warm_pytest().run(pytester.path, "-v", *arguments, timeout=240)


@pytest.mark.parametrize("run", [(None, *OPTION)], indirect=True)
def test_what_costs_least_comes_first(run: pytest.RunResult) -> None:
    run.stdout.fnmatch_lines(["*test_of_values*PASSED*", "*test_of_a_page*PASSED*", "*test_whole_run*PASSED*"])
    assert "not run" not in run.stdout.str()


@pytest.mark.parametrize("run", [(1, *OPTION)], indirect=True)
def test_where_most_was_left_out_the_run_has_failed(run: pytest.RunResult) -> None:
    assert run.ret == pytest.ExitCode.TESTS_FAILED
    run.assert_outcomes(passed=2, skipped=4)
    run.stdout.fnmatch_lines(["*not run, because the time was up: 4 of 6 tests*", "    4  test_*.py"])


@pytest.mark.parametrize("run", [(3, *OPTION)], indirect=True)
def test_what_was_left_out_is_counted_by_file(run: pytest.RunResult) -> None:
    assert run.ret == pytest.ExitCode.OK
    run.assert_outcomes(passed=4, skipped=2)
    run.stdout.fnmatch_lines(["*not run, because the time was up: 2 of 6 tests*"])


@pytest.mark.parametrize("run", [(None,)], indirect=True)
def test_without_the_option_the_order_is_that_of_the_file(run: pytest.RunResult) -> None:
    run.stdout.fnmatch_lines(["*test_whole_run*PASSED*", "*test_of_a_page*PASSED*", "*test_of_values*PASSED*"])
