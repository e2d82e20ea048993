"""Pytest runs in processes of their own, without importing everything each time.

Most of a short run is spent on importing: a second on a fast machine, ten on a slow one, in hundreds of tests. So one
process for each worker imports what all of them need, and forks for each run. A run is as separate as before: it has
its own folder, environment, arguments, output and exit code, and leaves nothing to the next, since its process ends.
What is asked about starting and interrupting a run is tried with `Plugged.start`, which starts Python anew.

Run as a script, this file is that process; it uses nothing of these tests.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
QUIET = ("--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:rerunfailures")


class WarmPytest:
    """The process that forks, seen from a test. It ends when nobody can ask it any more."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, *arguments: str, timeout: float) -> pytest.RunResult:
        """What pytest said and came to; raises TimeoutExpired after so many seconds."""
        out, err, began = folder / "stdout", folder / "stderr", time.monotonic()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])}
        order = {"arguments": arguments, "environment": environment, "out": str(out), "err": str(err)}
        self._tell(json.dumps({**order, "folder": os.getcwd()}))
        pid = int(self._hear())
        code = self._code_of(pid, timeout)
        said = [one.read_text(encoding="utf-8").splitlines() for one in (out, err)]
        print(*said[0], *said[1], sep="\n")
        return pytest.RunResult(code, said[0], said[1], time.monotonic() - began)

    def _code_of(self, pid: int, timeout: float) -> int:
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], timeout)[0]:
            os.kill(pid, signal.SIGKILL)
            self._hear()
            raise subprocess.TimeoutExpired("pytest", timeout)
        return int(self._hear())

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that runs pytest has ended"
        return line


def _serve() -> None:
    """Forks for each line that comes in, and says the process id and then the exit code."""
    sys.path.pop(0)  # this folder, which is no place to import from
    _warm_up()
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if not pid:
            _run(json.loads(line))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _warm_up() -> None:
    """Pytest itself imports the plugins, since it reads their assertions; then what only some runs import."""
    with tempfile.TemporaryDirectory() as nothing, open(os.devnull, "w", encoding="utf-8") as silence:
        said, sys.stdout = sys.stdout, silence
        pytest.main([*QUIET, "--rootdir", nothing, nothing])
        sys.stdout = said
    for name in ("stormwalk", "chaos"):
        _import_all(importlib.import_module(name))
    assert threading.active_count() == 1, "a process with threads cannot be forked"
    gc.freeze()


def _import_all(package: ModuleType) -> None:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)


def _run(order: dict[str, Any]) -> None:
    """Makes this process what `python -m pytest` would be, and ends with it."""
    random.seed()
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    os.chdir(order["folder"])
    for number, name, way in ((0, os.devnull, os.O_RDONLY), (1, order["out"], WRITE), (2, order["err"], WRITE)):
        os.dup2(os.open(name, way), number)
    sys.path.insert(0, order["folder"])
    sys.argv = [str(Path(pytest.__file__).with_name("__main__.py")), *order["arguments"]]
    sys.exit(pytest.main())


if __name__ == "__main__":
    _serve()
