"""What a run says in the terminal of pytest: its name, a line for each step, and in the end its summary."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from stormwalk.host import Ending, Host, Ticket
from stormwalk.progress import Progress
from stormwalk.reporting.ci import annotations_of
from stormwalk.reporting.console import Style, summary
from stormwalk.reporting.words import lines, shorten

# What pytest says of a journey with -v; without it, the lines of the steps have said enough.
_WORDS = {"passed": "PASSED", "failed": "FAILED"}


def header(host: Host, ticket: Ticket) -> str:
    """Which run this is, of what, and where that is."""
    return f"stormwalk: {shorten(host.project.name, 100)} at {ticket.base_url}, run {host.run_id}"


def show_steps(reporter: Any, store_url: str, run_id: str, *, workers: int) -> Progress:
    """From now on each step is shown as it ends; `reporter` is pytest's own."""
    progress = Progress(store_url, run_id, workers=workers, style=_style(reporter), write=_Terminal(reporter).write)
    # A line for each step says more than file names, dots and percentages, which would only stand in between.
    reporter.showfspath = reporter._show_progress_info = False
    return progress


def status_of(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """pytest's category, letter and word for a test of which the lines of its steps have told."""
    if report.when == "call" and report.outcome in _WORDS:
        return report.outcome, "", _WORDS[report.outcome]
    return ("error", "", "ERROR") if report.failed else None


def show_ending(reporter: Any, ending: Ending, folder: Path) -> None:
    """The summary of the run, what went wrong with it, and what is to be said of telling people; `folder` is where
    pytest was called."""
    reporter.section("Stormwalk")
    for complaint in ending.complaints:
        reporter.write_line(f"error: {lines(complaint)}", red=True)
    if ending.run is not None:
        reporter.write(summary(ending.run, _relative(ending.report, folder), _style(reporter)))
        for line in annotations_of(ending.run, os.environ):
            reporter.write_line(line)
    for line in ending.alerts:
        reporter.write_line(f"alerts: {lines(line)}")


def _relative(report: Path | None, folder: Path) -> Path | None:
    return report.relative_to(folder) if report is not None and report.is_relative_to(folder) else report


def _style(reporter: Any) -> Style:
    return Style.of(reporter._tw._file)


class _Terminal:
    """Writes lines past pytest's capture, which stands on file descriptor 1 while a test runs."""

    def __init__(self, reporter: Any) -> None:
        self._reporter = reporter
        self._stream = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace")

    def write(self, line: str) -> None:
        lead = "\n" if self._reporter.currentfspath else ""
        self._reporter.currentfspath = None
        self._stream.write(f"{lead}{line}\n")
        self._stream.flush()
