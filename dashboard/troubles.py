"""The error log of a run: what failed, what the page complained of, what was injected; the newest `KEPT` of it."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, replace

from dashboard.steps import JourneyState
from stormwalk.events import ConsoleWritten, Event, JourneyFinished, NoteTaken, StepFinished
from stormwalk.model import NoteLevel, Status
from stormwalk.reporting.words import shorten

KEPT = 500
_LEVELS = {"error": "error", "pageerror": "error", "warning": "warning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One line of the log. `id` is that of its event; `fault` is what blew then, empty in fair weather.

    `ours` says that our own fault is all that it tells of: the browser complains of a call that we have ended. What the
    application made of that is not ours.
    """

    id: int
    at: float
    worker: str
    level: str
    message: str
    detail: str = ""
    fault: str = ""
    journey: str = ""
    step: int = 0
    ours: bool = False


class ErrorLog:
    def __init__(self) -> None:
        self.entries: deque[LogEntry] = deque(maxlen=KEPT)
        self.counts: Counter[str] = Counter()

    def take(self, id_: int, event: Event, journey: JourneyState | None) -> None:
        """Add an entry if the event is one that somebody should look at."""
        entry = self._of_journey(id_, event, journey) if journey else self._of_run(id_, event)
        if entry is None:
            return
        self.entries.append(entry)
        self.counts[entry.level] += 1
        self.counts["injected"] += bool(entry.fault)

    def _of_run(self, id_: int, event: Event) -> LogEntry | None:
        if not isinstance(event, NoteTaken) or event.level is NoteLevel.INFO:
            return None
        level = "error" if event.level is NoteLevel.ERROR else "warning"
        return LogEntry(id=id_, at=event.at, worker=event.worker, level=level, message=shorten(event.message, 300))

    def _of_journey(self, id_: int, event: Event, journey: JourneyState) -> LogEntry | None:
        match event:
            case StepFinished(status=Status.FAILED | Status.ERROR):
                step = journey.steps[event.index]
                said = shorten(event.reason, 300)
                return self._entry(id_, event, journey, "error", f"{step.name}: {event.status}", said, step.index)
            case JourneyFinished(status=Status.ERROR):
                said = shorten(event.reason, 300)
                return self._entry(id_, event, journey, "error", f"{journey.full_title}: error", said)
            case ConsoleWritten() if event.line.level in _LEVELS:
                line = event.line
                message = shorten(line.text, 240) or "(an empty line)"
                where = f"{line.level} {shorten(line.location, 120)}".strip()
                entry = self._entry(id_, event, journey, _LEVELS[line.level], message, where, event.step)
                return replace(entry, ours=journey.owns(line))
        return None

    def _entry(
        self, id_: int, event: Event, journey: JourneyState, level: str, message: str, detail: str, step: int = 0
    ) -> LogEntry:
        struck = journey.steps[step].fault if step in journey.steps else journey.fault
        return LogEntry(
            id=id_,
            at=event.at,
            worker=event.worker,
            level=level,
            message=message,
            detail=f"{journey.full_title} · {detail}" if detail else journey.full_title,
            fault=struck,
            journey=journey.key,
            step=step if step in journey.steps else 0,
        )
