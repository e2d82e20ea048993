"""What a terminal shows of an access check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.access.results import Access, AccessCoverage, Expected, Verdict
from stormwalk.model import Run
from stormwalk.reporting.access_console import access_blocks
from stormwalk.reporting.console import Style, roles_line, summary
from tests.reporting.access_samples import cell, clean, everything, finding, hostile, with_access
from tests.reporting.samples import journey, plausible, run, step

LEAK = cell("GET /api/a", "shopper", Expected.DENY, Verdict.BYPASSED)


def checked(access: Access) -> Run:
    return run(journey(step(role_check=True)), access=access)


@pytest.mark.parametrize(
    ("whole", "line"),
    [
        (checked(clean()), "passed (1 of 1 check; 149 of 149 cells)"),
        (run(journey(step()), access=clean()), "passed (149 of 149 cells)"),
        (
            checked(everything()),
            "failed (1 of 1 check passed; 141 of 150 cells; 4 leaks, 1 wrongly denied, 1 server error, 1 suspect, "
            "1 inconclusive, 1 not judged, 1 accepted, 2 other findings)",
        ),
        (
            checked(replace(clean(), findings=(finding("csrf"),))),
            "failed (1 of 1 check passed; 149 of 149 cells; 1 finding)",
        ),
        (checked(Access(cells=(LEAK,))), "failed (1 of 1 check passed; 0 of 1 cell; 1 leak)"),
        (
            checked(
                Access(cells=(replace(LEAK, verdict=Verdict.INCONCLUSIVE), replace(LEAK, verdict=Verdict.ENFORCED)))
            ),
            "incomplete (1 of 1 check passed; 1 of 2 cells; 1 inconclusive)",
        ),
    ],
)
def test_the_line_of_the_role_validation(whole: Run, line: str) -> None:
    assert roles_line(whole) == line


def test_the_alarms_stand_worst_first_with_their_proof_and_the_way_to_see_them_again() -> None:
    text = summary(with_access())
    assert (
        """\
✗ HIGH  GET /api/admin/users is open to support, who should be refused (hidden but allowed)
    GET /api/admin/users as support
    The answer to support holds the canary of a user that the admin made.
    replay: python -m stormwalk access replay a1f3
"""
        in text
    )
    assert text.index("✗ HIGH") < text.index("✗ MEDIUM") < text.index("Accepted before, and still there: 2 findings")
    assert "GET /api/me as admin and 13 more places" in text


@pytest.mark.parametrize(
    "line",
    [
        "The matrix is a draft: no person has confirmed it.",
        "Access coverage: 95 % of the cells were judged, and the project wants 98 %.",
        "Seen, but not in the matrix: 3 endpoints: GET /api/recommendations, POST /api/wishlist/{id}, GET /api/health",
        "Blind spot: Expired tokens were not tried: the project file names no signing key.",
    ],
)
def test_what_the_check_did_not_reach_is_said(line: str) -> None:
    assert f"\n{line}\n" in summary(with_access())


def test_a_clean_check_says_nothing_more() -> None:
    assert access_blocks(clean()) == []
    assert summary(with_access(clean())) == summary(plausible()).replace(
        "passed (3 of 3 checks)", "passed (3 of 3 checks; 149 of 149 cells)"
    )


def test_only_so_much_is_listed() -> None:
    many = Access(
        findings=tuple(finding("csrf", id=str(number)) for number in range(25)),
        coverage=AccessCoverage(uncovered=tuple(f"GET /{number}" for number in range(20))),
        remarks=tuple(map(str, range(20))),
        finished=True,
    )
    text = "\n".join(access_blocks(many))
    assert text.count("✗ HIGH") == 20
    assert "and 5 more access findings in the report" in text
    assert "GET /7 and 12 more" in text
    assert "and 12 more remarks in the report" in text


def test_hostile_text_neither_moves_the_cursor_nor_floods_the_screen() -> None:
    text = "\n".join(access_blocks(hostile("\x1b[2J\nsecond\u202e" + "x" * 1_000_000)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 8000


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_the_stream_cannot_carry_is_written_otherwise(encoding: str) -> None:
    summary(with_access(), style=Style(encoding=encoding)).encode(encoding)


def test_the_severity_is_painted_where_colour_is_wanted() -> None:
    assert "\x1b[31mHIGH\x1b[0m" in "".join(access_blocks(everything(), Style(colour=True)))
