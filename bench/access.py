"""How many probes a second the access check makes of the shop, which runs in a process of its own.

One run is the whole matrix: every endpoint as every role, two actors each, forged and ended tokens, overrides, roles
and fields, on a shop that was started for it. As many runs are made with every decoy on. The target is what it takes
to be through in 10 seconds. A false alarm is a finding, or a cell that is not as it should be: there must be none.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.result import Result
from demo_app.catalogue.decoys import ACCESS_DECOYS
from stormwalk.access.check import AccessCheck, Checked
from stormwalk.access.expand import matrix_of
from stormwalk.config import Project, load_project
from stormwalk.errors import UsageError

ROOT = Path(__file__).resolve().parent.parent
WITHIN_S = 10.0
_SAYS = "Shop running on "


@dataclass(frozen=True, slots=True)
class Run:
    """One check: how many probes it made in how many seconds, and what it claimed wrongly."""

    probes: int
    seconds: float
    false_alarms: tuple[str, ...]


def main() -> int:
    """Measures, prints, and returns the exit code."""
    options = _options()
    print(__doc__)
    project = load_project(ROOT / "projects" / "demo.toml")
    clean = [_shown("clean", one, _run(project, ())) for one in range(options.runs)]
    decoys = [one.name for one in ACCESS_DECOYS]
    dressed = [_shown("decoys", one, _run(project, decoys)) for one in range(options.runs)]
    alarms = sum(len(one.false_alarms) for one in (*clean, *dressed))
    result = Result.of(
        "access",
        [one.probes / one.seconds for one in clean],
        unit="probes/s",
        target=median(one.probes for one in clean) / WITHIN_S,
        further={
            "probes": median(one.probes for one in clean),
            "seconds": median(one.seconds for one in clean),
            "seconds_worst": max(one.seconds for one in clean),
            "seconds_with_decoys": median(one.seconds for one in dressed),
            "false_alarms": alarms,
        },
    )
    print(result.line())
    return 1 if alarms else result.exit_code


def _run(project: Project, defects: Sequence[str]) -> Run:
    matrix = matrix_of(project)
    if matrix is None:
        raise UsageError(f"{project.file} has no [access]")
    with _shop(project, defects) as url:
        began = time.monotonic()
        checked = AccessCheck(project, matrix, url).run()
        seconds = time.monotonic() - began
    return Run(checked.probes, seconds, tuple(_false_alarms(checked)))


def _false_alarms(checked: Checked) -> Iterator[str]:
    yield from (f"{one.breach.rule} at {one.breach.place}: {one.breach.proof}" for one in checked.breaches)
    yield from (f"{one.verdict} at {one.place}: {one.reason}" for one in checked.cells if not one.verdict.is_good)


def _shown(shop: str, number: int, run: Run) -> Run:
    print(f"{shop} {number + 1}: {run.probes} probes in {run.seconds:.2f} s, {len(run.false_alarms)} false alarms")
    for alarm in run.false_alarms:
        print(f"  {alarm}")
    return run


@contextmanager
def _shop(project: Project, defects: Sequence[str]) -> Iterator[str]:
    """The shop on a free port, with the signing key that the project has made up."""
    command = [sys.executable, "-m", "demo_app", *(["--defects", ",".join(defects)] if defects else [])]
    environment = {**os.environ, **project.made_up}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line.startswith(_SAYS):
                raise SystemExit(f"the shop did not start: {line or 'it said nothing'}")
            yield line.removeprefix(_SAYS).strip()
        finally:
            process.terminate()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.access", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="runs of the clean shop, and with decoys (default 5)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
