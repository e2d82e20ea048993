"""What a page shows, as values: the templates print them, and the stream sends those that have changed.

Each has a `key` that is unique among its kind. Nothing here is markup: templates escape it, scripts set it as text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from urllib.parse import quote

from stormwalk.reporting.words import shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step. `look` names its colours and its glyph, `says` is its accessible name."""

    key: str
    journey: str
    index: int
    name: str
    look: str
    word: str
    took: str
    control: str
    fault: str
    site: str
    image: str
    href: str
    says: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyView:
    key: str
    number: int
    title: str
    weather: str
    weather_look: str
    look: str
    word: str
    worker: str
    progress: str
    took: str
    reason: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerView:
    """One worker. `frame` is the newest picture of it; `since` is when its journey began, in seconds, 0 while idle."""

    key: str
    name: str
    journey: str
    title: str
    step: str
    call: str
    fault: str
    calm: str
    look: str
    since: float
    frame: str
    href: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountView:
    """One counter of the header."""

    key: str
    look: str
    word: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentView:
    """One part of the progress bar: where it begins and how long it is, of 1000."""

    key: str
    look: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """A name and a value; `look` is `mono` for one to copy."""

    key: str
    name: str
    value: str
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """The header of a run. `ended` is None while it goes on, `heard` is its newest event; times are UTC in seconds."""

    look: str
    word: str
    progress: str
    steps: str
    verdicts: str
    left: str
    done: int
    planned: int
    started: float
    heard: float
    ended: float | None
    elapsed: str
    facts: tuple[FactView, ...]
    counts: tuple[CountView, ...]
    segments: tuple[SegmentView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    key: str
    at: str
    iso: str
    worker: str
    look: str
    level: str
    message: str
    detail: str
    fault: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointView:
    """One endpoint. Its course is drawn in a box of 104 x 24: `line`, and the band of the controls behind it."""

    key: str
    method: str
    path: str
    calls: str
    p50: str
    base50: str
    p95: str
    base95: str
    slow: str
    line: str
    band_y: float
    band_h: float
    says: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell of a matrix."""

    key: str
    look: str
    glyph: str
    word: str
    says: str
    title: str


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
class MatrixView:
    """A matrix; `summary` stands beside its title, `bad` where something in it must not be overlooked."""

    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    summary: str = ""
    bad: str = ""
    left_out: int = 0


def columns(names: Iterable[str], limit: int = 60) -> tuple[ColumnView, ...]:
    return tuple(ColumnView(key=name, name=shorten(name, limit)) for name in names)


def plain(value: Any) -> Any:
    """The value as JSON takes it."""
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


def run_path(run_id: str, *parts: str) -> str:
    """The address of something of a run; each part is quoted whole, so that none can leave its place."""
    return "/".join(["/runs", quote(run_id, safe=""), *(quote(part, safe="") for part in parts)])


def step_path(run_id: str, number: int, index: int) -> str:
    """The address of a step of the journey with that number."""
    return run_path(run_id, "journeys", str(number), "steps", str(index))


def picture_path(run_id: str, kind: str, evidence_id: str) -> str:
    """The address of a picture or thumbnail, whose id may have folders."""
    return f"{run_path(run_id, kind)}/{quote(evidence_id, safe='/')}"
