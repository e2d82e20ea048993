"""How figures, moments and foreign text are put into words, the same in every format."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from stormwalk.model import FlowStatus, Status

UNFINISHED = "not finished"
DASH = "\N{EN DASH}"
UNTIMED = {"time": "0.000"}
"""For a test case of JUnit's that took no time of its own: some readers refuse one that says nothing of it."""

_ANSI = re.compile("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)")
# What XML 1.0 forbids, with DEL and the C1 controls, which terminals obey.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# GitHub obeys a line that begins with `::error::` and `##[error]` anywhere, Azure Pipelines `##vso[...]`.
_COMMANDS = re.compile(r"^[^\S\n]*:(?=:)|#(?=#(?:\[|vso\[|teamcity\[))", re.MULTILINE)
# These reorder the text around them: a name could disguise what stands beside it.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Text of the application without what a terminal, a browser or an XML parser would obey."""
    text = _CONTROLS.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))
    return _REORDERING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def shorten(text: str, limit: int = 300) -> str:
    """Plain text on one line, cut at `limit` characters."""
    # Cut twice: a reason can be megabytes, and only its beginning is worth cleaning.
    line = " ".join(plain(text[: limit * 20]).split())
    return line if len(line) <= limit and len(text) <= limit * 20 else line[: limit - 1].rstrip() + "…"


def block(text: str, limit: int = 6000) -> str:
    """Plain text with its lines kept, cut at `limit` characters."""
    if len(text) <= limit:
        return plain(text).strip("\n")
    return f"{plain(text[:limit]).strip()}\n… {count(len(text) - limit, 'character')} more, all of it in report.json"


def lines(text: str, longest: int = 1000) -> str:
    """Plain text with its lines kept, none longer than `longest` characters: for a terminal, whatever a page says."""
    kept = no_command(plain(text)).split("\n")
    return "\n".join(line if len(line) <= longest else f"{line[: longest - 1]}…" for line in kept)


def no_command(text: str) -> str:
    """Text for a log, without what the build server that reads the log would obey: it could hide words in it."""
    return _COMMANDS.sub(r"\g<0> ", text)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 step`, `2 steps`, `1,204 steps`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(value: float) -> str:
    """`99.9 %` of 99.96, never rounded up: that is not all of them."""
    return f"{int(value * 10) / 10:g} %"


def points(score: float) -> str:
    """`59` of 59.97: what is below a limit must not read as if it had reached it."""
    # Seven digits first: a sum that comes to 60 may be a little less.
    return str(math.floor(round(score, 7)))


def duration(ms: float | None) -> str:
    """`412 ms`, `5.01 s`, `2 min 5 s`, `1 h 3 min`; a dash where it is not known."""
    if ms is None:
        return DASH
    if ms < 999.5:
        return f"{ms:.0f} ms"
    if ms < 9_995:
        return f"{ms / 1000:.2f} s"
    if ms < 59_950:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def moment(at: float) -> str:
    """`22 Nov 2026, 10:15:03 UTC`."""
    there = datetime.fromtimestamp(at, UTC)
    return f"{there.day} {there:%b %Y, %H:%M:%S} UTC"


def iso(at: float) -> str:
    """The moment as machines write it, in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def run_word(flow: FlowStatus | None, exit_code: int | None) -> str:
    """The word for a run in a list; that of one in which all journeys passed, and something else did not, is no
    `Passed`: a gate, storms or a test beside them."""
    if flow is None:
        return UNFINISHED
    return "journeys passed" if flow is FlowStatus.PASSED and exit_code else flow.value


def status_word(status: Status | None) -> str:
    """The word on the screen for a status; a step without one never ended."""
    return UNFINISHED if status is None else status.value
