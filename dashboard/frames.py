"""The live frames of a run: asks for them while somebody watches, and keeps the newest of each worker."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock

from stormwalk.store import Store
from stormwalk.store.live import Frame

EVERY = 0.4
"""Seconds between two looks for frames; they are made about twice a second."""
WATCH_EVERY = 2.0


class Frames:
    """For the thread of one follower, and for whoever serves the pictures."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._frames: dict[str, Frame] = {}
        self._lock = Lock()
        self._looked_at = 0.0
        self._watched_at = 0.0

    @property
    def times(self) -> dict[str, float]:
        """When the newest frame of each worker was taken."""
        with self._lock:
            return {worker: frame.at for worker, frame in self._frames.items()}

    def of(self, worker: str) -> Frame | None:
        with self._lock:
            return self._frames.get(worker)

    def refresh(self, workers: Iterable[str]) -> bool:
        """Say that somebody watches, and take what is new; True where a frame has come."""
        now = time.monotonic()
        if now - self._watched_at >= WATCH_EVERY:
            self._watched_at = now
            self._store.watch(self._run_id)
        if now - self._looked_at < EVERY:
            return False
        self._looked_at = now
        return any(list(map(self._take, workers)))

    def _take(self, worker: str) -> bool:
        frame, known = self._store.frame(self._run_id, worker), self.of(worker)
        if frame is None or (known and known.at >= frame.at):
            return False
        with self._lock:
            self._frames[worker] = frame
        return True

    def forget(self) -> None:
        """The run has finished: nobody is shown what it looked like live."""
        with self._lock:
            self._frames.clear()
