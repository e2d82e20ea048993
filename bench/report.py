"""How fast the report of a large run is built and opened. Run with `python -m bench.report`; needs a browser."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bench.history import synthetic_run
from bench.result import Result
from stormwalk.browser import check_launch, find_browser, launch_options
from stormwalk.model import Journey, Run, Step
from stormwalk.observations import Evidence, EvidenceKind, Moment
from stormwalk.reporting import write_reports

STEPS = 10_000
STEPS_OF_JOURNEY = 20
TIMES = 5
BUILT = 10.0
OPENED = 2.0

ABOUT = f"""The report: seconds until a run of {STEPS:,} steps is built, and until a browser has loaded it from disk.
Every step has a call and a thumbnail. Built means every format below reports/ and screenshots/, pictures included.
Opened is the load event of report.html in a headless Chromium. {TIMES} times each, median.
"""


class _Pictures:
    """One thumbnail for all: what counts is that it is read and written for each step."""

    def __init__(self) -> None:
        content = io.BytesIO()
        Image.effect_noise((320, 200), 40).convert("RGB").save(content, "JPEG", quality=60)
        self._content = content.getvalue()

    def thumbnail(self, run_id: str, evidence_id: str, /) -> bytes | None:
        return self._content


def large_run(steps: int = STEPS) -> Run:
    """Journeys of twenty steps, each step with a picture."""
    pieces = [synthetic_run(number) for number in range(1 + steps // (STEPS_OF_JOURNEY * 10))]
    walks = [walk for run in pieces for walk in run.journeys][: steps // STEPS_OF_JOURNEY]
    return _with_journeys(pieces[0], tuple(_pictured(number, walk, pieces[0].id) for number, walk in enumerate(walks)))


def _with_journeys(run: Run, journeys: tuple[Journey, ...]) -> Run:
    return Run(
        id=run.id,
        project=run.project,
        mode=run.mode,
        base_url=run.base_url,
        started_at=run.started_at,
        finished_at=run.finished_at,
        exit_code=0,
        environment=run.environment,
        journeys=journeys,
    )


def _pictured(number: int, walk: Journey, run_id: str) -> Journey:
    return Journey(
        key=f"w{number}",
        nodeid=walk.nodeid,
        title=walk.title,
        status=walk.status,
        started_at=walk.started_at,
        duration_ms=walk.duration_ms,
        steps=tuple(_with_picture(step, f"w{number}", run_id) for step in walk.steps),
    )


def _with_picture(step: Step, key: str, run_id: str) -> Step:
    picture = Evidence(
        id=f"{key}-{step.index}",
        kind=EvidenceKind.PICTURE,
        moment=Moment.END,
        path=f"screenshots/{run_id}/{key}/{step.index:02}.jpg",
        taken_at=float(step.index),
        width=1280,
        height=800,
    )
    return Step(
        index=step.index,
        name=step.name,
        status=step.status,
        duration_ms=step.duration_ms,
        reason=step.reason,
        calls=step.calls,
        evidence=(picture,),
    )


@contextmanager
def _browser() -> Iterator[Browser]:
    found = find_browser(headed=False)
    with sync_playwright() as playwright:
        sandbox = check_launch(found).sandbox
        browser = playwright.chromium.launch(**launch_options(found, headed=False, sandbox=sandbox))
        yield browser
        browser.close()


def _opened(browser: Browser, page_file: Path) -> float:
    page = browser.new_page()
    begun = time.perf_counter()
    page.goto(page_file.absolute().as_uri(), wait_until="load", timeout=120_000)
    took = time.perf_counter() - begun
    page.close()
    return took


def measure(folder: Path) -> list[Result]:
    """Building first, then opening what was built."""
    run, built = large_run(), []
    for number in range(TIMES):
        begun = time.perf_counter()
        written = write_reports(_Pictures(), run, root=folder / str(number))
        built.append(time.perf_counter() - begun)
    with _browser() as browser:
        opened = [_opened(browser, written.html) for _ in range(TIMES)]
    size = {"megabytes": written.html.stat().st_size / 1e6, "opened_s": median(opened)}
    return [
        Result.of("report", built, unit="s", target=BUILT, at_least=False, further=size),
        Result.of("report_opened", opened, unit="s", target=OPENED, at_least=False),
    ]


def main() -> int:
    print(ABOUT.rstrip())
    Path("reports").mkdir(exist_ok=True)
    with TemporaryDirectory(dir="reports", prefix="bench-") as folder:
        results = measure(Path(folder))
    for result in results:
        print(result.line())
    return max(result.exit_code for result in results)


if __name__ == "__main__":
    sys.exit(main())
