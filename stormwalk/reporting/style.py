"""What the stream that a text is printed to can carry: its characters, and colour."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TextIO

from stormwalk.model import Status
from stormwalk.reporting.words import DASH, no_command

_GLYPHS = {Status.PASSED: "✓", Status.FAILED: "✗", Status.ERROR: "!", Status.SKIPPED: DASH, None: "…"}
_ASCII = {Status.PASSED: "+", Status.FAILED: "x", Status.ERROR: "!", Status.SKIPPED: "-", None: "."}
COLOURS = {Status.PASSED: "32", Status.FAILED: "31", Status.ERROR: "33", Status.SKIPPED: "2", None: "36"}
"""The terminal's colour of each status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the stream that is written to can carry."""

    encoding: str = "utf-8"
    colour: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """Colour only on a terminal whose user has not said NO_COLOR."""
        colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(encoding=getattr(stream, "encoding", None) or "utf-8", colour=colour)

    def carries(self, text: str) -> bool:
        try:
            text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.colour else text

    def glyph(self, status: Status | None) -> str:
        glyph = _GLYPHS[status]
        return self.paint(glyph if self.carries(glyph) else _ASCII[status], COLOURS[status])

    def fit(self, text: str) -> str:
        """The text as the stream can carry it, so that no name can stop a run by being printed, or command a server."""
        text = no_command(text)
        if self.carries(text):
            return text
        text = text.replace("…", "...").replace(DASH, "-")
        encoding = self.encoding if self.carries("") else "ascii"
        return text.encode(encoding, "backslashreplace").decode(encoding)


PLAIN = Style()
