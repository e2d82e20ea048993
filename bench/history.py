"""How fast history answers on a store with many runs. Run with `python -m bench.history`; needs only the disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory

from bench.result import Result
from stormwalk.history import clusters, compare, flaky, trend
from stormwalk.model import Environment, Journey, Run, RunMode, Status, Step
from stormwalk.observations import Call, CallSource
from stormwalk.store import Store

RUNS = 500
JOURNEYS = 10
STEPS = 20
ENDPOINTS = 12
TIMES = 7
TARGET = 300.0
PROJECT = "bench"

ABOUT = f"""History: milliseconds for a trend and a comparison, together.
The store has {RUNS} runs of {JOURNEYS * STEPS} steps ({JOURNEYS} journeys, {ENDPOINTS} endpoints), five on each commit;
in every tenth run a step fails. Only summaries are there, as of runs whose events were removed. {TIMES} times, median.
"""


def synthetic_run(number: int) -> Run:
    """A run as it would be folded, with times that scatter; in every tenth one a step fails."""
    chance = Random(number)
    started = 1_790_000_000.0 + 3600 * number
    return Run(
        id=f"20261001-{number:06}-beef",
        project=PROJECT,
        mode=RunMode.NORMAL,
        base_url="http://127.0.0.1:5000",
        started_at=started,
        finished_at=started + 60,
        exit_code=0,
        environment=Environment(commit=f"{number // 5:012x}", branch="main"),
        journeys=tuple(_journey(one, started, number % 10 == one == 3, chance) for one in range(JOURNEYS)),
    )


def _journey(number: int, started: float, fails: bool, chance: Random) -> Journey:
    steps = tuple(_step(index, started, fails and index == STEPS, chance) for index in range(1, STEPS + 1))
    return Journey(
        key=f"j{number}",
        nodeid=f"journeys/test_{number}.py::test_it",
        title=f"Journey {number}",
        status=Status.FAILED if fails else Status.PASSED,
        started_at=started + number,
        duration_ms=sum(one.duration_ms or 0 for one in steps),
        steps=steps,
    )


def _step(index: int, started: float, fails: bool, chance: Random) -> Step:
    call = Call(
        method="GET",
        url="http://127.0.0.1:5000/api",
        template=f"/api/things/{index % ENDPOINTS}",
        source=CallSource.BROWSER,
        resource_type="fetch",
        started_at=started,
        status=500 if fails else 200,
        duration_ms=chance.uniform(10, 40),
    )
    return Step(
        index=index,
        name=f"Step {index}",
        status=Status.FAILED if fails else Status.PASSED,
        duration_ms=chance.uniform(80, 160),
        reason="The page did not say that it was saved: HTTP 500" if fails else "",
        calls=(call,),
    )


def fill(store: Store, runs: int = RUNS) -> list[str]:
    """Summarise this many synthetic runs; their ids, oldest first."""
    made = [synthetic_run(number) for number in range(runs)]
    for run in made:
        store.summarise(run)
    return [run.id for run in made]


def _milliseconds(question: Callable[[], object]) -> float:
    begun = time.perf_counter()
    question()
    return 1000 * (time.perf_counter() - begun)


def measure(store: Store, ids: list[str]) -> Result:
    """The figure, and each question by itself."""
    questions: dict[str, Callable[[], object]] = {
        "trend_ms": lambda: trend(store, PROJECT),
        "compare_ms": lambda: compare(store, ids[-2], ids[-1]),
        "flaky_ms": lambda: flaky(store, PROJECT),
        "clusters_ms": lambda: clusters(store, PROJECT),
    }
    took = {name: [_milliseconds(question) for _ in range(TIMES)] for name, question in questions.items()}
    together = [one + other for one, other in zip(took["trend_ms"], took["compare_ms"], strict=True)]
    further = {name: median(times) for name, times in took.items()}
    return Result.of("history", together, unit="ms", target=TARGET, at_least=False, further=further)


def main() -> int:
    print(ABOUT.rstrip())
    Path("reports").mkdir(exist_ok=True)
    with TemporaryDirectory(dir="reports", prefix="bench-") as folder, Store.open(Path(folder) / "runs.db") as store:
        result = measure(store, fill(store))
    print(result.line())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
