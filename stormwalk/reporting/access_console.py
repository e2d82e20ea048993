"""What a terminal shows of an access check: the alarms, worst first, and what the check did not reach."""

from __future__ import annotations

from collections.abc import Iterable

from stormwalk.access.results import Access, AccessFinding, Severity
from stormwalk.model import Status
from stormwalk.reporting.access_facts import accepted, shortcomings
from stormwalk.reporting.style import COLOURS, PLAIN, Style
from stormwalk.reporting.words import count, shorten

_ALARMS_SHOWN = 20
_PLACES_SHOWN = 4
_LISTED = 8
_STATUSES = {Severity.MEDIUM: Status.ERROR, Severity.LOW: Status.SKIPPED}


def access_blocks(access: Access, style: Style = PLAIN) -> list[str]:
    """The paragraphs of the summary; none where all is as expected and everything was reached."""
    blocks = [_alarm(one, style) for one in access.alarms[:_ALARMS_SHOWN]]
    if len(access.alarms) > _ALARMS_SHOWN:
        blocks.append(f"and {count(len(access.alarms) - _ALARMS_SHOWN, 'more access finding')} in the report")
    lines = [*_accepted(access), *shortcomings(access), *_uncovered(access), *_remarks(access)]
    return [*blocks, "\n".join(lines)] if lines else blocks


def _alarm(finding: AccessFinding, style: Style) -> str:
    status = _STATUSES.get(finding.severity, Status.FAILED)
    word = style.paint(finding.severity.value.upper(), COLOURS[status])
    parity = f" ({shorten(finding.parity, 60)})" if finding.parity else ""
    lines = [f"{style.glyph(Status.FAILED)} {word}  {shorten(finding.title, 200)}{parity}"]
    if finding.places:
        lines.append(_cut(finding.places, _PLACES_SHOWN, "more place", 160))
    lines += [shorten(finding.proof, 400)] if finding.proof else []
    lines += [f"replay: {shorten(finding.replay, 300)}"] if finding.replay else []
    return "\n    ".join(lines)


def _accepted(access: Access) -> Iterable[str]:
    quiet = accepted(access)
    if quiet:
        titles = _cut([one.title for one in quiet], 3, "more", 100, separator="; ", plural="more")
        yield f"Accepted before, and still there: {count(len(quiet), 'finding')}: {titles}"


def _uncovered(access: Access) -> Iterable[str]:
    missing = access.coverage.uncovered
    if missing:
        names = _cut(missing, _LISTED, "more", 120, plural="more")
        yield f"Seen, but not in the matrix: {count(len(missing), 'endpoint')}: {names}"


def _remarks(access: Access) -> Iterable[str]:
    for remark in access.remarks[:_LISTED]:
        yield f"Blind spot: {shorten(remark, 300)}"
    if len(access.remarks) > _LISTED:
        yield f"and {count(len(access.remarks) - _LISTED, 'more remark')} in the report"


def _cut(texts: Iterable[str], most: int, noun: str, limit: int, *, separator: str = ", ", plural: str = "") -> str:
    """The first texts, each at most `limit` characters, and how many there are beyond them."""
    whole = list(texts)
    shown = separator.join(shorten(text, limit) for text in whole[:most])
    return f"{shown} and {count(len(whole) - most, noun, plural)}" if len(whole) > most else shown
