"""What is shown of one cell of a matrix, as values."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.views import FactView, PictureView


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One request and its answer."""

    key: str
    actor: str
    request: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    key: str
    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellDetail:
    """One cell. `look`, `glyph` and `word` are those of the matrix, `replay` the command that shows it again."""

    title: str
    place: str
    look: str
    glyph: str
    word: str
    why: str = ""
    facts: tuple[FactView, ...] = ()
    proofs: tuple[FactView, ...] = ()
    pictures: tuple[PictureView, ...] = ()
    exchanges: tuple[ExchangeView, ...] = ()
    links: tuple[LinkView, ...] = ()
    replay: str = ""


def facts(*rows: tuple[str, str]) -> tuple[FactView, ...]:
    """Those of which something is known; names may come twice."""
    return tuple(
        FactView(key=f"{number} {name}", name=name, value=value) for number, (name, value) in enumerate(rows) if value
    )
