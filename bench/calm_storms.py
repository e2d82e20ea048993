"""Whether green means green in a storm: `--chaos` over all journeys, many times in a row, where nothing is wrong.

The shop has no defect; with --decoys it has every resilience decoy of the catalogue at once, which only look like
defects. Every run has a seed and a shop of its own. The figure is the number of runs without a finding and without
anything that could not be tested; whatever is found is printed.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.detection import walked
from bench.result import Result
from demo_app.defects import CATALOGUE, DefectKind
from stormwalk.model import Run, Status

DECOYS = ",".join(one.name for one in CATALOGUE if one.decoy and one.kind is DefectKind.RESILIENCE)
_RED = (Status.FAILED, Status.ERROR)


@dataclass(frozen=True, slots=True)
class Stormed:
    """One run: what it told, and how long it took."""

    told: tuple[str, ...]
    seconds: float


def storm(folder: Path, seed: str, workers: int, defects: str) -> Stormed:
    """One whole `--chaos`; what it leaves goes to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["--chaos", "--chaos-seed", seed, *(["-n", str(workers)] if workers > 1 else [])]
    begun = time.perf_counter()
    run = walked(folder, ["journeys", *options], defects=defects)
    return Stormed(tuple(_told(run)), time.perf_counter() - begun)


def _told(run: Run) -> list[str]:
    judgement = run.storm.judgement if run.storm else None
    if judgement is None:
        return ["the storm was not judged"]
    red = [f"{step.name}: {step.reason}" for one in run.fair_weather for step in one.steps if step.status in _RED]
    found = [f"{one.sign} {one.call or one.step}" for one in judgement.findings]
    unsure = [f"inconclusive {one.journey} {one.plan}: {one.reason}" for one in judgement.inconclusive]
    return [*red, *found, *unsure]


def measure(home: Path, runs: int, workers: int, first_seed: int, defects: str) -> Result:
    stormed = []
    for number in range(runs):
        one = storm(home / f"{number + 1}", str(first_seed + number), workers, defects)
        stormed.append(one)
        words = "clean" if not one.told else "; ".join(one.told)
        print(f"run {number + 1} of {runs}, seed {first_seed + number}: {words}, in {one.seconds:.0f} s", flush=True)
    clean = [int(not one.told) for one in stormed]
    return Result(
        bench="calm_storms" + (" --decoys" if defects else ""),
        figure=sum(clean),
        unit="runs without a finding",
        target=runs,
        runs=runs,
        spread=(min(clean), max(clean)),
        further={
            "workers": workers,
            "seconds_median": median(one.seconds for one in stormed),
            "seconds_max": max(one.seconds for one in stormed),
        },
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.calm_storms", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="how many runs in a row (10)")
    parser.add_argument("--workers", type=int, default=2, help="how many workers walk at a time (2)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the first run; the next has the next (1)")
    parser.add_argument("--decoys", action="store_true", help="with every resilience decoy switched on")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep what the runs leave in this folder")
    asked = parser.parse_args()
    print(__doc__)
    with TemporaryDirectory(prefix="stormwalk-bench-") as scratch:
        home = (asked.keep or Path(scratch)).resolve()
        result = measure(home, asked.runs, asked.workers, asked.seed, DECOYS if asked.decoys else "")
    print(result.line())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
