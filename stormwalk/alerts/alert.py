"""What is said of a run, before any channel has put it into its own form. Everything in it may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stormwalk.model import RunMode


class State(StrEnum):
    """How a run stands in the eyes of who is told: it is what has to change for a message to be worth it."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"

    @property
    def is_bad(self) -> bool:
        return self is not State.PASSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was found: a short `label` (where), a `text` (what), and `more` lines (the calls, the replay)."""

    label: str
    text: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Lines that belong together, worst first, so that a channel that has no room cuts at the end."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message about one run. `thread` is the same for all runs of a project, mode and branch.

    `figures` are pairs of a name and a value (`Total Steps`, `38`). Texts are plain, on one line and bounded; whatever
    a channel's markup obeys is still in them.
    """

    run_id: str
    project: str
    mode: RunMode
    branch: str
    state: State
    headline: str
    subtitle: str
    thread: str
    figures: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    report_path: str = ""
