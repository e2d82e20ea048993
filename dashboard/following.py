"""Follows runs: one thread for each run that somebody looks at reads the store, folds, and tells all who wait.

A viewer holds no queue of its own. It knows the id of the event up to which it has been told, and is given what has
changed since: a slow one is given more at once and costs no memory.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from stormwalk.errors import StormwalkError
from stormwalk.store import Store

from dashboard.frames import Frames
from dashboard.snapshot import Changes, Figures, changes, figures
from dashboard.state import RunState
from dashboard.views import plain

TICK = 0.06
"""Seconds between two looks into the store while somebody watches a run that goes on."""
QUIET_TICK = 0.5
PAGE = 1000
FIGURES_EVERY = 0.5
KEPT_RUNS = 6
IDLE_SECONDS = 300.0
TROUBLE_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream: a name, JSON, and the id from which a viewer goes on after it."""

    name: str
    data: str
    id: int | None = None


@dataclass(slots=True)
class Shared:
    """What was told last, made once for all who are equally far."""

    since: int = 0
    until: int = 0
    message: Message | None = None


@dataclass(slots=True)
class Viewer:
    """Somebody who watches: how far they were told, and which figures they have."""

    at: int
    figures: dict[str, str] = field(default_factory=dict)
    newest: str = ""
    trouble: str = ""


class Follower:
    """One run, followed by a thread that ends when nobody has looked for a while."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.run_id = run_id
        self.frames = Frames(store, run_id)
        self._store = store
        self._state = RunState(run_id)
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._shared = Shared()
        self._figures: dict[str, str] = {}
        self._figures_of = -1
        self._figures_at = 0.0
        self._viewers: list[Viewer] = []
        self._caught_up = threading.Event()
        self._ending = False
        self._thread: threading.Thread | None = None
        self.newest = ""
        self.trouble = ""
        self.looked_at = time.monotonic()

    def wake(self) -> None:
        """Begin to follow, or go on."""
        with self._lock:
            self.looked_at = time.monotonic()
            if self._thread is None or not self._thread.is_alive():
                self._ending = False
                self._thread = threading.Thread(target=self._follow, name=f"follow-{self.run_id}", daemon=True)
                self._thread.start()

    def end(self) -> None:
        with self._news:
            self._ending = True
            self._news.notify_all()

    def caught_up(self, patience: float) -> bool:
        """Whether everything that is stored was read; waits for it for so many seconds."""
        return self._caught_up.wait(patience)

    def look[T](self, at: Callable[[RunState], T]) -> T:
        """What the function makes of the run, while nothing changes in it."""
        with self._lock:
            self.looked_at = time.monotonic()
            return at(self._state)
