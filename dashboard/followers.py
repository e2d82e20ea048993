"""All runs that are followed at the moment; of those at which nobody looks, the last few are kept."""

from __future__ import annotations

import threading

from dashboard.following import Follower
from stormwalk.store import Store

KEPT = 6


class Followers:
    def __init__(self, store: Store, seats: int) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._followers: dict[str, Follower] = {}
        self._seats = seats
        self._taken = 0

    def of(self, run_id: str) -> Follower:
        """The follower of a run, which need not have begun yet; it is awake."""
        with self._lock:
            self._drop_strangers()
            follower = self._followers.pop(run_id, None) or Follower(self._store, run_id)
            self._followers[run_id] = follower  # the one that was asked for last stands at the end
            self._let_go()
        follower.wake()
        return follower

    def has(self, run_id: str) -> bool:
        with self._lock:
            self._drop_strangers()
            return run_id in self._followers

    def _drop_strangers(self) -> None:
        """What was read of a store that is another one now is not shown any more."""
        for one in list(self._followers.values()):
            if one.generation != self._store.generation:
                one.end()
                del self._followers[one.run_id]

    def _let_go(self) -> None:
        others = list(self._followers.values())[:-1]  # the last one has just been asked for
        idle = [one for one in others if not one.watched]
        for one in idle[: max(0, len(self._followers) - KEPT)]:
            one.end()
            del self._followers[one.run_id]

    def take_seat(self) -> bool:
        """Whether there is room for one more stream, each of which holds a thread of the server; then it is taken."""
        with self._lock:
            free = self._taken < self._seats
            self._taken += free
            return free

    def give_seat_back(self) -> None:
        with self._lock:
            self._taken -= 1

    def end(self) -> None:
        with self._lock:
            for one in self._followers.values():
                one.end()
