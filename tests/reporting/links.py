"""Which links of a page lead nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


def links(page: Path) -> list[str]:
    """Every relative link and picture of a page, in order."""
    found: list[str] = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(value for name, value in attrs if name in ("href", "src") and value)

    Parser().feed(page.read_text(encoding="utf-8"))
    return [link for link in found if not link.startswith(("#", "data:"))]


def broken_links(page: Path) -> list[str]:
    """Those whose file is not there."""
    return [link for link in links(page) if not (page.parent / unquote(link.partition("#")[0])).is_file()]
