"""How soon an event is read in the browser, and what a dashboard costs. Run with `python -m bench.dashboard`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from bench.result import Result
from stormwalk.browser import check_launch, find_browser, launch_options
from stormwalk.events import CallFinished, Event, JourneyFinished, JourneyStarted, RunStarted, StepFinished, StepStarted
from stormwalk.model import RunMode, Status
from stormwalk.observations import Call, CallSource
from stormwalk.store import Store

EVENTS_A_SECOND = 50
VIEWERS = 20
TARGET = 300.0
GROWTH_TARGET_MB = 20.0
OPEN_TARGET_MS = 1000.0
LONG_EVENTS = 100_000
RUN = "bench"
STEPS = 30
_CALLS = 3
_READ_SECONDS = 8.0
# Memory is compared from here on: until then the caches of a new process fill.
_WARM_SHARE = 0.2
_WARM_SECONDS = 20.0

ABOUT = f"""The dashboard: milliseconds from the append of an event to its text in the browser (p95).
{EVENTS_A_SECOND} events a second are appended by four workers to a SQLite file under reports/, one commit for each;
{VIEWERS} viewers hold a stream, one of them the page in a real browser, on the same machine. A step is begun under a
name of its own; the clock runs from before its append until an observer of the page has seen that name. Then memory:
how much the server has grown from its first fifth (or its first {_WARM_SECONDS:.0f} s) to its end. Before all of it:
how soon the page of a run of {LONG_EVENTS:,} events opens, at a server that never heard of it, and once it was read.
"""

_OBSERVE = """() => {
  const seen = window.benchSeen = new Map();
  new MutationObserver(() => {
    const now = Date.now();
    for (const name of document.querySelectorAll('#frames [data-t=name]'))
      if (name.textContent.startsWith('Step ') && !seen.has(name.textContent)) seen.set(name.textContent, now);
  }).observe(document.querySelector('#frames'), { childList: true, subtree: true, characterData: true });
}"""


@dataclass(slots=True)
class Appended:
    """When each step that the browser shows was about to be appended, in milliseconds since the epoch."""

    at: dict[str, float] = field(default_factory=dict)
    events: int = 0


@contextmanager
def dashboard(store: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A dashboard in a process of its own: its address, and the process."""
    command = [sys.executable, "-m", "dashboard", "--store", str(store), "--root", str(store.parent)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().removeprefix("Dashboard: ").strip(), process
    finally:
        process.terminate()
        process.wait(timeout=20)


def events(worker: int) -> Iterator[Event]:
    """What a worker does for ever: journeys of steps with calls."""
    journey = 0
    while True:
        key = f"w{worker}-{journey}"
        where: dict[str, Any] = {"worker": f"gw{worker}", "journey": key}
        yield JourneyStarted(at=time.time(), **where, nodeid=f"test_{worker}.py::test", title=f"Journey {key}")
        for index in range(1, STEPS + 1):
            name = f"Step {index} of {key}"
            yield StepStarted(at=time.time(), **where, index=index, name=name)
            for _ in range(_CALLS):
                yield CallFinished(at=time.time(), **where, step=index, call=_call())
            yield StepFinished(at=time.time(), **where, index=index, name=name, status=Status.PASSED, duration_ms=80.0)
        yield JourneyFinished(at=time.time(), **where, status=Status.PASSED, duration_ms=2400.0)
        journey += 1


def _call() -> Call:
    return Call(
        method="GET",
        url="http://127.0.0.1:5000/api/products",
        template="/api/products",
        source=CallSource.BROWSER,
        resource_type="fetch",
        started_at=time.time(),
        status=200,
        duration_ms=12.0 + time.time() % 7,
    )


def append(path: Path, appended: Appended, ending: threading.Event) -> None:
    """Appends evenly, one event after the other, until told to end."""
    workers = [events(number) for number in range(4)]
    due = time.perf_counter()
    with Store.open(path) as store:
        while not ending.is_set():
            event = next(workers[appended.events % len(workers)])
            if isinstance(event, StepStarted) and event.worker == "gw0":
                appended.at[event.name] = time.time() * 1000
            store.append(RUN, [event])
            appended.events += 1
            due += 1 / EVENTS_A_SECOND
            ending.wait(max(0.0, due - time.perf_counter()))


def view(url: str, ending: threading.Event) -> None:
    """One of the other viewers: reads its stream and looks at nothing."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    connection.request("GET", f"/runs/{RUN}/stream")
    answer = connection.getresponse()
    while not ending.is_set() and answer.readline():
        pass
    connection.close()


def opening(folder: Path) -> tuple[float, float]:
    """Milliseconds until the page of a long run is there: at a server that has never heard of it, and again."""
    path = folder / "long.db"
    with Store.open(path) as store:
        store.append(RUN, [RunStarted(at=time.time(), project="Bench", mode=RunMode.NORMAL, base_url="")])
        for worker in range(4):
            store.append(RUN, islice(events(worker), LONG_EVENTS // 4))
    with dashboard(path) as (url, _):
        cold = page_ms(url)
        time.sleep(_READ_SECONDS)
        return cold, page_ms(url)


def page_ms(url: str) -> float:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    began = time.perf_counter()
    connection.request("GET", f"/runs/{RUN}", headers={"Accept": "text/html"})
    answer = connection.getresponse()
    answer.read()
    took = 1000 * (time.perf_counter() - began)
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"the page of the long run answers {answer.status}")
    return took


def memory_mb(process: subprocess.Popen[str]) -> float:
    """What the process holds, in MB; Linux says so in its status."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def seen(page: Page) -> dict[str, float]:
    found: dict[str, float] = page.evaluate("Object.fromEntries(window.benchSeen)")
    return found


def measure(folder: Path, seconds: float) -> tuple[list[float], float, float]:
    """Delays in milliseconds, growth in MB, and the events that were appended in a second."""
    path, appended, ending = folder / "bench.db", Appended(), threading.Event()
    with Store.open(path) as store:
        store.append(RUN, [RunStarted(at=time.time(), project="Bench", mode=RunMode.NORMAL, base_url="")])
        store.append(RUN, [next(events(0))])
    with dashboard(path) as (url, process), sync_playwright() as playwright:
        found = find_browser(headed=False)
        options = launch_options(found, headed=False, sandbox=check_launch(found).sandbox)
        page = playwright.chromium.launch(**options).new_page()
        page.goto(f"{url}runs/{RUN}?worker=gw0")
        page.evaluate(_OBSERVE)
        threads = [threading.Thread(target=view, args=(url, ending), daemon=True) for _ in range(VIEWERS - 1)]
        threads.append(threading.Thread(target=append, args=(path, appended, ending), daemon=True))
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        page.wait_for_timeout(1000 * min(seconds * _WARM_SHARE, _WARM_SECONDS))
        before = memory_mb(process)
        page.wait_for_timeout(1000 * (seconds - (time.perf_counter() - began)))
        after, rate = memory_mb(process), appended.events / (time.perf_counter() - began)
        ending.set()
        page.wait_for_timeout(1000)
        there = seen(page)
    delays = [there[name] - at for name, at in appended.at.items() if name in there]
    missing = [name for name in appended.at if name not in there]
    if len(missing) > 2:  # the last ones may be on their way
        raise SystemExit(f"{len(missing)} of {len(appended.at)} steps never came, such as {missing[0]}")
    return delays, after - before, rate


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.dashboard", description=ABOUT)
    parser.add_argument("--minutes", type=float, default=1.0, help="how long to measure (default 1; memory wants 10)")
    minutes = parser.parse_args().minutes
    print(ABOUT.rstrip())
    Path("reports").mkdir(exist_ok=True)
    with TemporaryDirectory(dir="reports", prefix="bench-") as folder:
        cold, warm = opening(Path(folder).resolve())
        delays, growth, rate = measure(Path(folder).resolve(), minutes * 60)
    p95 = quantiles(delays, n=20)[-1]
    result = Result.of(
        "dashboard",
        [p95],
        unit="ms",
        target=TARGET,
        at_least=False,
        further={
            "p50_ms": median(delays),
            "max_ms": max(delays),
            "steps": len(delays),
            "events_per_s": rate,
            "viewers": VIEWERS,
            "minutes": minutes,
            "growth_mb": growth,
            "growth_target_mb": GROWTH_TARGET_MB,
            "open_cold_ms": cold,
            "open_ms": warm,
            "open_target_ms": OPEN_TARGET_MS,
        },
    )
    print(result.line())
    return result.exit_code or int(growth > GROWTH_TARGET_MB or max(cold, warm) > OPEN_TARGET_MS)


if __name__ == "__main__":
    sys.exit(main())
