"""Who is at work in whose name: one at a time, among the threads of a check and among checks on the same machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from pathlib import Path
from threading import Lock, RLock
from typing import IO


class Turn:
    """Held with `with`, by one thread of one process at a time; the same thread may take it again.

    Other processes are kept out by a lock on a file, which the system lets go when a process ends, however it ends.
    """

    def __init__(self, file: Path) -> None:
        self._path = file
        self._mine = RLock()
        self._depth = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> None:
        self._mine.acquire()
        self._depth += 1
        if self._depth == 1:
            self._file = _locked(self._path)

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file is not None:
            self._file.close()
            self._file = None
        self._mine.release()


class Turns:
    """The turns of the people of one application."""

    def __init__(self, base_url: str) -> None:
        digest = hashlib.blake2b(base_url.encode(), digest_size=8).hexdigest()
        self._folder = Path(tempfile.gettempdir()) / f"stormwalk-turns-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._prefix = digest
        self._lock = Lock()
        self._turns: dict[str, Turn] = {}

    def of(self, name: str) -> Turn:
        """The turn of somebody, by name."""
        who = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        with self._lock:
            if name not in self._turns:
                self._turns[name] = Turn(self._folder / f"{self._prefix}-{who}")
            return self._turns[name]


def _locked(path: Path) -> IO[bytes] | None:
    """The file, locked; None where the system has no such locks, and only this process is kept in order."""
    try:
        file = path.open("ab")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError:
        file.close()
        return None
    return file
