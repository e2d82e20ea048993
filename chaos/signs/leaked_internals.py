"""The page or an answer shows what only developers should see (OWASP ASVS 16.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chaos.scene import Scene
from chaos.signs.sign import Sign
from stormwalk.access.results import Severity
from stormwalk.storm_judgement import Trouble

_COLUMN = r"[\w.\"`()*]{1,80}(?:\s+AS\s+[\w\"`]{1,80})?"
# What to call it, and its shape. Each is bounded, so that hostile text costs no time.
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a Python traceback", re.compile(r"Traceback \(most recent call last\)|File \"[^\"\n]{1,200}\.py\", line \d+")),
    ("a Java stack trace", re.compile(r"\bat [\w$.]{3,200}\([\w$]{1,80}\.(?:java|kt|scala):\d+\)")),
    ("a JavaScript stack trace", re.compile(r"\bat [^\n()]{0,120}\(?[\w:/.@-]{1,200}\.[cm]?[jt]sx?:\d+:\d+\)?")),
    (
        "a .NET stack trace",
        re.compile(r"\bSystem\.[A-Z]\w+(?:\.\w+)*Exception\b|\bat [\w.]+\([^)\n]*\) in [^\n]+:line \d+"),
    ),
    ("a PHP error", re.compile(r"\b(?:Warning|Fatal error|Notice): [^\n]{1,200} in /[^\n]{1,200}\.php on line \d+")),
    ("a Ruby or Go trace", re.compile(r"\.rb:\d+:in [`']|^goroutine \d+ \[", re.MULTILINE)),
    (
        "a database error",
        re.compile(
            r"SQLSTATE\[|\bORA-\d{5}\b|sqlite3?\.\w*Error|psycopg2?\.|\bsyntax error at or near\b|"
            r"You have an error in your SQL syntax|(?:UNIQUE|FOREIGN KEY) constraint failed|"
            r"no such (?:table|column): \w|relation \"[^\"\n]{1,80}\" does not exist"
        ),
    ),
    (
        "a database query",
        re.compile(
            # With the punctuation of the language: a page may well shout SELECT ANOTHER DAY FROM THE CALENDAR.
            rf"\bSELECT\s+(?:DISTINCT\s+)?{_COLUMN}(?:\s*,\s*{_COLUMN}){{0,40}}\s+FROM\s+[\"`\w.]{{1,80}}|"
            r"\bINSERT INTO\s+[\"`\w.]{1,80}\s*(?:\(|VALUES\b|SELECT\b)|"
            r"\bDELETE FROM\s+[\"`\w.]{1,80}(?:\s+WHERE\b|\s*;)|"
            r"\bUPDATE\s+[\"`\w.]{1,80}\s+SET\s+[\"`\w.]{1,80}\s*="
        ),
    ),
    (
        "a path of the server",
        re.compile(
            r"(?<![\w/.:])/(?:usr|home|var|opt|srv|root)/[\w.-]{1,80}/[\w./-]{1,200}|\b[A-Z]:\\\\?[\w\\ .-]{3,200}"
        ),
    ),
    (
        "an inner address",
        re.compile(
            r"\bE(?:CONNREFUSED|NOTFOUND|TIMEDOUT|HOSTUNREACH) [\w.:-]{3,80}|"
            r"\b(?:10|192\.168)(?:\.\d{1,3}){2,3}:\d{2,5}\b"
        ),
    ),
    ("a debugger", re.compile(r"Werkzeug Debugger|Whoops, looks like something went wrong|DEBUG = True")),
)
_EXCERPT = 160


class LeakedInternals(Sign):
    name = "leaked-internals"
    about = "a stack trace, a query or a path of the server is shown"
    severity = Severity.HIGH
    gates = True

    def check(self, seen: Scene) -> tuple[Trouble, ...]:
        """Silent for what the controls show as well: a page about programming may well hold a stack trace."""
        usual = "\n".join((*(look.text for look in seen.control_looks), *_addresses(seen)))
        found: dict[str, Trouble] = {}
        for where, call, text in _places(seen):
            for what, shape in SHAPES:
                match = shape.search(text)
                if match and match[0] not in usual and what not in found:
                    line = f"{where}: {_around(text, match)}"
                    found[what] = self.trouble(seen, f"{what} is shown {where}", [line], call=call)
        return tuple(found.values())


def _places(seen: Scene) -> Iterator[tuple[str, str, str]]:
    """Where, by which call, and the text. Bodies that a fault made up are not the application's."""
    looks = [*seen.storm.looks, *([seen.healed.state] if seen.healed and seen.healed.state else [])]
    # The browser's own error page names hosts and codes.
    yield from (("on the page", seen.blamed, look.text) for look in looks if look.seen and not look.browser_error)
    yield from (("in a message", seen.blamed, one.text) for one in seen.storm.said)
    yield from (
        (f"in the answer of {one.endpoint}", one.endpoint, one.error_body) for one in seen.storm.calls if one.error_body
    )


def _addresses(seen: Scene) -> Iterator[str]:
    """What an error may repeat of what was asked: `/home/account/orders` may be a path of the application."""
    yield from (one.call.url for one in seen.storm.calls)
    yield from (look.url for look in seen.storm.looks)


def _around(text: str, match: re.Match[str]) -> str:
    return " ".join(text[match.start() : match.start() + _EXCERPT].split())
