"""What became of messages, in `reports/alerts.log`: the sender of a run has nobody to say it to."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

_LARGEST_BYTES = 200_000


class Log:
    """Appends lines. A log that cannot be written is no reason not to deliver."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write(self, line: str) -> None:
        with suppress(OSError):
            self._make_room()
            with self._file.open("a", encoding="utf-8", errors="replace") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S UTC', time.gmtime())}  {' '.join(line.split())}\n")

    def _make_room(self) -> None:
        if self._file.is_file() and self._file.stat().st_size > _LARGEST_BYTES:
            self._file.replace(self._file.with_suffix(".log.old"))
