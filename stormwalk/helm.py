"""Steering a run by hand: each process of it looks twice a second for what was asked, and does it.

A request takes effect only when the store has kept that it was taken up, so that nothing is ever steered without a
trace. Whoever begins late finds all requests from the first on, and so stands where the others do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from stormwalk.control import ControlKind, ControlRequest
from stormwalk.errors import StoreError

LOOK_EVERY_S = 0.5

Refusal = str
"""Why a request is not taken up; empty where it is."""


class Helm:
    """`asked` gives the requests behind an id, `taken` writes down that one is taken up, `refused` why one is not.

    All three are called in a thread of this object, from `start` until `close`.
    """

    def __init__(
        self,
        asked: Callable[[int], Sequence[ControlRequest]],
        taken: Callable[[ControlRequest], None],
        refused: Callable[[ControlRequest, Refusal], None],
    ) -> None:
        self._asked = asked
        self._taken = taken
        self._refused = refused
        self._last = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="stormwalk-helm", daemon=True)
        self.stopping = False
        """Whether the run is to end once the journey that is being walked has ended."""
        self.objection: Callable[[ControlRequest], Refusal] = lambda request: "there is no storm that could be steered"
        """Says why a request to the storm makes no sense; set by whoever makes one, before `start`."""
        self.steer: Callable[[ControlRequest], None] = lambda request: None
        """Does what is asked of the storm."""

    def start(self) -> None:
        """Begins to look. Once."""
        self._thread.start()

    def close(self) -> None:
        """Looks no more. May be called again, and without a start."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            # Tried again at the next look; a store that stays like this ends the run at its next step.
            with suppress(StoreError):
                self._look()

    def _look(self) -> None:
        for request in self._asked(self._last):
            self._do(request)
            self._last = request.id

    def _do(self, request: ControlRequest) -> None:
        refusal = self.objection(request) if request.kind.steers else ""
        if refusal:
            self._refused(request, refusal)
            return
        self._taken(request)
        if request.kind is ControlKind.STOP:
            self.stopping = True
        else:
            self.steer(request)
