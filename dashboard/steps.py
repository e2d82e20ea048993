"""Steps and journeys of a run that is being followed: little enough of each that a long run fits into memory.

Calls, console and details are not kept: `span` says between which events they lie, so that they can be read again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from stormwalk.events import (
    CallFinished,
    ConsoleWritten,
    EvidenceKept,
    JourneyEvent,
    JourneyFinished,
    JourneyStarted,
    StepFinished,
    StepStarted,
)
from stormwalk.experiment import base_of, titled
from stormwalk.model import Status
from stormwalk.observations import ConsoleLine, Evidence, EvidenceKind, Moment
from stormwalk.reporting.words import shorten
from stormwalk.storm_events import ExperimentEnded, ExperimentSkipped, FaultApplied, StepHealed, StormBegan, StormLifted
from stormwalk.storm_judgement import Recovery, StormVerdict
from stormwalk.strikes import Strikes

NAME_LIMIT = 160
REASON_LIMIT = 300
REFUSED = 50


@dataclass(slots=True)
class StepState:
    """One step. `changed` is the id of the last event that changed what is shown of it."""

    index: int
    name: str
    role: str = ""
    status: Status | None = None
    started_at: float = 0.0
    duration_ms: float | None = None
    reason: str = ""
    pictures: tuple[tuple[Moment, str], ...] = ()
    fault: str = ""
    site: str = ""
    healed: Recovery | None = None
    first: int = 0
    last: int = 0
    changed: int = 0

    @property
    def picture(self) -> str:
        """The id of the picture that tells most; empty where there is none."""
        order = (Moment.FAILURE, Moment.WORST, Moment.END, Moment.RECOVERED, Moment.BEFORE_FAULT, Moment.JOURNEY)
        return min(self.pictures, key=lambda one: order.index(one[0]))[1] if self.pictures else ""


@dataclass(slots=True)
class JourneyState:
    """One journey and its steps. Without a `plan` in a storm (`storm`) it is a control.

    `refused` are addresses of calls that we ended, of which the browser has not complained yet. `verdict` is what the
    walk alone has come to, with `words` of it, until the run is judged.
    """

    key: str
    number: int
    nodeid: str = ""
    title: str = ""
    worker: str = ""
    status: Status | None = None
    started_at: float = 0.0
    duration_ms: float | None = None
    reason: str = ""
    expected: tuple[str, ...] = ()
    steps: dict[int, StepState] = field(default_factory=dict)
    counts: Counter[Status] = field(default_factory=Counter)
    storm: bool = False
    plan: str = ""
    repeat: int = 0
    skipped: str = ""
    verdict: StormVerdict | None = None
    words: str = ""
    fault: str = ""
    site: str = ""
    call: str = ""
    strikes: Strikes = field(default_factory=Strikes)
    refused: list[str] = field(default_factory=list)
    finished: bool = False
    heard: float = 0.0
    changed: int = 0

    @property
    def in_fair_weather(self) -> bool:
        return not (self.storm and self.plan)

    @property
    def full_title(self) -> str:
        """As reports call it: the title, with the parameters of the journey."""
        base = base_of(self.nodeid, (self.plan,)) if self.storm else self.nodeid
        return shorten(titled(self.title or self.key, base), NAME_LIMIT + 80)

    @property
    def current(self) -> StepState | None:
        """The step that was begun last."""
        return self.steps[next(reversed(self.steps))] if self.steps else None

    @property
    def whole(self) -> int:
        """How many steps it has, as far as anybody knows; 0 where nobody does."""
        return max(len(self.expected), len(self.steps)) if self.expected or self.finished else 0

    def take(self, id_: int, event: JourneyEvent) -> None:
        """Add what the event tells; one that shows nothing changes nothing."""
        self.heard = event.at
        match event:
            case JourneyStarted():
                self._start(event)
            case JourneyFinished():
                self._finish(event)
            case StepStarted():
                self._start_step(id_, event)
            case StepFinished():
                self._finish_step(id_, event)
            case EvidenceKept():
                self._keep(id_, event)
            case CallFinished():
                self.call = shorten(f"{event.call.method} {event.call.template}", NAME_LIMIT)
                self._touch(event.step, id_)
                return
            case ConsoleWritten():
                self._touch(event.step, id_)
                return
            case FaultApplied():
                self._strike(id_, event)
            case StormLifted():
                self.fault = self.site = ""
            case StepHealed():
                if step := self._touch(event.step, id_):
                    step.healed, step.changed = event.rung, id_
            case StormBegan():
                self.storm, self.plan, self.repeat = True, shorten(event.plan, 80), event.repeat
            case ExperimentEnded():
                self.verdict, self.words = event.verdict, shorten(event.words, REASON_LIMIT)
            case ExperimentSkipped():
                self.storm, self.plan, self.skipped = True, shorten(event.plan, 80), shorten(event.reason, REASON_LIMIT)
            case _:
                return
        self.changed = id_

    def _start(self, event: JourneyStarted) -> None:
        self.nodeid, self.title = event.nodeid, shorten(event.title, NAME_LIMIT)
        self.worker, self.started_at = event.worker, event.at
        self.expected = tuple(shorten(name, NAME_LIMIT) for name in event.expected_steps)

    def _finish(self, event: JourneyFinished) -> None:
        self.status, self.duration_ms = event.status, event.duration_ms
        self.reason, self.finished = shorten(event.reason, REASON_LIMIT), True
        self.fault = self.site = ""
        self.strikes, self.refused = Strikes(), []

    def _start_step(self, id_: int, event: StepStarted) -> None:
        self.steps[event.index] = StepState(
            index=event.index,
            name=shorten(event.name, NAME_LIMIT),
            role=shorten(event.role, 40),
            started_at=event.at,
            first=id_,
            last=id_,
            changed=id_,
        )
        self.fault = self.site = ""

    def _finish_step(self, id_: int, event: StepFinished) -> None:
        step = self.steps.get(event.index)
        if step is None:  # never reached, and only ever finished, as skipped
            step = self.steps[event.index] = StepState(
                index=event.index, name=shorten(event.name, NAME_LIMIT), first=id_
            )
        if step.status is not None:
            self.counts[step.status] -= 1
        self.counts[event.status] += 1
        step.status, step.duration_ms = event.status, event.duration_ms
        step.reason, step.last, step.changed = shorten(event.reason, REASON_LIMIT), id_, id_

    def _keep(self, id_: int, event: EvidenceKept) -> None:
        step = self._touch(event.step, id_)
        if step and event.evidence.kind is EvidenceKind.PICTURE:
            step.pictures, step.changed = _with(step.pictures, event.evidence), id_

    def _strike(self, id_: int, event: FaultApplied) -> None:
        key = event.decision.key
        self.fault = shorten(event.decision.fault, 60)
        self.site = shorten(f"{key.method} {key.template}", NAME_LIMIT)
        if not event.decision.went_on and event.decision.url:
            self.refused.append(event.decision.url)
            del self.refused[:-REFUSED]
        if step := self._touch(event.step, id_):
            step.fault, step.site, step.changed = self.fault, self.site, id_

    def owns(self, line: ConsoleLine) -> bool:
        """Whether a line is the browser's complaint of a call that we ended; each such call explains one line."""
        ended = next((url for url in self.refused if f"{line.location}:".startswith(f"{url}:")), None)
        if ended is None or line.level != "error":
            return False
        self.refused.remove(ended)
        return True

    def _touch(self, index: int, id_: int) -> StepState | None:
        """The step with that index, of which now more is known: a call, a line, a picture."""
        step = self.steps.get(index)
        if step:
            step.last = id_
        return step


def _with(pictures: tuple[tuple[Moment, str], ...], evidence: Evidence) -> tuple[tuple[Moment, str], ...]:
    return (*(one for one in pictures if one[1] != evidence.id), (evidence.moment, evidence.id))[-8:]
