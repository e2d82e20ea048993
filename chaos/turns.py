"""One walk at a time as the same person, over all workers and runs of one folder.

Business objects are counted by whose they are. Two walks that buy as the same person at the same time would each find
the order of the other, and call it a second one of their own.
"""

from __future__ import annotations

import fcntl
import hashlib
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

_TRY_AGAIN_MS = 100.0
# Who holds one name and asks for another may wait for somebody who waits for them.
_PATIENCE_S, _PATIENCE_WITH_ONE_S = 600.0, 20.0


class Turns:
    """The turns that one walk has taken. They end with `close`, or with the process, however that ends."""

    def __init__(self, folder: Path, application: str) -> None:
        self._folder = folder
        self._application = application
        self._held: set[str] = set()
        self._files = ExitStack()

    def take(self, username: str, rest: Callable[[float], None]) -> bool:
        """Waits until nobody else walks as this person. False where that takes too long.

        `rest` lets so many milliseconds go by.
        """
        if username in self._held:
            return True
        file = self._open(username)
        end = time.monotonic() + (_PATIENCE_WITH_ONE_S if self._held else _PATIENCE_S)
        while not _locked(file):
            if time.monotonic() >= end:
                return False
            rest(_TRY_AGAIN_MS)
        self._held.add(username)
        return True

    def close(self) -> None:
        self._files.close()
        self._held.clear()

    def _open(self, username: str) -> IO[bytes]:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(f"{self._application}\n{username}".encode()).hexdigest()[:16]
        return self._files.enter_context((self._folder / f"{name}.lock").open("ab"))


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
