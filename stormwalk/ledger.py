"""The events of one journey on their way to the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from stormwalk.errors import StormwalkError
from stormwalk.events import Event, JourneyEvent

Append = Callable[[Iterable[Event], Mapping[str, bytes]], None]
"""Puts events, and thumbnails by the id of their evidence, into the store in one commit."""


class Ledger:
    """Collects what happens in a journey until it is appended."""

    def __init__(self, append: Append, *, journey: str, worker: str) -> None:
        self._append = append
        self._journey = journey
        self._worker = worker
        self._waiting: list[Event] = []

    def now(self) -> dict[str, Any]:
        """The fields that every event of the journey has."""
        return {"at": time.time(), "worker": self._worker, "journey": self._journey}

    def write(self, event: JourneyEvent) -> None:
        """Takes an event; it is in the store after the next `flush`."""
        self._waiting.append(event)

    def flush(self) -> None:
        """Appends what is waiting. When the store refuses, it is kept for the next time and the error is raised."""
        waiting, self._waiting = self._waiting, []
        try:
            self._append(waiting, {})
        except StormwalkError:
            self._waiting = waiting + self._waiting
            raise
