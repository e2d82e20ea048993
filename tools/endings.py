"""How the scripts of this checkout end when somebody has had enough: with code 2 and one line, not with a traceback."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable

STOPPED = 2


def ends_well(main: Callable[[], int]) -> int:
    """The code of `main`; 2 where Ctrl-C, or what CI sends when it cancels, ended it.

    To be called before anything that takes time, imports included. Signals that are ignored stay ignored.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
        return main()
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second one must not become the traceback that this avoids
        print("\nstopped", file=sys.stderr)
        return STOPPED
