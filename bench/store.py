"""How many events a second the store takes. Run with `python -m bench.store`; needs nothing but the disk."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench.result import Result
from stormwalk.events import CallFinished, Event, EvidenceKept, StepFinished, StepStarted
from stormwalk.model import Status
from stormwalk.observations import Call, CallSource, Evidence, EvidenceKind, Moment, TimingSource
from stormwalk.reading import read_run
from stormwalk.store import Store

RUNS = 7
STEPS = 1500
PROCESSES = 4
TARGET = 3000.0
_PATIENCE = 120.0
_CALLS = 5
_EVENTS = _CALLS + 3

ABOUT = f"""The store: events a second from one process.
One run is {STEPS} appends to a new SQLite file under reports/, each one commit of the {_EVENTS} events of a step:
started, {_CALLS} calls, a picture, finished. The clock runs over append alone: events to JSON, insert, commit.
{RUNS} runs, median. Then {PROCESSES} processes append the same to one file at once, and one run is read into the model.
"""


def step_of_a_journey(index: int, journey: str) -> list[Event]:
    """The events of a usual step: a page that asks the API a few things."""
    now = time.time()
    name = "Place the order"
    picture = Evidence(
        id=f"{journey}-{index}",
        kind=EvidenceKind.PICTURE,
        moment=Moment.END,
        path=f"screenshots/run/{journey}/{index:03}.jpg",
        taken_at=now,
        width=1280,
        height=720,
    )
    return [
        StepStarted(at=now, journey=journey, index=index, name=name, page="CheckoutPage", actor="sam", role="shopper"),
        *(CallFinished(at=now, journey=journey, step=index, call=_call(one, now)) for one in range(_CALLS)),
        EvidenceKept(at=now, journey=journey, step=index, evidence=picture),
        StepFinished(
            at=now, journey=journey, index=index, name=name, status=Status.PASSED, duration_ms=81.4, url="/checkout"
        ),
    ]


def _call(number: int, now: float) -> Call:
    return Call(
        method="GET",
        url=f"http://127.0.0.1:5000/api/products/{number}?fields=name,price",
        template="/api/products/{id}",
        source=CallSource.BROWSER,
        resource_type="fetch",
        started_at=now,
        status=200,
        duration_ms=12.34,
        timing_source=TimingSource.BROWSER,
        response_bytes=1834,
    )


def append_steps(store: Store, worker: str) -> Iterator[float]:
    """Append STEPS steps, and yield the seconds that each append took."""
    for index in range(1, STEPS + 1):
        events = step_of_a_journey(index, worker)
        begun = time.perf_counter()
        store.append("bench", events)
        yield time.perf_counter() - begun


def one_process(path: Path) -> list[float]:
    with Store.open(path) as store:
        return list(append_steps(store, "main"))


def _worker(path: Path, worker: str, gate: Barrier) -> None:
    with Store.open(path) as store:
        gate.wait(_PATIENCE)
        for _ in append_steps(store, worker):
            pass
        gate.wait(_PATIENCE)


def several_processes(path: Path) -> float:
    """Events a second that all processes together append to one file, the making of the events included."""
    context = get_context("spawn")
    gate = context.Barrier(PROCESSES + 1)
    workers = [context.Process(target=_worker, args=(path, f"gw{one}", gate)) for one in range(PROCESSES)]
    for worker in workers:
        worker.start()
    gate.wait(_PATIENCE)
    begun = time.perf_counter()
    gate.wait(_PATIENCE)
    seconds = time.perf_counter() - begun
    for worker in workers:
        worker.join()
    return PROCESSES * STEPS * _EVENTS / seconds


def reading(path: Path) -> float:
    """Events a second from the file into the model."""
    with Store.open(path) as store:
        begun = time.perf_counter()
        read_run(store, "bench")
        return STEPS * _EVENTS / (time.perf_counter() - begun)


def measure(folder: Path) -> Result:
    runs = [one_process(folder / f"{number}.db") for number in range(RUNS)]
    microseconds = [1e6 * one for one in chain(*runs)]
    return Result.of(
        "store",
        [STEPS * _EVENTS / sum(run) for run in runs],
        unit="events/s",
        target=TARGET,
        further={
            "append_p50_us": median(microseconds),
            "append_p95_us": quantiles(microseconds, n=20)[-1],
            "append_max_us": max(microseconds),
            f"processes_{PROCESSES}_total": several_processes(folder / "several.db"),
            "read_events_per_s": reading(folder / "0.db"),
        },
    )


def main() -> int:
    print(ABOUT.rstrip())
    # Not the system's temporary folder: that is memory on many machines, and a run's store is not.
    Path("reports").mkdir(exist_ok=True)
    with TemporaryDirectory(dir="reports", prefix="bench-") as folder:
        result = measure(Path(folder))
    print(result.line())
    return result.exit_code


if __name__ == "__main__":
    sys.exit(main())
