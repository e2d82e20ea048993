"""Shows each step as it ends. It follows the store, so that it sees the steps of every worker."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from stormwalk.control import asked_words
from stormwalk.errors import StoreError
from stormwalk.events import ControlTaken, Event, JourneyFinished, JourneyStarted, NoteTaken, StepFinished
from stormwalk.model import NoteLevel, Step
from stormwalk.reporting.console import Style, step_line
from stormwalk.reporting.words import lines
from stormwalk.store import Store

_PAUSE_S = 0.2


@dataclass(slots=True)
class _Shown:
    title: str
    expected: int


class Progress:
    """A thread that tells `write` the lines to print. With several workers each line says whose it is."""

    def __init__(
        self, store_url: str, run_id: str, *, workers: int, style: Style, write: Callable[[str], None]
    ) -> None:
        self._store = Store.open(store_url)
        self._run_id = run_id
        self._workers = workers
        self._style = style
        self._write = write
        self._last = 0
        self._journeys: dict[str, _Shown] = {}
        self._taken: set[int] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="stormwalk-progress", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Shows what is left and ends."""
        self._stop.set()
        self._thread.join()
        self._store.close()

    def _follow(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stop.wait(_PAUSE_S)
            # Progress is a comfort: whoever writes to the store will say what is wrong with it.
            with suppress(StoreError):
                self._show_new()

    def _show_new(self) -> None:
        for recorded in self._store.follow(self._run_id, after=self._last):
            self._last = recorded.id
            self._show(recorded.event)

    def _show(self, event: Event) -> None:
        match event:
            case JourneyStarted():
                self._journeys[event.journey] = _Shown(event.title, len(event.expected_steps))
                if self._workers == 1:
                    self._write(event.title)
            case StepFinished():
                self._write(self._prefix(event) + self._step(event))
            case JourneyFinished():
                self._journeys.pop(event.journey, None)
            case ControlTaken() if event.request.id not in self._taken:
                self._taken.add(event.request.id)
                self._write(f"{NoteLevel.WARNING.value}: {lines(asked_words(event.request))}")
            case NoteTaken():
                self._write(f"{event.level.value}: {lines(event.message)}")
            case _:
                pass

    def _prefix(self, event: StepFinished) -> str:
        if self._workers == 1:
            return ""
        shown = self._journeys.get(event.journey)
        return f"[{event.worker}] {shown.title if shown else event.journey}:"

    def _step(self, event: StepFinished) -> str:
        shown = self._journeys.get(event.journey)
        step = Step(
            index=event.index,
            name=event.name,
            status=event.status,
            duration_ms=event.duration_ms,
            reason=event.reason,
        )
        expected = shown.expected if shown else 0
        # A failure outside of the steps is one more than was expected.
        return step_line(step, expected and max(expected, event.index), self._style)
