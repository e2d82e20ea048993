"""`--begin-within SECONDS`: a run of the tests that ends in time also on a slow machine, and says what it left out.

What costs least comes first: tests of values, then those with a browser or a shop, then whole runs of pytest. Where the
time is up, no further test is begun. The summary counts what was not run, and where that is more than half of all tests
the run has failed, since it has shown too little.
"""

from __future__ import annotations

import time
from collections import Counter

import pytest

NO_TIME = "not run: the time was up"
WITH_PROCESSES = {"chromium", "playwright", "shop", "clean", "dashboard"}


class TimeLeft:
    """Counts from the start of each worker, which differ by seconds."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=cost)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        if time.monotonic() > self.end:
            pytest.skip(NO_TIME)


class LeftOut:
    """What was not run, as the process knows that all workers report to."""

    def __init__(self) -> None:
        self.told: set[str] = set()
        self.left: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.told.add(report.nodeid)
        if report.skipped and NO_TIME in str(report.longrepr):
            self.left.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if len(self.left) > len(self.told) / 2:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.left:
            return
        terminalreporter.section(f"not run, because the time was up: {len(self.left)} of {len(self.told)} tests")
        for file, number in sorted(Counter(one.partition("::")[0] for one in self.left).items()):
            terminalreporter.line(f"{number:5d}  {file}")


def cost(item: pytest.Item) -> int:
    """0 for a test of values, 1 for one with a browser or a server, 2 for one that runs pytest."""
    names = set(getattr(item, "fixturenames", ()))
    return 2 if "pytester" in names else int(bool(names & WITH_PROCESSES))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--begin-within",
        type=float,
        metavar="SECONDS",
        help="begin no test after so many seconds, and those that cost least first; what was not run is told",
    )


def pytest_configure(config: pytest.Config) -> None:
    seconds = config.getoption("--begin-within")
    if seconds is not None:
        config.pluginmanager.register(TimeLeft(seconds), "time-left")
        config.pluginmanager.register(LeftOut(), "left-out")
