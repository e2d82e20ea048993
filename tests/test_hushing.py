from __future__ import annotations

import pytest

from stormwalk.hushing import hush

FAILURES = """
import pytest

def buy(password):
    card = password + "!"
    print("paid with", password)
    try:
        raise KeyError(password)
    except KeyError as error:
        raise ValueError("refused: " + password) from error

def test_it():
    buy("hush-" + "hush")

def test_assertion():
    found = "hush-" + "hush"
    assert found == "nothing"

@pytest.fixture
def broken():
    raise OSError("hush-" + "hush")

def test_set_up(broken):
    pass
"""

CONFTEST = """
import pytest
from stormwalk.hushing import hush

@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    hush(report, lambda text: text.replace("hush-hush", "[redacted]"))
    return report
"""


@pytest.mark.parametrize("style", ["auto", "long", "short", "line", "native"])
def test_nothing_that_pytest_prints_of_a_failure_holds_the_secret(pytester: pytest.Pytester, style: str) -> None:
    pytester.makepyfile(test_it=FAILURES)
    pytester.makeconftest(CONFTEST)
    result = pytester.runpytest_inprocess("-p", "no:stormwalk", f"--tb={style}", "--showlocals", "--junitxml=out.xml")
    result.assert_outcomes(failed=2, errors=1)
    told = result.stdout.str() + result.stderr.str() + (pytester.path / "out.xml").read_text()
    assert "hush-hush" not in told
    assert "[redacted]" in told


def test_a_report_without_a_failure_stays_as_it_is(pytester: pytest.Pytester) -> None:
    item = pytester.getitem("def test_func(): pass")
    report = pytest.TestReport.from_item_and_call(item, pytest.CallInfo.from_call(lambda: None, "call"))
    hush(report, str.upper)
    assert (report.longrepr, report.sections) == (None, [])
