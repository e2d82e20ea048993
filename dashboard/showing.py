"""Makes the values that a page shows of steps, journeys, workers and the log of a run."""

from __future__ import annotations

from datetime import UTC, datetime
from math import log2

from dashboard.header import QUIET
from dashboard.state import RunState
from dashboard.steps import JourneyState, StepState
from dashboard.troubles import LogEntry
from dashboard.views import JourneyView, LogView, StepView, WorkerView, picture_path, run_path, step_path
from stormwalk.model import Status
from stormwalk.reporting.words import duration, iso, status_word

SHORT_MS, LONG_MS = 60.0, 1000.0
MARKS = 60
SLOW = 1.5
"""How many times slower than its control a step is shown as slow, if no control was as slow as that."""


def look_of(status: Status | None) -> str:
    """The name of a status in style sheet and glyphs."""
    return "running" if status is None else status.value


def step_view(run: RunState, journey: JourneyState, step: StepState) -> StepView:
    control = run.control_ms(journey, step)
    over = journey.finished or run.finished_at is not None
    look = look_of(step.status) if step.status or not over else "error"
    word = "running" if look == "running" else status_word(step.status)
    took = duration(step.duration_ms) if step.duration_ms is not None else ""
    parts = (f"Step {step.index}, {step.name}: {word}", took, f"under {step.fault}" if step.fault else "")
    return StepView(
        key=f"{journey.key}/{step.index}",
        journey=journey.key,
        index=step.index,
        name=step.name,
        look=look,
        word=word,
        took=took,
        control=f"control {duration(control[0])}" if control and journey.storm else "",
        fault=step.fault,
        site=step.site,
        image=picture_path(run.id, "thumbnails", step.picture) if step.picture else "",
        href=step_path(run.id, journey.number, step.index),
        says=", ".join(part for part in parts if part),
        bar=bar_of(step.duration_ms),
        long=took if (step.duration_ms or 0.0) >= LONG_MS else "",
        late="late" if control and (step.duration_ms or 0.0) > max(control[0] * SLOW, control[1]) else "",
    )


def bar_of(ms: float | None) -> str:
    """How wide a step is in the bar of the film: four widths for each time that it takes twice as long.

    Logarithmic, so that a step of a minute leaves room for those of a tenth of a second.
    """
    return "t20" if ms is None else f"t{min(47, max(0, round(4 * log2(max(ms, SHORT_MS) / SHORT_MS))))}"


def weather_of(journey: JourneyState) -> str:
    """`lost-reply`, `latency, walk 2`, `control 1`; empty in a normal run."""
    if not journey.storm:
        return ""
    if not journey.plan:
        return f"control {journey.repeat + 1}"
    return journey.plan + (f", walk {journey.repeat + 1}" if journey.repeat else "")


def journey_view(run: RunState, journey: JourneyState) -> JourneyView:
    stopped = run.finished_at is not None and not journey.finished
    look = "error" if stopped else look_of(journey.status)
    done = sum(journey.counts.values())
    whole = f" of {journey.whole}" if journey.whole else ""
    return JourneyView(
        key=journey.key,
        number=journey.number,
        title=journey.full_title,
        weather=weather_of(journey),
        weather_look="tag" if journey.in_fair_weather else "chip fault",
        look="skipped" if journey.skipped else look,
        word="not finished" if stopped else "running" if journey.status is None else journey.status.value,
        worker=worker_name(journey.worker),
        progress=f"{done}{whole}",
        took=duration(journey.duration_ms) if journey.duration_ms is not None else "",
        reason=journey.skipped or (journey.reason if journey.status is not Status.PASSED else ""),
        href=f"{run_path(run.id)}?journey={_query(journey.key)}#film",
    )


def _query(text: str) -> str:
    return run_path(text).removeprefix("/runs/")


def worker_name(worker: str) -> str:
    """`gw0` is the first of several: W1."""
    return f"W{int(worker[2:]) + 1}" if worker.startswith("gw") and worker[2:].isdecimal() else worker


def worker_view(run: RunState, worker: str, journey: JourneyState, frame_at: float | None = None) -> WorkerView:
    step = journey.current
    idle = journey.finished or run.finished_at is not None
    count = f"{step.index}/{journey.whole or '?'} " if step else ""
    title = journey.full_title
    return WorkerView(
        key=worker,
        name=worker_name(worker),
        journey=journey.key,
        title=title,
        step="idle" if idle and not step else f"{count}{step.name}" if step else "begins",
        call=journey.site or journey.call,
        fault=journey.fault,
        calm=_lost(run, journey) or _idle(run, journey) or _calm(journey),
        look=_worker_look(run, journey),
        marks=_marks(journey),
        since=0.0 if idle else journey.started_at,
        frame=_frame(run, worker, journey, frame_at),
        href=f"{run_path(run.id)}?worker={_query(worker)}#film",
        says=f"Worker {worker_name(worker)}{', idle' if idle else ''}: {title}, {count}{step.name if step else ''}",
    )


def _worker_look(run: RunState, journey: JourneyState) -> str:
    if journey.finished or run.finished_at is not None:
        return "idle"
    step = journey.current
    return "lost" if _lost(run, journey) else look_of(step.status) if step and step.status else "running"


def _lost(run: RunState, journey: JourneyState) -> str:
    """Said of a worker of which nothing was heard while others went on; empty for any other."""
    quiet = run.last_at - journey.heard
    over = journey.finished or run.finished_at is not None
    return "" if over or quiet < QUIET else f"nothing heard for {duration(quiet * 1000)}: lost?"


def _idle(run: RunState, journey: JourneyState) -> str:
    return "idle" if journey.finished and run.finished_at is None else ""


def _marks(journey: JourneyState) -> str:
    done = "".join(look_of(step.status)[0] for _, step in sorted(journey.steps.items()))
    return (done + "-" * (journey.whole - len(done)))[-MARKS:]


def _calm(journey: JourneyState) -> str:
    """What is said where nothing blows; nothing in a normal run."""
    if not journey.storm or journey.fault:
        return ""
    waits = "" if journey.finished else ", has not struck in this step"
    return f"{journey.plan}{waits}" if journey.plan else "control, no fault"


def _frame(run: RunState, worker: str, journey: JourneyState, frame_at: float | None) -> str:
    """The live frame where there is one, else the newest picture of the journey."""
    if frame_at is not None and run.finished_at is None:
        return f"{run_path(run.id, 'frames', worker)}?at={frame_at:.3f}"
    pictures = (step.pictures[-1][1] for step in reversed(journey.steps.values()) if step.pictures)
    newest = next(pictures, "")
    return picture_path(run.id, "thumbnails", newest) if newest else ""


def log_view(run: RunState, entry: LogEntry) -> LogView:
    there = datetime.fromtimestamp(entry.at, UTC)
    return LogView(
        key=f"e{entry.id}",
        at=f"{there:%H:%M:%S}",
        iso=iso(entry.at),
        worker=worker_name(entry.worker),
        look="failed" if entry.level == "error" else "partial",
        level=entry.level,
        message=entry.message,
        detail=entry.detail,
        fault=entry.fault,
        ours="ours" if entry.ours else "",
        href=step_path(run.id, run.journeys[entry.journey].number, entry.step) if entry.step else "",
    )
