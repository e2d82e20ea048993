"""Lets a script of this checkout be started by any Python: it starts again with the virtual environment's own."""

from __future__ import annotations

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A package of the lock file and the checkout itself: with both, the set-up went to its end.
NEEDED = ("playwright", "pytest", "stormwalk")
_RESTARTED = "STORMWALK_RESTARTED"


def ensure_interpreter(needed: tuple[str, ...] = NEEDED, *, root: Path = ROOT) -> None:
    """Return if all that is needed can be imported; else start again with `.venv`'s Python, or end with code 2.

    Call it before the first import that is not of the standard library. Arguments, the interpreter's own options and
    the exit code stay as they are, because the process is replaced and not wrapped.
    """
    restarted = os.environ.pop(_RESTARTED, None) is not None
    if restarted:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    missing = [name for name in needed if find_spec(name) is None]
    if not missing:
        return
    python = root / ".venv" / "bin" / "python"
    if restarted:
        _give_up(f"{python} lacks {', '.join(missing)}.")
    if not os.access(python, os.X_OK):
        _give_up(f"{', '.join(missing)} cannot be imported, and there is no .venv here.")
    _start_again(python)


def _start_again(python: Path) -> None:
    # Without the mark, an environment that is incomplete would be started for ever.
    environ = {**os.environ, _RESTARTED: "1"}
    # An interpreter that is just starting answers Ctrl-C with a traceback, so it waits until the script can take it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        os.execve(python, [str(python), *sys.orig_argv[1:]], environ)
    except OSError as error:
        _give_up(f"{python} does not run ({error.strerror}).")


def _give_up(reason: str) -> None:
    print(f"{Path(sys.argv[0]).name}: {reason} Set this checkout up first: make setup", file=sys.stderr)
    sys.exit(2)
