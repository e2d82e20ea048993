"""Follows a run: one thread reads the store, folds, and tells everybody who waits.

A viewer holds no queue of its own. It knows the id of the event up to which it has been told, and is given what has
changed since: a slow one is given more at once and costs no memory.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from dashboard.frames import Frames
from dashboard.snapshot import Changes, changes, figures
from dashboard.state import RunState
from dashboard.views import plain, run_path
from stormwalk.errors import StormwalkError
from stormwalk.store import Store

TICK = 0.06
"""Seconds between two looks into the store while somebody watches a run that goes on."""
QUIET_TICK = 0.5
PAGE = 1000
FIGURES_EVERY = 0.5
REQUESTS_EVERY = 0.5
NEWEST_EVERY = 2.0
TROUBLE_PAUSE = 1.0
IDLE_SECONDS = 300.0
"""A run at which nobody has looked for so long is not followed any more; what was read of it is kept."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a stream: its name, JSON, and the id from which a viewer goes on after it."""

    name: str
    data: str
    id: int | None = None


@dataclass(slots=True, eq=False)
class Viewer:
    """Somebody who watches: how far they were told, and what they know of all that has no id."""

    at: int
    told: dict[str, str] = field(default_factory=dict)


class Follower:
    """One run. For any number of threads."""

    def __init__(self, store: Store, run_id: str) -> None:
        self.run_id = run_id
        self.frames = Frames(store, run_id)
        self.looked_at = time.monotonic()
        self.generation = store.generation
        self._store = store
        self._state = RunState(run_id)
        self._news = threading.Condition(threading.RLock())
        self._caught_up = threading.Event()
        self._viewers: list[Viewer] = []
        self._shared: tuple[int, Message] | None = None
        self._standing: dict[str, str] = {}
        self._standing_of = -1
        self._due: dict[str, float] = {}
        self._ending = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin to follow, or go on."""
        with self._news:
            self.looked_at = time.monotonic()
            if self._thread is None or not self._thread.is_alive():
                self._ending = False
                # What came while nobody looked is read before anybody is shown the run.
                self._caught_up.clear()
                self._standing.pop("whole", None)
                self._thread = threading.Thread(target=self._follow, name=f"follow {self.run_id}", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """Let the thread and all viewers go."""
        with self._news:
            self._ending = True
            self._news.notify_all()

    def caught_up(self, patience: float) -> bool:
        """Whether everything that is stored was read; waits for it for so many seconds."""
        return self._caught_up.wait(patience)

    def look(self, at: Callable[[RunState], T]) -> T:
        """What the function makes of the run, while nothing changes in it."""
        with self._news:
            self.looked_at = time.monotonic()
            return at(self._state)

    @property
    def watched(self) -> bool:
        return bool(self._viewers)

    def join(self, after: int) -> Viewer:
        """A viewer that was told of everything up to the event `after`."""
        with self._news:
            viewer = Viewer(at=after)
            self._viewers.append(viewer)
        try:
            self.wake()
        except BaseException:
            self.leave(viewer)
            raise
        return viewer

    def leave(self, viewer: Viewer) -> None:
        with self._news:
            if viewer in self._viewers:
                self._viewers.remove(viewer)
            self.looked_at = time.monotonic()

    def wait(self, viewer: Viewer, patience: float) -> list[Message] | None:
        """What the viewer has not been told yet, as soon as there is something; None when the server ends."""
        with self._news:
            self._news.wait_for(lambda: self._ending or bool(self._untold(viewer)), patience)
            return None if self._ending else self.tell(viewer)

    def tell(self, viewer: Viewer) -> list[Message]:
        """What the viewer has not been told yet; from then on it counts as told."""
        with self._news:
            self.looked_at = time.monotonic()
            messages = []
            if self._caught_up.is_set() and viewer.at < self._state.last:
                messages.append(self._changes_since(viewer.at))
                viewer.at = self._state.last
            elif viewer.at > self._state.last and self._caught_up.is_set():
                messages.append(Message("reload", "{}"))  # another store than the one that it was told of
                viewer.at = self._state.last
            for name in self._untold_standing(viewer):
                viewer.told[name] = self._standing[name]
                messages.append(Message(name, self._standing[name]))
            return messages

    def _untold(self, viewer: Viewer) -> bool:
        return (self._caught_up.is_set() and viewer.at != self._state.last) or bool(self._untold_standing(viewer))

    def _untold_standing(self, viewer: Viewer) -> list[str]:
        return [name for name, data in self._standing.items() if viewer.told.get(name) != data]

    def _changes_since(self, since: int) -> Message:
        """Made once for all viewers that are equally far, which nearly all of them are."""
        if self._shared and self._shared[0] == since and self._shared[1].id == self._state.last:
            return self._shared[1]
        found = changes(self._state, since, self.frames.times)
        message = _reload(found) if found.too_many else Message("changes", _json(found), found.at)
        self._shared = (since, message)
        return message

    def _follow(self) -> None:
        """The thread: reads, folds, tells; ends when nobody has looked for a while."""
        while not self._is_over():
            try:
                self._store.renew()
                if self._store.generation != self.generation:
                    self.end()  # what was read stands in another store: whoever watches asks again
                    return
                busy = self._read()
                self._refresh()
                self._stand("trouble", "")
            except StormwalkError as error:
                busy = False
                self._stand("trouble", str(error))
                self._pause(TROUBLE_PAUSE)
            except Exception as error:  # the thread must outlive whatever one event does to it
                busy = False
                _log.exception("run %s could not be followed", self.run_id)
                self._stand("trouble", f"The dashboard could not read this run: {type(error).__name__}.")
                self._pause(TROUBLE_PAUSE)
            if not busy:
                self._pause(TICK if self._viewers and self._state.finished_at is None else QUIET_TICK)

    def _is_over(self) -> bool:
        with self._news:
            idle = not self._viewers and time.monotonic() - self.looked_at > IDLE_SECONDS
            if idle:
                self._thread = None
            return self._ending or idle

    def _pause(self, seconds: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._ending, seconds)

    def _read(self) -> bool:
        """Fold one page of events; True where there may be more."""
        page = list(self._store.follow(self.run_id, self._state.last, PAGE))
        with self._news:
            for recorded in page:
                self._state.take(recorded.id, recorded.event)
            if len(page) < PAGE:
                self._caught_up.set()
            if page and self._caught_up.is_set():
                self._news.notify_all()
        return len(page) == PAGE

    def _refresh(self) -> None:
        """What has no id of its own, and is made anew only so often."""
        if not self._caught_up.is_set():
            return
        self._stand("whole", True)
        if self._is_due("requests", REQUESTS_EVERY) and self._state.is_storm:
            for request in self._store.requests(self.run_id, self._state.steering.last):
                with self._news:
                    self._state.steering.ask(request)
        if self._is_due("figures", FIGURES_EVERY):
            self._count()
        if not self._viewers:
            return
        if self._is_due("newest", NEWEST_EVERY):
            self._stand("newest", self._store.latest_run() or "")
        if self._state.finished_at is None:
            if self.frames.refresh(list(self._state.at_work)):
                self._stand(
                    "frames", {worker: self._frame_path(worker, at) for worker, at in self.frames.times.items()}
                )
        else:
            self.frames.forget()
            self._stand("frames", {})

    def _frame_path(self, worker: str, at: float) -> str:
        return f"{run_path(self.run_id, 'frames', worker)}?at={at:.3f}"

    def _count(self) -> None:
        with self._news:
            switches = self._state.steering.view(self._state.plans) if self._state.is_storm else None
            self._stand("switches", plain(switches))
            if self._standing_of == self._state.last:
                return
            self._standing_of = self._state.last
            for name, value in plain(figures(self._state)).items():
                self._stand(name, value)

    def _is_due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + every
        return True

    def _stand(self, name: str, value: object) -> None:
        """Say what is so until something else is said under this name."""
        data = _json(value)
        with self._news:
            if self._standing.get(name) != data:
                self._standing[name] = data
                self._news.notify_all()


def _json(value: object) -> str:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))


def _reload(found: Changes) -> Message:
    return Message("reload", "{}", found.at)
