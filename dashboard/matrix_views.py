"""What a page shows of a matrix, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from stormwalk.reporting.words import shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell of a matrix; `href` is where more is said of it, empty where nothing is."""

    key: str
    look: str
    glyph: str
    word: str
    says: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    key: str
    name: str
    site: str
    cells: tuple[CellView, ...]
    sum: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """One look of a cell and what it means."""

    key: str
    look: str
    glyph: str
    means: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One cause of what is wrong; `where` are its places, and `href` is where all of it is said."""

    key: str
    look: str
    glyph: str
    word: str
    title: str
    where: str
    parity: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixView:
    """A matrix; `summary` stands beside its title, `bad` where something in it must not be overlooked.

    `more` says how many rows are not shown, `open` what is not known.
    """

    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    legend: tuple[KeyView, ...] = ()
    summary: str = ""
    bad: str = ""
    more: str = ""
    findings: tuple[FindingView, ...] = ()
    open: tuple[TextView, ...] = ()


def columns(names: Iterable[str], limit: int = 60) -> tuple[ColumnView, ...]:
    return tuple(ColumnView(key=name, name=shorten(name, limit)) for name in names)
