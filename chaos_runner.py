"""Walks every journey in storms and prints what came of it: `python3 chaos_runner.py [whatever pytest takes]`.

Without --chaos-plan the set of plans `standard` is walked. Without --base-url it starts the application that the
project file names (by default the embedded shop). Exit codes: 1 when a storm showed that the application deviates from
what is fairly expected, else 2 when something could not be tested, else 0.
"""

from __future__ import annotations

import signal

if __name__ == "__main__":
    # Until `ends_well` stands ready for it: Ctrl-C waits, and so does what CI sends.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})

import sys

from tools.endings import ends_well
from tools.interpreter import ensure_interpreter
from user_flow_runner import main


def _from_terminal() -> int:
    """Runs pytest with storms and what the command line says beside them; its exit code."""
    ensure_interpreter()
    return main(["--chaos", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(ends_well(_from_terminal))
