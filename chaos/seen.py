"""What was seen: of a page at one moment, of a call, of a message, and of one walk of a step. Pure values.

The observer in the page fills them; the signs of trouble read nothing else. Times are UTC in seconds since the
epoch, durations milliseconds, lengths CSS pixels. All text is redacted and cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stormwalk.observations import Call, ConsoleLine, TimingSource

STREAMS = ("eventsource", "websocket", "ping")
"""Types of calls whose end nobody waits for: they are open as long as their page, or nobody hears of it."""

# Faults after which a call without an answer may have come to the server; others strike it before.
_ON_THE_WIRE, _HELD_UP = ("cut-body", "slow-drip", "websocket-cut"), ("latency", "reordered")
_NEVER_SENT = (
    "ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_REFUSED", "ERR_NAME_NOT_RESOLVED", "ERR_ADDRESS_UNREACHABLE",
    "ERR_BLOCKED_BY_CLIENT",
)  # fmt: skip


class MessageKind(StrEnum):
    """How a page told something to its user."""

    ALERT = "alert"
    STATUS = "status"
    DIALOG = "dialog"
    LIVE = "live"
    TOAST = "toast"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that a page told, also when it has vanished since; not `shown` is what only a screen reader says."""

    kind: MessageKind
    text: str
    at: float
    url: str = ""
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something to press. `key` stays the same when its text changes; `off_page` is what needs sideways scrolling."""

    key: str
    name: str
    kind: str = "button"
    enabled: bool = True
    busy: bool = False
    off_page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to fill in. `digest` stands for the value, which stays in the page; it is empty for an empty field.

    A `secret` field (a password) has no digest at all.
    """

    key: str
    name: str
    digest: str = ""
    secret: bool = False
    invalid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standstill:
    """The page got no processor: what it meant to do at the moment `at` it could do only when this had `ended`."""

    at: float
    ended: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PageState:
    """A page at one moment. `seen` is False where nobody could look; `reason` then says why, and the rest is empty.

    `text` is the beginning of what is visible, `text_length` the whole of it; shadow roots and frames count as well.
    `busy_marks` and `animations` name their elements. `opaque` counts places that nobody can look into.
    `standing` are the texts of live regions that are to be read at this moment, `in_flight` how many calls of the
    browser context had no end yet, streams aside.
    """

    at: float
    url: str = ""
    seen: bool = True
    reason: str = ""
    title: str = ""
    text: str = ""
    text_length: int = 0
    media: int = 0
    opaque: int = 0
    controls: tuple[Control, ...] = ()
    fields: tuple[Field, ...] = ()
    busy_marks: tuple[str, ...] = ()
    animations: tuple[str, ...] = ()
    stylesheets_missing: tuple[str, ...] = ()
    overflow_px: float = 0.0
    standing: tuple[str, ...] = ()
    password_fields: int = 0
    in_flight: int = 0

    @property
    def browser_error(self) -> bool:
        """Whether the browser itself tells that the page could not be loaded."""
        return self.url.startswith("chrome-error:")

    @property
    def spinning(self) -> bool:
        return bool(self.busy_marks or self.animations)

    @property
    def empty(self) -> bool:
        """Whether a user sees nothing that is of use to them, and nothing that says that it is coming."""
        nothing = not (self.media or self.controls or self.fields or self.opaque or self.spinning)
        return self.seen and not self.browser_error and self.text_length < 20 and nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCall:
    """A call with what the storm did to it.

    `fault` names the fault that struck it. `server_status` is what the server itself answered; None where the call did
    not reach it, or nobody knows. `in_flight` says that it had no end when the looking ended. `retry_after_ms` is
    how long the answer asked the caller to wait, `error_body` the beginning of the server's own error answer.
    """

    call: Call
    fault: str = ""
    server_status: int | None = None
    background: bool = False
    third_party: bool = False
    in_flight: bool = False
    retry_after_ms: float | None = None
    error_body: str = ""

    @property
    def endpoint(self) -> str:
        return f"{self.call.method} {self.call.template}"

    @property
    def begins(self) -> float:
        return self.call.started_at

    @property
    def ends(self) -> float:
        """When the page had the answer, or knew that there is none."""
        return self.call.started_at + (self.call.duration_ms or 0.0) / 1000

    @property
    def may_have_ended(self) -> float:
        """From when on the page may have known its end: a page tells its user at once, and where no browser has timed
        the call, a busy machine hears of the end only seconds later."""
        return self.ends if self.call.timing_source is TimingSource.BROWSER else self.begins

    @property
    def failed(self) -> bool:
        """The page got no answer, or one that is an error."""
        return not self.in_flight and self.call.failed

    @property
    def given_up(self) -> bool:
        """The page itself has ended it, or has gone elsewhere."""
        return self.failed and self.fault != "abort" and "ERR_ABORTED" in (self.call.failure or "")

    @property
    def answered(self) -> bool:
        return not self.in_flight and not self.call.failed

    @property
    def writes(self) -> bool:
        return self.call.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def took_effect(self) -> bool:
        """Whether the server did the work, also where the page was never told."""
        return (self.server_status is not None and self.server_status < 400) or (self.answered and not self.fault)

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the server did the work, or nobody knows: what happens on the wire may come after it, and who has
        given up a slow call, or has lost its connection, never learns what became of it."""
        if self.took_effect or self.fault in _ON_THE_WIRE:
            return True
        if self.call.status is not None or self.fault:
            return self.call.status is None and self.fault in _HELD_UP
        return not any(one in (self.call.failure or "") for one in _NEVER_SENT)

    @property
    def matters(self) -> bool:
        """Whether a user would miss it: what the application asks its own servers for, decoration and polling aside."""
        by_page = self.call.resource_type in ("document", "xhr", "fetch")
        return by_page and not (self.background or self.third_party)

    @property
    def is_stream(self) -> bool:
        return self.call.resource_type in STREAMS

    @property
    def told(self) -> str:
        """How it ended, in a few words."""
        if self.in_flight:
            return f"{self.endpoint} has no answer yet"
        ending = (
            f"answered {self.call.status}" if self.call.status is not None else str(self.call.failure or "no answer")
        )
        return f"{self.endpoint}: {ending}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One walk of a step. `looks` are in the order of time, the last one shows how the step ended.

    `before` was taken before the step. `took_ms` is how long the step took until its own check held or was given up,
    without the looking afterwards; None where nobody measured it. `done` says whether that check held, without any
    help. `pressed` and `entered` are the controls that were pressed and the fields as they were filled in then.
    `standstills` are told of the moments after a failed call only.
    """

    began: float
    ended: float
    done: bool
    took_ms: float | None = None
    before: PageState | None = None
    looks: tuple[PageState, ...] = ()
    calls: tuple[SeenCall, ...] = ()
    console: tuple[ConsoleLine, ...] = ()
    messages: tuple[Message, ...] = ()
    pressed: tuple[Control, ...] = ()
    entered: tuple[Field, ...] = ()
    standstills: tuple[Standstill, ...] = ()
    shift: float = 0.0

    @property
    def duration_ms(self) -> float:
        """How long the step took; with the looking where nobody measured it without."""
        return self.took_ms if self.took_ms is not None else (self.ended - self.began) * 1000

    @property
    def after(self) -> PageState | None:
        """The last look at which something was seen."""
        return next((one for one in reversed(self.looks) if one.seen), None)

    @property
    def looked_until(self) -> float:
        """Up to when it is known what the page did. The step ends for us only later, on a busy machine by seconds in
        which a page may well do what it has not done yet."""
        return min(self.ended, self.looks[-1].at) if self.looks else self.ended

    @property
    def settled_at(self) -> float | None:
        """When the last call had ended, polling and streams aside; None while one is in flight.

        A browser opens a broken stream anew every few seconds, and nothing on the page waits for that.
        """
        awaited = [one for one in self.calls if not (one.background or one.is_stream)]
        if any(one.in_flight for one in awaited):
            return None
        return max((one.ends for one in awaited), default=self.began)

    def stood_still_ms(self, begun: float, ended: float) -> float:
        """For how much of this time the page got no processor."""
        spans = [(max(one.at, begun), min(one.ended, ended)) for one in self.standstills]
        return sum(max(0.0, until - since) for since, until in spans) * 1000

    @property
    def said(self) -> tuple[Message, ...]:
        """The messages of the step that people could read; what stood there before is not among them."""
        return tuple(one for one in self.messages if one.shown and one.at >= self.began)
