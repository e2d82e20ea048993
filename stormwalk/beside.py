"""Tests beside the journeys: whether one of them failed, which no report of a run tells and its exit code must."""

from __future__ import annotations

from typing import Any

import pytest

_MARK = "stormwalk_beside"


def mark_beside(report: Any) -> None:
    """Says of a test's report that it is about no journey and no access check; it travels with it from a worker."""
    setattr(report, _MARK, True)


class Beside:
    """A pytest plugin of the main process: hears of every report, those of workers included."""

    def __init__(self) -> None:
        self.failed = False

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or (report.failed and getattr(report, _MARK, False))

    @pytest.hookimpl
    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.failed = self.failed or report.failed
