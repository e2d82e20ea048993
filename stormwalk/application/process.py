"""One started application: its process under supervision, and what it writes, redacted on the way to the log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import IO

from stormwalk.application import supervise

_LINE_BYTES = 64_000
_LOG_BYTES = 10_000_000
_TAIL_LINES = 20


class ApplicationLog:
    """Copies a stream line by line to a file, redacted, and remembers the last lines.

    The application is never held up by a full pipe or a full disk: the stream is always read to its end.
    """

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        self.path = path
        self._redact = redact
        self._room = _LOG_BYTES
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)
        self._thread: Thread | None = None

    @property
    def tail(self) -> tuple[str, ...]:
        """The last lines, redacted."""
        return tuple(self._tail)

    def follow(self, stream: IO[bytes]) -> None:
        """Starts copying in a thread of its own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._thread = Thread(target=self._copy, args=(stream,), name="application log", daemon=True)
        self._thread.start()

    def finish(self, within_s: float) -> None:
        """Waits until the stream has ended; something that the application left behind may hold it open."""
        if self._thread is not None:
            self._thread.join(within_s)

    def _copy(self, stream: IO[bytes]) -> None:
        with stream, self.path.open("a", encoding="utf-8", errors="replace") as file:
            while raw := stream.readline(_LINE_BYTES):
                line = self._redact(raw.decode("utf-8", "replace").rstrip("\r\n"))
                self._tail.append(line)
                self._write(file, line)

    def _write(self, file: IO[str], line: str) -> None:
        if self._room <= 0:
            return
        self._room -= len(line) + 1
        with contextlib.suppress(OSError):
            file.write(f"{line}\n" if self._room > 0 else "(the log is full; the rest is left out)\n")
            file.flush()


class ApplicationProcess:
    """A command in a process group of its own that cannot outlive us. It runs from the moment it is made."""

    def __init__(
        self, command: Sequence[str], *, folder: Path, environ: Mapping[str, str], log: ApplicationLog
    ) -> None:
        self._log = log
        # By path and isolated: found from every folder, and no module of the application is imported by mistake.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", supervise.__file__, "--", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            process_group=0,
        )
        assert self._process.stdout is not None
        log.follow(self._process.stdout)

    @property
    def exit_code(self) -> int | None:
        """None while it runs; 128 + n when signal n ended it."""
        code = self._process.poll()
        return code if code is None or code >= 0 else 128 - code

    def stop(self) -> None:
        """Ends the command and all that it started. May be called again and again."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(supervise.GRACE_S + 2)
        except subprocess.TimeoutExpired:
            self._kill_group()
        if self._process.returncode == -signal.SIGKILL:  # the supervisor itself was killed: its group may live on
            self._kill_group()
        self._log.finish(within_s=1)

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
