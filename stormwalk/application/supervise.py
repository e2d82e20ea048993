"""Runs a command that must not outlive whoever asked for it: `python -m stormwalk.application.supervise -- ...`.

The asker holds the other end of this process's standard input. When that end closes, because it was closed or
because the asker is gone (SIGKILL included), the command and all that it started are ended. Works wherever POSIX
does. Standard library only: it is started with `-I -S`, so that it costs some milliseconds.

Exit code: the command's, 128 + n when signal n ended it, 127 when it could not be started.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from types import FrameType

GRACE_S = 1.5
_POLL_S = 0.1


class _Stop:
    """True once somebody asked by a signal, closed our standard input, or died."""

    def __init__(self) -> None:
        self._asked = False
        self._parent = os.getppid()
        # Handlers, not SIG_IGN: what is ignored here would be ignored by the command as well.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def asked(self, within_s: float) -> bool:
        readable, _, _ = select.select([0], [], [], within_s)
        closed = bool(readable) and not os.read(0, 4096)
        # A forked child of the asker may hold the pipe open after the asker's death.
        return self._asked or closed or os.getppid() != self._parent


def main(arguments: list[str]) -> int:
    """Runs what stands after `--` until it ends or nobody wants it any more."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("usage: python -m stormwalk.application.supervise -- COMMAND ...", file=sys.stderr)
        return 2
    if os.getpgrp() != os.getpid():  # the group is signalled as a whole, so it must be ours alone
        os.setpgid(0, 0)
    stop = _Stop()
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    except (OSError, ValueError) as problem:
        print(f"cannot start {command[0]}: {problem}", file=sys.stderr)
        return 127
    return _watch(process, stop)


def _watch(process: subprocess.Popen[bytes], stop: _Stop) -> int:
    while process.poll() is None:
        if stop.asked(_POLL_S):
            _end(process)
    os.killpg(0, signal.SIGTERM)  # what the command has left behind
    code: int = process.returncode
    return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(0, signal.SIGTERM)
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)  # and ourselves with it: nobody is left who wants our exit code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
