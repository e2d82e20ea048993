"""What a page shows, as values: the templates print them, and the stream sends those that have changed.

Each has a `key` that is unique among its kind. Nothing here is markup: templates escape it, scripts set it as text.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from urllib.parse import quote, urlencode

LONGEST_PATH = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step. `look` names its colours and its glyph, `says` is its accessible name.

    `bar` is how wide it is in the bar of the film (`t0` to `t47`), `long` its time where that says something there.
    """

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
    bar: str
    long: str
    late: str


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
    """One worker. `frame` is the newest picture of it; `since` is when its journey began, in seconds, 0 while idle.

    `marks` has a letter for each step: the first one of its status, or `-` for one that was not reached yet.
    """

    key: str
    name: str
    journey: str
    title: str
    step: str
    call: str
    fault: str
    calm: str
    look: str
    marks: str
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
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """One line of the log; `ours` is not empty where it tells of our own fault and of nothing else."""

    key: str
    at: str
    iso: str
    worker: str
    look: str
    level: str
    message: str
    detail: str
    fault: str
    ours: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureView:
    """One picture: `image` is its thumbnail, out of the store, `full` the whole of it on the machine that took it."""

    key: str
    label: str
    image: str
    full: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointView:
    """One endpoint. Its course is drawn in a box of 104 x 24: `line`, and the band of the controls behind it.

    What is called `own` is without what we injected.
    """

    key: str
    method: str
    path: str
    calls: str
    p50: str
    base50: str
    p95: str
    base95: str
    slow: str
    own50: str
    own95: str
    line: str
    own_line: str
    band_y: float
    band_h: float
    says: str
    href: str


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


def cell_path(run_id: str, matrix: str, **named: str) -> str:
    """The address of what is known of a cell; empty for names that no address can hold."""
    path = f"{run_path(run_id, 'cells', matrix)}?{urlencode(named)}"
    return path if len(path) < LONGEST_PATH else ""


def step_path(run_id: str, number: int, index: int) -> str:
    """The address of a step of the journey with that number."""
    return run_path(run_id, "journeys", str(number), "steps", str(index))


def picture_path(run_id: str, kind: str, evidence_id: str) -> str:
    """The address of a picture or thumbnail, whose id may have folders."""
    return f"{run_path(run_id, kind)}/{quote(evidence_id, safe='/')}"


def thumbnail_view(run_id: str, evidence_id: str, label: str, alt: str) -> PictureView:
    """A picture under a name of its own."""
    image, full = (picture_path(run_id, kind, evidence_id) for kind in ("thumbnails", "pictures"))
    return PictureView(key=evidence_id, label=label, image=image, full=full, alt=alt)
