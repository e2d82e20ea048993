"""Ctrl-C, and what a CI server sends when it cancels: a run ends once, in order, and is not torn apart on the way."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GIVING_UP = 3
_STOPPED_AT_ONCE = 2
_ENDING = b"\nstormwalk: the run is ending, and its report is being written; once more stops it at once\n"
_STOPPED = b"\nstormwalk: stopped at once; the store has what was recorded, and the report is missing\n"


class Interrupts:
    """Turns the first signal into a KeyboardInterrupt and holds the next one off, so that the run can end.

    Impatience is normal: a second Ctrl-C in the middle of the clean-up would leave neither report nor exit code. Who
    insists, with a third, has the process stopped at once, with exit code 2.
    """

    def __init__(self) -> None:
        self.asked = 0
        self._held = False
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> None:
        """From now on signals come here. One that the process ignores, as under nohup, stays ignored."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in SIGNALS:
            if signal.getsignal(number) not in (signal.SIG_IGN, None):
                self._before[number] = signal.signal(number, self._on_signal)

    def hold(self) -> None:
        """The run is ending anyway: from now on the first signal is only counted."""
        self._held = True

    def uninstall(self) -> None:
        """Puts back what was there before. After a signal the process ends, and another Ctrl-C must not kill it yet."""
        if self.asked and signal.SIGINT in self._before:
            # A handler of Python's is gone before the process is; SIGTERM still ends one that hangs at its end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            return
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def raise_if_asked(self) -> None:
        """Raises what somebody has swallowed: an exception in a callback of Playwright or of C code goes nowhere."""
        if self.asked:
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.asked += 1
        if self.asked >= _GIVING_UP:
            _say(_STOPPED)
            os._exit(_STOPPED_AT_ONCE)
        if self.asked > 1:
            _say(_ENDING)
        elif not self._held:
            raise KeyboardInterrupt


def _say(words: bytes) -> None:
    # Past every buffer and capture: a handler may have interrupted whoever holds their locks.
    try:
        os.write(2, words)
    except OSError:  # the terminal has gone, and with it whoever could read this
        return
