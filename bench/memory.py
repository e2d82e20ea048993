"""How much memory the journeys of one process leave behind: the growth of pytest between an early and the last one.

The journeys paint ten steps each, with a picture of every step. Memory is the resident set of the pytest process.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench.colours import ColourServer
from bench.result import Result
from bench.sandbox import Sandbox

_EARLY = 20


def main() -> int:
    """Measures, prints, and returns the exit code."""
    options = _options()
    print(__doc__)
    with ColourServer() as server, tempfile.TemporaryDirectory(prefix="stormwalk-bench-") as folder:
        sandbox = Sandbox(home=Path(folder) / "home", url=server.url, journeys=options.journeys)
        sandbox.prepare()
        if sandbox.start().wait() != 0:
            raise SystemExit(sandbox.log.read_text(errors="replace"))
        resident = json.loads((sandbox.home / "clock.json").read_text(encoding="utf-8"))["resident_mb"]
    early, late = resident[_EARLY], resident[-1]
    print(f"{early:.1f} MB after {_EARLY} journeys, {late:.1f} MB after {len(resident)}")
    result = Result.of("memory", [late - early], unit="MB of growth", target=30, at_least=False,
                       further={"journeys": len(resident), "early_mb": early, "late_mb": late})  # fmt: skip
    print(result.line())
    return result.exit_code


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--journeys", type=int, default=200, help="journeys in one process (default 200)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
