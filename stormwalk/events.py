"""What happens: one dataclass for each moment. The store keeps them; nothing else tells what a run was.

A subclass of `Event` registers itself under its own name, which is also the name that is stored.
`to_json` and `from_json` are the only places where an event is anything but a value.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import TypeAdapter

from stormwalk.access.results import AccessCell, AccessCoverage, AccessFinding, Breach, ControlSeen
from stormwalk.control import ControlRequest
from stormwalk.gate.results import GateResult
from stormwalk.model import Environment, NoteLevel, RunMode, Status
from stormwalk.observations import Call, ConsoleLine, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Anything that happened: `at` is UTC in seconds since the epoch, `worker` the process (`main`, `gw0`)."""

    registry: ClassVar[dict[str, type[Event]]] = {}

    at: float
    worker: str = "main"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # slots=True makes the class a second time, so the later one of the same module replaces the first.
        known = Event.registry.get(cls.__name__)
        if "kind" in inspect.get_annotations(cls):
            raise TypeError(f"{cls.__name__} has a field `kind`, which is what every event is called by")
        if known is not None and known.__module__ != cls.__module__:
            raise TypeError(f"two events are called {cls.__name__}: {known.__module__} and {cls.__module__}")
        Event.registry[cls.__name__] = cls

    @property
    def kind(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The first event of every run."""

    project: str
    mode: RunMode
    base_url: str
    workers: int = 1
    environment: Environment = field(default_factory=Environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlanned(Event):
    """Which journeys will be walked, by pytest's node id."""

    journeys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """The last event of a run that ended in good order, also after Ctrl-C (`interrupted`)."""

    exit_code: int
    interrupted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateJudged(Event):
    """What the rules of the project said of the run; the newest one counts."""

    result: GateResult


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken(Event):
    """A warning or an error that belongs to the run, not to a step."""

    level: NoteLevel
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTaken(Event):
    """A worker does what somebody has asked of the run; each worker says so for itself."""

    request: ControlRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyEvent(Event):
    """What happens within one journey; `journey` is its key, unique in the run."""

    journey: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyStarted(JourneyEvent):
    nodeid: str
    title: str
    goal: str = ""
    expected_steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyFinished(JourneyEvent):
    status: Status
    duration_ms: float
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(JourneyEvent):
    """`index` counts from 1 within the journey."""

    index: int
    name: str
    page: str = ""
    actor: str = ""
    role: str = ""
    weight: float = 1.0
    role_check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(JourneyEvent):
    """`reason` is one line that a person understands, `details` the whole of what was raised."""

    index: int
    name: str
    status: Status
    duration_ms: float | None = None
    url: str = ""
    reason: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished(JourneyEvent):
    """A call ended, with an answer or without. `step` is 0 outside of any step."""

    step: int
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleWritten(JourneyEvent):
    """The page wrote to its console, or threw an exception that nobody caught."""

    step: int
    line: ConsoleLine


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKept(JourneyEvent):
    """A file was kept. It can come after the step has finished: pictures are finished off the main thread."""

    step: int
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStarted(Event):
    """The access check begins; `cells` are all that it will judge, as (endpoint, role).

    `matrix` is the file that holds the matrix, relative to the root of the repository.
    """

    roles: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    draft: bool = False
    matrix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCellJudged(Event):
    """A role was tried at an endpoint. A later event for the same cell replaces an earlier one."""

    cell: AccessCell


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessBreached(Event):
    """A place was found where the application does not do what the matrix says."""

    breach: Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlsSeen(Event):
    """What a walk through the pages of one role showed and hid."""

    controls: tuple[ControlSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessProbed(Event):
    """The probes have ended; `remarks` say what was not probed, and why."""

    probes: int
    duration_ms: float
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessConcluded(Event):
    """What all breaches of the run come to, one finding for each cause, and how much was covered."""

    findings: tuple[AccessFinding, ...]
    coverage: AccessCoverage


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: str) -> TypeAdapter[Any]:
    # Built on first use: pydantic needs a millisecond for each, and most runs see few kinds.
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(Event.registry[kind])
    return _ADAPTERS[kind]


def to_json(event: Event) -> str:
    """The event as JSON text, without its kind."""
    return _adapter(event.kind).dump_json(event, exclude_defaults=True).decode()


def from_json(kind: str, text: str) -> Event:
    """The event that `to_json` wrote. Raises ValueError for a kind that this version does not know."""
    if kind not in Event.registry:
        raise ValueError(f"unknown event {kind!r}: it was written by a newer Stormwalk")
    event: Event = _adapter(kind).validate_json(text)
    return event
