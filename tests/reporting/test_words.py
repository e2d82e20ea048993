"""How figures and foreign text are put into words."""

from __future__ import annotations

import pytest

from stormwalk.reporting.words import block, count, duration, lines, moment, plain, shorten


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m and \x1b]0;title\x07clear", "red and clear"),
        ("a\x00b\x08c\x9bd\x7f", "abcd"),
        ("evil\u202egnp.exe", "evil[U+202E]gnp.exe"),
        ("\ud800 half a character \uffff", " half a character "),
        ("two\r\nlines\tkept", "two\nlines\tkept"),
    ],
)
def test_nothing_is_left_that_would_be_obeyed(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("short", 5, "short"),
        ("  on\n one   line ", 20, "on one line"),
        ("too long for it", 8, "too lon…"),
        ("x" * 10_000, 4, "xxx…"),
    ],
)
def test_a_line_is_one_line_and_bounded(text: str, limit: int, expected: str) -> None:
    assert shorten(text, limit) == expected


def test_a_megabyte_of_blanks_is_cut_and_says_so() -> None:
    assert shorten("a" + " " * 1_000_000 + "b", 10) == "a…"


def test_a_block_keeps_its_lines_and_says_what_is_missing() -> None:
    assert block("one\ntwo\n") == "one\ntwo"
    assert block("x" * 1200, 100) == "x" * 100 + "\n… 1,100 characters more, all of it in report.json"


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (None, "\N{EN DASH}"),
        (0, "0 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (5021, "5.02 s"),
        (9_996, "10.0 s"),
        (59_960, "1 min 0 s"),
        (125_000, "2 min 5 s"),
        (3_780_000, "1 h 3 min"),
    ],
)
def test_durations_read_well(ms: float | None, expected: str) -> None:
    assert duration(ms) == expected


def test_plurals() -> None:
    assert [count(0, "step"), count(1, "step"), count(1204, "step")] == ["0 steps", "1 step", "1,204 steps"]
    assert count(2, "address", "addresses") == "2 addresses"


def test_a_moment_is_in_utc() -> None:
    assert moment(1795342503) == "22 Nov 2026, 10:15:03 UTC"


def test_what_goes_to_a_terminal_has_no_long_line_and_nothing_that_it_would_obey() -> None:
    assert lines("a\x00b\x1b[31mc\n" + "x" * 5000, 10) == "abc\nxxxxxxxxx…"
    assert lines("a\n ::error::b ::c\nd ##[group]") == "a\n : :error::b ::c\nd # #[group]"
