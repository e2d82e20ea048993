"""What full evidence costs: the same journey in bare pytest-playwright and in Stormwalk, in turn.

Each process walks the journey a dozen times. A step clicks a button; the page calls its server, paints itself in the
colour of the step and says which step it is. Wall time runs from the first counted journey to the end of the last one
and on until the last picture is in the store; the start of pytest and of the browser is left out, since it would hide
the cost. Then every picture is opened: it must show the colour of the step that it names.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from bench.colours import COLOURS, STEPS, ColourServer
from bench.result import Result
from bench.sandbox import Sandbox
from stormwalk.events import EvidenceKept
from stormwalk.observations import EvidenceKind

TARGET_RATIO = 1.15
_SPOT = (300, 200)
# JPEG is lossy; the colours of the steps are at least 100 apart in one channel.
_TOLERANCE = 30


@dataclass(frozen=True, slots=True)
class Walk:
    """What one process needed, in seconds; `steps` are the times of the single steps in milliseconds."""

    wall: float
    cpu: float
    steps: tuple[float, ...]
    pictures: int = 0
    right: int = 0
    uncertain: int = 0


def main() -> int:
    """Measures, prints, and returns the exit code."""
    options = _options()
    print(__doc__)
    with ColourServer() as server, tempfile.TemporaryDirectory(prefix="stormwalk-bench-") as folder:
        bench = Bench(Path(folder), server.url, options.journeys)
        bench.walk("warm-up", with_evidence=True)
        pairs = []
        for number in range(1, options.pairs + 1):
            bare, full = (
                bench.walk(f"bare-{number}", with_evidence=False),
                bench.walk(f"full-{number}", with_evidence=True),
            )
            pairs.append((bare, full))
            print(_line(number, bare, full), flush=True)
    result = _result(pairs)
    print(result.line())
    right = all(full.right == full.pictures == options.journeys * STEPS for _, full in pairs)
    return result.exit_code if right else 1


class Bench:
    """Walks the journey in processes of their own, each in a folder of its own."""

    def __init__(self, folder: Path, url: str, journeys: int) -> None:
        self._folder = folder
        self._url = url
        self._journeys = journeys

    def walk(self, name: str, *, with_evidence: bool) -> Walk:
        sandbox = Sandbox(home=self._folder / name, url=self._url, journeys=self._journeys, with_evidence=with_evidence)
        sandbox.prepare()
        cpu = _cpu_of(sandbox)
        clock = json.loads((sandbox.home / "clock.json").read_text(encoding="utf-8"))
        if not with_evidence:
            return Walk(clock["end"] - clock["start"], cpu, tuple(clock["steps"]))
        return _with_pictures(sandbox, clock, cpu)


def _with_pictures(sandbox: Sandbox, clock: dict[str, Any], cpu: float) -> Walk:
    store = sandbox.store()
    run_id = store.latest_run() or ""
    kept = [one.event for one in store.follow(run_id) if isinstance(one.event, EvidenceKept)]
    store.close()
    pictures = [one for one in kept if one.evidence.kind is EvidenceKind.PICTURE]
    counted = [one for one in pictures if one.evidence.taken_at >= clock["start_wall"]]
    late = max((one.at - clock["end_wall"] for one in counted), default=0.0)
    return Walk(
        wall=clock["end"] - clock["start"] + max(0.0, late),
        cpu=cpu,
        steps=tuple(clock["steps"]),
        pictures=len(counted),
        right=sum(_shows_its_step(sandbox.home, one) for one in counted),
        uncertain=sum(not one.evidence.certain for one in counted),
    )


def _shows_its_step(home: Path, kept: EvidenceKept) -> bool:
    with Image.open(home / kept.evidence.path) as picture:
        seen = picture.convert("RGB").getpixel(_SPOT)
    wanted = COLOURS[kept.step - 1]
    return isinstance(seen, tuple) and all(abs(a - b) <= _TOLERANCE for a, b in zip(seen, wanted, strict=True))


def _cpu_of(sandbox: Sandbox) -> float:
    """Runs pytest; seconds of CPU time of pytest, its browser and the driver between them."""
    _, status, usage = os.wait4(sandbox.start().pid, 0)
    if status != 0:
        raise SystemExit(f"the journey did not pass:\n{sandbox.log.read_text(errors='replace')}")
    return usage.ru_utime + usage.ru_stime


def _line(number: int, bare: Walk, full: Walk) -> str:
    return (
        f"pair {number}: bare {bare.wall:.2f} s (step {median(bare.steps):.0f} ms), full {full.wall:.2f} s "
        f"(step {median(full.steps):.0f} ms), ratio {full.wall / bare.wall:.3f}, CPU {full.cpu / bare.cpu:.2f}; "
        f"{full.right} of {full.pictures} pictures show their step, {full.uncertain} marked as uncertain"
    )


def _result(pairs: list[tuple[Walk, Walk]]) -> Result:
    return Result.of(
        "overhead",
        [full.wall / bare.wall for bare, full in pairs],
        unit="times the wall time of the bare journey",
        target=TARGET_RATIO,
        at_least=False,
        further={
            "cpu_ratio": median(full.cpu / bare.cpu for bare, full in pairs),
            "bare_step_ms": median(step for bare, _ in pairs for step in bare.steps),
            "pictures": sum(full.pictures for _, full in pairs),
            "pictures_right": sum(full.right for _, full in pairs),
            "pictures_uncertain": sum(full.uncertain for _, full in pairs),
        },
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.overhead", description=__doc__)
    parser.add_argument("--pairs", type=int, default=7, help="how often each of the two is run (default 7)")
    parser.add_argument("--journeys", type=int, default=12, help="journeys counted in each run (default 12)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
