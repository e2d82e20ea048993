"""Walks every journey once and prints what came of it: `python3 user_flow_runner.py [whatever pytest takes]`.

Without --base-url it starts the application that the project file names (by default the embedded shop).
Exit codes: 1 when the application is wrong, else 2 when something could not be tested, else 0.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.interpreter import ensure_interpreter

ROOT = Path(__file__).resolve().parent
COULD_NOT_TEST = 2


def main(arguments: list[str]) -> int:
    """Runs pytest over the journeys. `arguments` are pytest's own, and Stormwalk's (see --help)."""
    import pytest

    os.chdir(ROOT)
    code = int(pytest.main(["-o", "testpaths=journeys", *arguments]))
    # pytest's own codes for wrong usage, internal errors and nothing to run all mean the same here.
    return code if code in (0, 1) else COULD_NOT_TEST


if __name__ == "__main__":
    ensure_interpreter()
    sys.exit(main(sys.argv[1:]))
