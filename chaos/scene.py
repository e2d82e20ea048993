"""What signs of trouble look at: a step in its controls and in the storm, and what was found out beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chaos.lexicon import pattern_of
from chaos.making_good import not_made_good
from chaos.seen import Control, Message, Observation, PageState, SeenCall
from stormwalk.access.results import AccessCell
from stormwalk.storm_judgement import Recovery

CLOCKS_S = 0.1
"""By so much the stamps of calls and of messages, which come from two clocks, may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """From where on something is trouble. Start values, to be calibrated on control runs; durations in milliseconds."""

    blank_for_ms: float = 500.0
    spinner_ms: float = 5_000.0
    patience_ms: float = 15_000.0
    stuck_for_ms: float = 1_000.0
    feedback_ms: float = 10_000.0
    silent_ms: float = 3_000.0
    calls_per_second: int = 5
    overflow_px: float = 50.0
    shift: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Business objects of one kind, by id, as an undisturbed session read them before the step and at the very end.

    `made` is how many a step that is done makes, `made_by` the call that makes them (`POST /api/orders`), empty where
    any write may be it. `removes` says that the step takes objects away on purpose. `of_session` says that they belong
    to the session, as a basket does, so that losing them is losing the session. `at_most` is how many all steps between
    the two counts make together, 0 where that is as many as this one makes.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    made: int = 0
    made_by: str = ""
    removes: bool = False
    of_session: bool = False
    at_most: int = 0

    def made_through(self, call: SeenCall) -> bool:
        """Whether this call may have made such objects."""
        return call.writes and self.made_by in ("", call.endpoint)

    @property
    def new(self) -> tuple[str, ...]:
        return tuple(one for one in dict.fromkeys(self.after) if one not in self.before)

    @property
    def gone(self) -> tuple[str, ...]:
        return () if self.removes else tuple(one for one in self.before if one not in self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A sum of money (or of anything) in its smallest unit: what the user was shown before they agreed, what was kept
    of it, and what it should be. None where it is not known. `made_by` is the call that kept it."""

    what: str
    shown: int | None = None
    kept: int | None = None
    right: int | None = None
    made_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Something that only a higher role may see: a control by its name, or a text that only its data hold."""

    name: str
    role: str
    is_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """What the recovery ladder came to, and what the page looked like then."""

    rung: Recovery
    took_ms: float | None = None
    state: PageState | None = None
    tried: tuple[str, ...] = ()

    @property
    def rungs(self) -> tuple[str, ...]:
        """Every rung that was climbed, the one that helped included."""
        return (*self.tried, str(self.rung)) if self.rung.recovered else self.tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One step under one fault. `controls` are the same step in undisturbed walks, at best three of them.

    `strikes_session` says that the fault takes the session away itself. `healed` is None where nothing had to be
    healed. `api_cells` are access cells that were enforced before and were probed again afterwards. `trouble_words`
    tell of trouble in this application, beside those that do so everywhere.
    """

    step: str
    controls: tuple[Observation, ...]
    storm: Observation
    limits: Limits = Limits()
    healed: Healed | None = None
    objects: tuple[Counted, ...] = ()
    amounts: tuple[Amount, ...] = ()
    guarded: tuple[Guarded, ...] = ()
    api_cells: tuple[AccessCell, ...] = ()
    strikes_session: bool = False
    trouble_words: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether the step was done in the end, by itself or after somebody helped."""
        return self.storm.done or (self.healed is not None and self.healed.rung.recovered)

    @property
    def control_looks(self) -> Iterator[PageState]:
        """Every look at the step in its controls, those before it included."""
        for control in self.controls:
            yield from (look for look in (control.before, *control.looks) if look is not None and look.seen)

    @property
    def control_ends(self) -> tuple[PageState, ...]:
        return tuple(one.after for one in self.controls if one.after is not None)

    def usual(self, of: Callable[[PageState], Iterable[str]]) -> set[str]:
        """What the step shows in its controls as well, such as the names of its animations."""
        return {one for look in self.control_looks for one in of(look)}

    @property
    def settled_at(self) -> float | None:
        """When the storm's last call had ended; None while more is under way than at the end of any control.

        Calls that are known and looks are both asked: who keeps only finished calls does not know of the others.
        """
        known, looks = self.storm.settled_at, self.storm.looks
        usual = max((one.in_flight for one in self.control_ends), default=0)
        waiting = [one for one in looks if one.in_flight > usual]
        if known is None or (waiting and waiting[-1] is looks[-1]):
            return None
        return max([known, *(one.at for one in waiting)])

    @property
    def usual_words(self) -> set[str]:
        """The patterns of all that controls say; numbers and ids make no difference."""
        told = {
            pattern_of(one.text) for control in self.controls for one in control.messages if one.at >= control.began
        }
        return told | {pattern_of(text) for text in self.usual(lambda look: look.standing)}

    @property
    def failures(self) -> tuple[SeenCall, ...]:
        """Calls that matter, failed, and were not made good."""
        return not_made_good(self.storm, self.controls)

    def names_trouble(self, text: str) -> bool:
        """Whether the text holds a word that the project says to mean trouble."""
        return any(word.casefold() in text.casefold() for word in self.trouble_words)

    @property
    def blamed(self) -> str:
        """The endpoint whose failure comes before what else is seen, empty where none failed: a call that matters,
        one that is still not answered, or else another one that was struck or that works in the controls."""
        waiting = [one for one in self.storm.calls if one.in_flight and one.matters]
        works = {one.endpoint for control in self.controls for one in control.calls if one.answered}
        others = [one for one in self.storm.calls if one.failed and not one.matters]
        parts = [one for one in others if one.fault or one.endpoint in works]
        return next((one.endpoint for one in (*self.failures, *waiting, *parts)), "")


def standing_since(looks: Iterable[PageState], holds: Callable[[PageState], bool]) -> tuple[float, float] | None:
    """From when to when something held at every look up to the last one; None where the last one shows it no more.

    One look alone proves nothing that lasts: it gives a span of length zero.
    """
    first = last = None
    for look in reversed([one for one in looks if one.seen]):
        if not holds(look):
            break
        first, last = look.at, last if last is not None else look.at
    return None if first is None or last is None else (first, last)


def lasting_ms(looks: Iterable[PageState], holds: Callable[[PageState], bool]) -> float:
    """For how long it has held at the last look, in milliseconds."""
    span = standing_since(looks, holds)
    return (span[1] - span[0]) * 1000 if span else 0.0


def control_of(state: PageState | None, key: str) -> Control | None:
    """The control of this key, None where it is not on the page."""
    return next((one for one in state.controls if one.key == key), None) if state else None


def after(messages: Iterable[Message], moment: float) -> tuple[Message, ...]:
    return tuple(one for one in messages if one.at >= moment - CLOCKS_S)
