"""One walk of a journey as its events tell of it: what was done step by step, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaos.lexicon import pattern_of
from chaos.scene import Healed
from chaos.seen import Observation
from stormwalk.access.results import AccessCell
from stormwalk.model import Status
from stormwalk.observations import CallSource, Evidence
from stormwalk.storm import NAMED_BY_INI, BlindSpot, FaultDecision, Invocation, Layer, Outcome, PlanEntry, RuleCount
from stormwalk.storm_events import ObjectsCounted

_HOOK = "hook"

Place = tuple[str, int]
"""Where a step stands in its journey: the pattern of its name, and how often that has occurred so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One step of a walk. `observation` is None where nobody looked, or where `unreadable` says that it is spoilt;
    `walked` are the places of all steps of its walk."""

    index: int
    name: str
    place: Place
    role: str = ""
    weight: float = 1.0
    started_at: float = 0.0
    status: Status | None = None
    reason: str = ""
    observation: Observation | None = None
    unreadable: bool = False
    healed: Healed | None = None
    decisions: tuple[FaultDecision, ...] = ()
    pictures: tuple[Evidence, ...] = ()
    walked: frozenset[Place] = frozenset()

    @property
    def strikes(self) -> tuple[FaultDecision, ...]:
        """What struck calls of its pages. What struck the API client tells nothing about what a user sees."""
        applied = (one for one in self.decisions if one.outcome is Outcome.APPLIED)
        return tuple(one for one in applied if one.layer is not Layer.API)

    @property
    def struck_beside(self) -> bool:
        """Whether nothing but calls of the API client was struck: what the step then lacks, no user has missed."""
        applied = [one for one in self.decisions if one.outcome is Outcome.APPLIED]
        return bool(applied) and all(one.layer is Layer.API for one in applied)

    @property
    def escapes(self) -> tuple[FaultDecision, ...]:
        """What should have struck calls of its pages, and did not."""
        return tuple(one for one in self.decisions if one.outcome is Outcome.ESCAPED and one.layer is not Layer.API)

    @property
    def helped(self) -> bool:
        """Whether the step was done in the end because something healed it."""
        return self.healed is not None and self.healed.rung.recovered

    @property
    def took_ms(self) -> float | None:
        """How long the step took where it was done without help."""
        seen = self.observation
        return seen.duration_ms if seen is not None and seen.done else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A journey walked once, under a plan or, with an empty `plan`, as a control.

    `base` is pytest's name of the journey without the experiment. `status` is None where the walk never ended.
    """

    key: str
    nodeid: str
    base: str
    title: str
    plan: str
    repeat: int = 0
    status: Status | None = None
    reason: str = ""
    deeds: tuple[Deed, ...] = ()
    adrift: tuple[FaultDecision, ...] = ()
    counted: tuple[ObjectsCounted, ...] = ()
    counts: tuple[RuleCount, ...] = ()
    spots: tuple[BlindSpot, ...] = ()
    skipped: str = ""
    doors: tuple[AccessCell, ...] = ()

    @property
    def is_control(self) -> bool:
        return not self.plan

    @property
    def decisions(self) -> tuple[FaultDecision, ...]:
        return (*self.adrift, *(one for deed in self.deeds for one in deed.decisions))

    @property
    def holding(self) -> tuple[RuleCount, ...]:
        """Rules that held for all calls, so that nothing was decided about a single one."""
        decided = {one.key.rule for one in self.decisions}
        return tuple(one for one in self.counts if one.applied and one.rule not in decided)

    @property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that did something."""
        applied = {one.key.rule for one in self.decisions if one.outcome is Outcome.APPLIED}
        return frozenset(applied | {one.rule for one in self.counts if one.applied})

    @property
    def faults(self) -> frozenset[str]:
        """The names of the faults that struck."""
        applied = {one.fault for one in self.decisions if one.outcome is Outcome.APPLIED}
        return frozenset(applied | {one.fault for one in self.counts if one.applied})

    @property
    def broke(self) -> str:
        """Why this walk could not test anything to its end, empty where it could."""
        if self.status is None:
            return "the run ended in the middle of it"
        erred = [one.reason for one in self.deeds if one.status is Status.ERROR]
        if erred or self.status is Status.ERROR:
            return next(filter(None, [*erred, self.reason]), "it could not be walked")
        if self.status is Status.SKIPPED and self.deeds:
            return f"it was skipped in the middle{f': {self.reason}' if self.reason else ''}"
        return ""

    def hooked_beside(self, deed: Deed) -> bool:
        """Whether a hook can only have struck calls of the API client in this step: the pages made none, and nobody
        pressed anything. What the step then lacks, no user has missed."""
        seen = deed.observation
        by_page = seen is not None and (
            seen.pressed or any(one.call.source is not CallSource.API for one in seen.calls)
        )
        return _HOOK in self.faults and not by_page

    def at(self, deed: Deed) -> Deed | None:
        """The same step in this walk; where its name has changed altogether, the one with the same number, unless that
        is the same as another step of the other walk: one that only a storm has is like none of these."""
        same = next((one for one in self.deeds if one.place == deed.place), None)
        renamed = (one for one in self.deeds if one.index == deed.index and one.place not in deed.walked)
        return same or next(renamed, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All walks of a run, in an order that does not depend on when they were walked.

    `planned` are the names of items that were to be walked; `at` is the moment of the last event. `steered`
    says that somebody has switched rules by hand, `unread` how many events of a kind cannot be read, `invocation`
    what a replay must name again.
    """

    seed: str = ""
    invocation: Invocation = NAMED_BY_INI
    plans: dict[str, PlanEntry] = field(default_factory=dict)
    walks: tuple[Walk, ...] = ()
    planned: tuple[str, ...] = ()
    at: float = 0.0
    steered: bool = False
    unread: dict[str, int] = field(default_factory=dict)

    def controls(self, base: str) -> tuple[Walk, ...]:
        return tuple(one for one in self.walks if one.is_control and one.base == base)

    @property
    def storms(self) -> tuple[Walk, ...]:
        """The walks under a plan."""
        return tuple(one for one in self.walks if not one.is_control)


def place_of(name: str, before: int) -> Place:
    """`before` counts the steps with such a name that came before it."""
    return pattern_of(name), before
