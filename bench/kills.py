"""What is left when a run is killed: pytest is ended by SIGKILL at random moments, again and again, on one store.

The journey writes down each step that has returned. After each kill every such step must be in the store as finished.
At the end a run that nobody kills must pass, and each killed run must be readable.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.colours import ColourServer
from bench.result import Result
from bench.sandbox import Sandbox
from stormwalk.model import Status
from stormwalk.reading import read_run

# A run needs a second or more before its first step.
_LONGEST_S = 14.0
_SHORTEST_S = 2.5


def main() -> int:
    """Kills, looks, prints, and returns the exit code."""
    options = _options()
    print(__doc__)
    with ColourServer() as server, tempfile.TemporaryDirectory(prefix="stormwalk-bench-") as folder:
        returned = Path(folder) / "returned.txt"
        sandbox = Sandbox(
            home=Path(folder) / "home", url=server.url, journeys=20, further={"COLOURS_RETURNED": str(returned)}
        )
        sandbox.prepare()
        lost, finished = [], 0
        for number in range(1, options.kills + 1):
            returned.write_text("", encoding="utf-8")
            _kill_after(sandbox, random.Random(options.seed + number).uniform(_SHORTEST_S, _LONGEST_S))
            steps, missing = _missing(sandbox, returned)
            finished += steps
            lost.append(missing)
            print(f"kill {number}: {steps} steps had finished, {missing} of them are missing", flush=True)
        last = _last_run_passes(sandbox)
    print(f"the run after the last kill {'passed' if last else 'did not pass'}")
    result = Result.of(
        "kills", [float(sum(lost))], unit="finished steps lost", target=0, at_least=False,
        further={"kills": options.kills, "finished_steps": finished, "last_run_passed": float(last)},
    )  # fmt: skip
    print(result.line())
    return result.exit_code if last and finished else 1


def _kill_after(sandbox: Sandbox, seconds: float) -> None:
    process = sandbox.start()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        # Only pytest itself: the browser and the driver must end by themselves when it is gone.
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def _missing(sandbox: Sandbox, returned: Path) -> tuple[int, int]:
    """How many steps had returned, and how many of them the store does not have as passed."""
    lines = returned.read_text(encoding="utf-8").split()
    if not lines:
        return 0, 0
    store = sandbox.store()
    try:
        run = read_run(store, store.latest_run() or "")
    finally:
        store.close()
    passed = sum(step.status is Status.PASSED for step in run.steps)
    return len(lines), max(0, len(lines) - passed)


def _last_run_passes(sandbox: Sandbox) -> bool:
    # The killed browsers may still be on their way out.
    time.sleep(1)
    return Sandbox.start(sandbox).wait() == 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how often a run is killed (default 20)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (default 1)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
