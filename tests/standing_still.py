"""A test that failed while the machine stood still has shown nothing of Stormwalk, and is run again.

Many tests give a page half a second for what takes it twenty milliseconds, since a verdict depends on it. Where a
virtual machine gets no processor for as long, they fail. So each worker watches how late its own clock is, and a
failure counts only where that was never late: on a machine that runs, no test is ever run again.
"""

from __future__ import annotations

import threading
import time

import pytest

TICK = 0.02
STANDSTILL = 0.25
"""Seconds that a sleeping thread woke too late by. On two busy cores it is a tenth of that at most."""
ATTEMPTS = 6
"""How often a test is run again at most: a standstill that comes each time is told of as a failure."""


class Pulse:
    """A thread that sleeps, and notes by how much it was woken too late."""

    def __init__(self) -> None:
        self.longest = 0.0
        threading.Thread(target=self._beat, name="pulse", daemon=True).start()

    def _beat(self) -> None:
        while True:
            began = time.monotonic()
            time.sleep(TICK)
            self.longest = max(self.longest, time.monotonic() - began - TICK)

    def begin(self) -> None:
        """Forget what was before this attempt."""
        self.longest = 0.0

    def stood_still(self) -> bool:
        """Whether the machine stood still since the attempt began."""
        return self.longest > STANDSTILL


class RunAgain:
    """Has pytest-rerunfailures run a test again where the machine stood still, and says so."""

    def __init__(self) -> None:
        self.pulse = Pulse()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if config.getoption("usepdb"):  # somebody looks at the failure itself
            return
        for item in items:
            item.add_marker(pytest.mark.flaky(reruns=ATTEMPTS, condition=self.pulse.stood_still))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        self.pulse.begin()

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Names what was run again: a green line is not to hide how the machine was."""
        again = terminalreporter.stats.get("rerun", [])
        if again:
            terminalreporter.section("run again, because the machine stood still")
        for report in again:
            terminalreporter.line(f"{report.nodeid} ({report.when})")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(RunAgain(), "run-again")
