"""What a terminal shows."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from stormwalk.model import Run, Status
from stormwalk.reporting.console import Style, step_line, summary
from tests.reporting.samples import STOP, call, journey, plausible, run, step
from tests.reporting.storm_runs import only_storms

P, F, E, S = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


def test_the_summary_of_a_plausible_run() -> None:
    assert summary(plausible(), Path("reports/x/report.html")) == (
        """\
Project: Web2 Application

Total Steps: 25
Passed: 19
Failed: 1
Errors: 1
Skipped: 4

APIs executed: 25 (16 endpoints), 23 passed, 2 failed
Role Validation: passed (3 of 3 checks)

Overall Flow Status: Partial Failure

✗ FAILED  A shopper buys: step 9, Place the order
    The confirmation was not shown within 5 s; the page says “Something went wrong. Try again.”
    at http://127.0.0.1:5000/checkout
    call: POST /api/orders 503
    picture: screenshots/20261122-101503-7f3a/shopper/09-place-the-order.jpg

! ERROR  A manager changes a price: step 4, Download the sales as CSV
    The application stopped answering: GET /api/reports/sales.csv gave no answer for 30 s.
    at http://127.0.0.1:5000/manage/sales
    call: GET /api/reports/sales.csv timed out
    picture: screenshots/20261122-101503-7f3a/manager/04-download-the-sales-as-csv.jpg

Report: reports/x/report.html
"""
    )


@pytest.mark.parametrize(
    ("whole", "line"),
    [
        (run(journey(step())), "Overall Flow Status: Passed\n"),
        (run(journey(step(status=F), status=F)), "Overall Flow Status: Failed\n"),
        (run(journey(step()), journey(status=E, key="b")), "Overall Flow Status: Partial Failure\n"),
        (run(journey(step()), interrupted=True), "Partial Failure (the run was interrupted)\n"),
        (run(journey(step()), finished_at=None), "Passed (so far: the run has not finished, or was killed)\n"),
        (
            run(journey(step()), requests=(STOP,)),
            "Passed (stopped by hand: what had not begun by then was not walked)\n",
        ),
        (replace(only_storms(), interrupted=True), "no journey was walked in fair weather; the run was interrupted)\n"),
        (run(), "Total Steps: 0\nPassed: 0\nFailed: 0\nErrors: 0\nSkipped: 0\n"),
        (run(), "APIs executed: 0\nRole Validation: not checked\n\nOverall Flow Status: Failed\n"),
        (run(journey(step(status=None), status=None)), "Errors: 1\n"),
        (run(journey(step(status=S), status=S)), "Skipped: 1\n"),
        (run(journey(step(calls=(call(),)))), "APIs executed: 1 (1 endpoint), 1 passed, 0 failed\n"),
        (
            run(journey(step(calls=(call(), call("/b", None, failure="net::ERR_ABORTED"))))),
            "APIs executed: 2 (2 endpoints), 1 passed, 0 failed, 1 cancelled\n",
        ),
        (run(journey(step(role_check=True))), "Role Validation: passed (1 of 1 check)\n"),
        (
            run(journey(step(role_check=True), step(2, status=F, role_check=True), status=F)),
            "Role Validation: failed (1 of 2 checks passed)\n",
        ),
        (
            run(journey(step(role_check=True), step(2, status=S, role_check=True))),
            "Role Validation: incomplete (1 of 2 checks passed)\n",
        ),
        (run(journey(step(status=None), status=None)), "NOT FINISHED  A shopper buys: step 1, Open the shop\n"),
        (
            run(journey(status=E, reason="No browser.")),
            "! ERROR  A shopper buys: outside of its steps\n    No browser.\n",
        ),
    ],
)
def test_lines_of_the_summary(whole: Run, line: str) -> None:
    assert line in summary(whole)


def test_a_green_run_has_no_more_than_its_figures_and_its_report() -> None:
    assert summary(run(journey(step())), Path("r.html")).endswith("Overall Flow Status: Passed\n\nReport: r.html\n")


def test_only_so_many_troubles_and_calls_are_listed() -> None:
    calls = tuple(call(f"/api/{place}", 500) for place in range(9))
    text = summary(run(*(journey(step(status=F, calls=calls), status=F, key=str(n)) for n in range(23))))
    assert text.count("✗ FAILED") == 20
    assert "and 3 more in the report" in text
    assert text.count("and 3 more calls") == 20


def test_a_hostile_reason_neither_moves_the_cursor_nor_floods_the_screen() -> None:
    text = summary(run(journey(step(status=F, reason="\x1b[2J\x1b[31mboom\nsecond " + "x" * 10_000), status=F)))
    assert "\x1b" not in text
    assert "    boom second xxx" in text
    assert len(text) < 1200


@pytest.mark.parametrize(
    ("status", "expected", "line"),
    [
        (P, 12, "  ✓ 3/12 Add a product  412 ms"),
        (P, 0, "  ✓ step 3 of ? Add a product  412 ms"),
        (F, 12, "  ✗ 3/12 Add a product  412 ms  It is not there"),
        (E, 12, "  ! 3/12 Add a product  412 ms  It is not there"),
        (S, 12, "  \N{EN DASH} 3/12 Add a product  412 ms  It is not there"),
    ],
)
def test_the_line_of_a_step(status: Status, expected: int, line: str) -> None:
    one = step(3, "Add a product", status, duration_ms=412.3, reason="" if status is P else "It is not there")
    assert step_line(one, expected) == line


def test_a_step_without_a_time_has_none() -> None:
    assert step_line(step(3, "Add a product", S, duration_ms=None), 12) == "  \N{EN DASH} 3/12 Add a product"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "no-such-encoding"])
def test_what_the_stream_cannot_carry_is_written_otherwise(encoding: str) -> None:
    style = Style(encoding=encoding)
    text = step_line(step(1, "Kör 支払い", F, reason="x" * 500), 2, style) + summary(plausible(), None, style)
    text.encode("ascii" if encoding == "no-such-encoding" else encoding)
    assert text.startswith("  x 1/2 K")


@pytest.mark.parametrize(
    "command", ["::add-mask::e", "  ::stop-commands::x", "a ##[add-mask]e", "a ##vso[task.setvariable variable=x]y"]
)
def test_what_a_page_says_is_no_command_to_the_build_server_that_reads_the_log(command: str) -> None:
    one = step(name=command, status=F, reason=command, details=command, url=command)
    told = summary(run(journey(one, status=F, title=command, reason=command), project=command))

    for line in [*told.splitlines(), *step_line(one).splitlines()]:
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line
    assert ": :" in told or "# #" in told


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;33mPartial Failure\x1b[0m" in summary(plausible(), style=Style.of(_Terminal()))
    assert "\x1b" not in summary(plausible(), style=Style.of(io.StringIO()))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in summary(plausible(), style=Style.of(_Terminal()))
