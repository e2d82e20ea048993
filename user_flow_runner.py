"""Walks every journey once and prints what came of it: `python3 user_flow_runner.py [whatever pytest takes]`.

Without --base-url it starts the application that the project file names (by default the embedded shop).
Exit codes: 1 when the application is wrong, else 2 when something could not be tested, else 0.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until `ends_well` stands ready for it: Ctrl-C waits, and so does what CI sends.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})

import os
import sys
from pathlib import Path

from tools.endings import ends_well
from tools.interpreter import ensure_interpreter

ROOT = Path(__file__).resolve().parent
COULD_NOT_TEST = 2
FILE_OPTIONS = ("--project", "--store", "--browser-path", "--baseline", "--summary")


def main(arguments: list[str]) -> int:
    """Runs pytest over the journeys. `arguments` are pytest's own, and Stormwalk's (see --help)."""
    import pytest

    arguments = from_root(arguments)
    os.chdir(ROOT)
    # Named, since pytest looks for both where the paths of the command line are, that of a store for example.
    ours = ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), "-o", "testpaths=journeys"]
    code = int(pytest.main([*ours, *arguments]))
    # pytest's own codes for wrong usage, internal errors and nothing to run all mean the same here.
    return code if code in (0, 1) else COULD_NOT_TEST


def from_root(arguments: list[str]) -> list[str]:
    """The same arguments; a file that one of them names, seen from the current folder, is named in full."""
    before = ["", *arguments]
    return [_whole(option, argument) for option, argument in zip(before, arguments, strict=False)]


def _whole(option: str, argument: str) -> str:
    name, given, value = argument.partition("=")
    if given and name in FILE_OPTIONS:
        return f"{name}={_whole(name, value)}"
    if option not in FILE_OPTIONS or not argument or "://" in argument:
        return argument
    # A store may be made yet; a project that is not there may be one of this checkout, such as projects/demo.toml.
    return str(Path(argument).absolute()) if option in ("--store", "--summary") or Path(argument).exists() else argument


def _from_terminal() -> int:
    ensure_interpreter()
    return main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(ends_well(_from_terminal))
