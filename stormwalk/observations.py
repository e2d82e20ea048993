"""What was observed of an application while it was walked: its calls, the lines of its console, and evidence.

Read-only values, as in `model`, whose steps and journeys hold them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CallSource(StrEnum):
    """Who made a call: the page in the browser, or the API client of an actor."""

    BROWSER = "browser"
    API = "api"


class TimingSource(StrEnum):
    """Which clock a call's duration comes from: the browser's own timing, or our monotonic stamps."""

    BROWSER = "browser"
    OWN_CLOCK = "own clock"


class EvidenceKind(StrEnum):
    PICTURE = "picture"
    ACCESSIBILITY = "accessibility"
    TRACE = "trace"
    VIDEO = "video"


class Moment(StrEnum):
    """When a piece of evidence was taken."""

    BEFORE_FAULT = "before the fault"
    WORST = "worst moment"
    RECOVERED = "after recovery"
    END = "end of step"
    FAILURE = "failure"
    JOURNEY = "journey"

    @property
    def of_storm(self) -> bool:
        """Whether such a picture is only ever taken in a storm."""
        return self in (Moment.BEFORE_FAULT, Moment.WORST, Moment.RECOVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call. `url` is redacted; `template` has its ids replaced, as in `/api/orders/{id}`.

    `status` is None when no answer came; `failure` then says why (`net::ERR_CONNECTION_RESET`, `timed out`).
    Times are in milliseconds, `started_at` is UTC in seconds since the epoch, sizes are bytes.
    """

    method: str
    url: str
    template: str
    source: CallSource
    resource_type: str
    started_at: float
    status: int | None = None
    failure: str | None = None
    duration_ms: float | None = None
    timing_source: TimingSource = TimingSource.OWN_CLOCK
    request_bytes: int | None = None
    response_bytes: int | None = None

    @property
    def failed(self) -> bool:
        """No answer, or one with a 4xx or 5xx status."""
        return self.status is None or self.status >= 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleLine:
    """A line of the page's console, or an uncaught exception of the page (level `pageerror`)."""

    level: str
    text: str
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file kept of a step. `path` is relative to the folder that holds `screenshots/`; sizes are pixels.

    `certain` is False for a picture that was finished only after the next step had begun to act, so that
    nothing proves that it shows the step that it names.
    """

    id: str
    kind: EvidenceKind
    moment: Moment
    path: str
    taken_at: float
    width: int = 0
    height: int = 0
    certain: bool = True
