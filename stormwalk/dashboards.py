"""The dashboard of a store: started beside a run by `--dashboard`, found again by the next one.

It is a process of its own that outlives the run, and one is enough for each store. The one that serves holds a lock on
a file below `reports/`, in which its address stands; the system lets go of it when the process ends, however it ends.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from stormwalk.options import STORE_VARIABLE

PACKAGE = Path(__file__).resolve().parent.parent / "dashboard"
"""Where it is: installed together with this package, and never imported by it."""

_PATIENCE_S = 20.0
_LOOK_EVERY_S = 0.05
_TRIES = 10


@contextmanager
def announced(root: Path, store_url: str, address: str) -> Iterator[None]:
    """While this goes on, runs that are asked for a dashboard of this store send people to `address`.

    Where another one has announced itself already, or nothing can be written there, nobody is sent here.
    """
    file = _place(root, store_url, "address")
    try:
        file.parent.mkdir(exist_ok=True)
        held = file.open("a+")
    except OSError:
        yield
        return
    with held:
        if _locked_in_the_end(held):
            held.truncate(0)
            held.write(f"{address} {os.getpid()}")
            held.flush()
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A dashboard that runs: where it is served, and the id of its process."""

    address: str
    process: int


def serving(root: Path, store_url: str) -> Serving | None:
    """The dashboard that serves a store now; None where there is none, or it is not ready yet."""
    try:
        with _place(root, store_url, "address").open("r+") as file:
            words = [] if _locked(file) else file.read(200).split()
    except OSError:
        return None
    return Serving(address=words[0], process=int(words[1])) if len(words) == 2 and words[1].isdecimal() else None


class Summoned:
    """A dashboard for whoever wants to look at the runs of this store: the one that is there, or else a new one.

    It starts while the run does. `told` waits for it and says in one line where it is, or why there is none; nothing
    that goes wrong with it is an error of the run.
    """

    def __init__(self, root: Path, store_url: str) -> None:
        self._root = root
        self._store_url = store_url
        self._log = _place(root, store_url, "log")
        self._process: subprocess.Popen[bytes] | None = None
        self._refusal = ""
        # Of runs that begin together one starts it, and the others wait for that.
        self._starting: IO[str] | None = None
        if self._found() is None:
            self._begin()

    def _found(self) -> Serving | None:
        return serving(self._root, self._store_url)

    def told(self) -> str:
        """`dashboard: http://127.0.0.1:41873/ (process 4711, which outlives the run)`."""
        try:
            return f"dashboard: {self._waited_for()}"
        finally:
            if self._starting is not None:
                self._starting.close()
            if self._process is not None and self._process.returncode is None:
                self._process.returncode = 0  # it is left running on purpose, and nobody need be warned

    def _waited_for(self) -> str:
        end = time.monotonic() + _PATIENCE_S
        while (found := self._found()) is None:
            if self._refusal:
                return self._refusal
            if self._process is not None and self._process.poll() is not None:
                return f"it did not start ({self._last_words()}); the run goes on without it"
            if time.monotonic() > end:
                return f"it has not started within {_PATIENCE_S:.0f} s, see {self._log}"
            _pause()
        what = "which outlives the run" if self._process else "which was there already"
        return f"{found.address} (process {found.process}, {what})"

    def _begin(self) -> None:
        if not (PACKAGE / "__main__.py").is_file():
            self._refusal = "the package `dashboard` is not installed beside stormwalk; the run goes on without it"
            return
        # By the environment, since everybody on the machine can read a command line, and a URL may hold a password.
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), STORE_VARIABLE: self._store_url}
        # -P: a folder of the project that happens to be called `dashboard` is not meant.
        command = [sys.executable, "-P", "-m", "dashboard", "--root", str(self._root)]
        try:
            self._log.parent.mkdir(exist_ok=True)
            self._starting = _place(self._root, self._store_url, "starting").open("w")
            if not _locked(self._starting):
                return
            _place(self._root, self._store_url, "address").write_text("")  # of one that was killed, perhaps
            with self._log.open("wb") as log:
                # In a session of its own, so that neither Ctrl-C nor the end of the terminal's job ends it.
                self._process = subprocess.Popen(
                    command,
                    cwd=self._root,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            self._refusal = f"it cannot be started ({error.strerror}); the run goes on without it"

    def _last_words(self) -> str:
        with suppress(OSError):
            return (self._log.read_text(errors="replace").strip().splitlines() or ["it said nothing"])[-1][:300]
        return "it left no log"


def _pause() -> None:
    time.sleep(_LOOK_EVERY_S)


def _locked_in_the_end(file: IO[str]) -> bool:
    """The same as `_locked`; but who only looks for an address holds the lock for a moment too."""
    for _ in range(_TRIES):
        if _locked(file):
            return True
        _pause()
    return False


def _place(root: Path, store_url: str, what: str) -> Path:
    """A file of this store's dashboard. Its name tells nothing of the URL, which may hold a password."""
    whole = store_url if "://" in store_url else str(Path(root, store_url).resolve())
    name = hashlib.blake2b(whole.encode(), digest_size=5).hexdigest()
    return root / "reports" / f"dashboard-{name}.{what}"


def _locked(file: IO[str]) -> bool:
    """Whether the file is ours now, until it is closed; a system without such locks lets nobody have it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
