"""Whether the journeys can be trusted: all of them, many times in a row, against one shop without defects."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.result import Result
from stormwalk.application import Application
from stormwalk.config import load_project

ABOUT = """\
Walks all journeys N times in a row and counts the runs in which every step was green. One shop serves all runs, so
that what a run leaves behind is what the next one finds. Whatever is red is printed as the console showed it.
"""
PROJECT = Path("projects/demo.toml")
_LONGEST_RUN_S = 300


@dataclass(frozen=True, slots=True)
class Walked:
    """One run: whether all of it was green, how long it took, and how many steps passed."""

    green: bool
    seconds: float
    steps: int


def walk(folder: Path, url: str, workers: int) -> Walked:
    """One run of all journeys; what it leaves goes to `folder`."""
    options = [f"--rootdir={folder}", f"--project={PROJECT}", f"--store={folder / 'runs.db'}", f"--base-url={url}"]
    command = [sys.executable, "-m", "pytest", "journeys", *options, *(["-n", str(workers)] if workers > 1 else [])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    begun = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_LONGEST_RUN_S)
    seconds = time.perf_counter() - begun
    passed = re.search(r"^Passed: (\d+)$", done.stdout, re.MULTILINE)
    if done.returncode != 0:
        print(done.stdout[-6000:], done.stderr[-2000:], sep="\n")
    return Walked(green=done.returncode == 0, seconds=seconds, steps=int(passed[1]) if passed else 0)


def measure(folder: Path, runs: int, workers: int) -> Result:
    walked = []
    with Application(load_project(PROJECT), log=folder / "shop.log") as shop:
        for number in range(1, runs + 1):
            one = walk(folder, shop.base_url, workers)
            walked.append(one)
            word = "green" if one.green else "RED"
            print(f"run {number} of {runs}: {word}, {one.steps} steps passed in {one.seconds:.1f} s", flush=True)
    green = [int(one.green) for one in walked]
    print(f"{sum(green)} of {runs} runs were green")
    return Result(
        bench="green_runs",
        figure=sum(green),
        unit="green runs",
        target=runs,
        runs=runs,
        spread=(min(green), max(green)),
        further={
            "workers": workers,
            "steps": max(one.steps for one in walked),
            "seconds_median": median(one.seconds for one in walked),
            "seconds_max": max(one.seconds for one in walked),
        },
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="how many runs in a row (20)")
    parser.add_argument("--workers", type=int, default=2, help="how many workers walk at a time (2)")
    asked = parser.parse_args()
    print(ABOUT.rstrip())
    Path("reports").mkdir(exist_ok=True)
    with TemporaryDirectory(dir="reports", prefix="bench-") as folder:
        result = measure(Path(folder).resolve(), asked.runs, asked.workers)
    print(result.line())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
