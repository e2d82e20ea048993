"""Watches one step: what stood there before it, looks in between and at its end, and what the page told meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from playwright.sync_api import Error, Page

from chaos.observe.felt import FeltCall, as_felt
from chaos.scene import CLOCKS_S
from chaos.seen import Control, Field, Message, Observation, PageState, SeenCall, Standstill
from stormwalk.observations import ConsoleLine

# A little longer than the limits of `chaos.scene`: a spinner, a button that is off, a blank page.
_SPINNER_MS, _STUCK_MS, _BLANK_MS = 5_300.0, 1_300.0, 800.0
_PATIENCE_MS, _MARGIN_MS = 15_000.0, 300.0
_GLANCES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A control was pressed, with the fields as they were filled in at that moment."""

    at: float
    control: Control | None
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Parts of the page jumped; `value` as browsers count it for the cumulative layout shift."""

    at: float
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A promise was rejected and nothing caught it."""

    at: float
    line: ConsoleLine


Told = Message | Press | Shift | Rejection | FeltCall | Standstill


class Looking(Protocol):
    """Whoever takes looks and remembers what pages told; an `Observer`."""

    def look(self, page: Page) -> PageState: ...

    def since(self, moment: float) -> Iterator[Told]: ...

    def in_flight(self, since: float) -> list[SeenCall]: ...


class StepWatch:
    """Made by `Observer.watch` before the step; `finish` gives the observation. Never raises for what the page does."""

    def __init__(self, observer: Looking, page: Page) -> None:
        self._observer = observer
        self._page = page
        self.before = observer.look(page)
        self.began = time.time()
        self._clock = time.monotonic()
        self._acted: float | None = None
        self.looks: list[PageState] = []
        self._glances = 0
        self._ends_with_glance = False

    def look(self) -> PageState:
        """One more look, kept in the observation."""
        self.looks.append(self._observer.look(self._page))
        self._ends_with_glance = False
        return self.looks[-1]

    def glance(self) -> PageState:
        """A look while the step is still waited for. What it shows first is kept, up to a bound: that the page was at
        work, or said something, may be over when the step is given up."""
        seen = self._observer.look(self._page)
        changed = not self.looks or replace(self.looks[-1], at=seen.at) != seen
        if changed and seen.seen:
            self._keep_glance(seen)
        return seen

    def _keep_glance(self, seen: PageState) -> None:
        if self._glances >= _GLANCES and self._ends_with_glance:
            # The newest stays: what comes after an old one would look as if it had stood there ever since.
            self.looks.pop()
        self._glances += 1
        self._ends_with_glance = True
        self.looks.append(seen)

    def keep_looking(
        self, for_ms: float, every_ms: float = 250.0, *, holds: Callable[[PageState], bool] = lambda look: True
    ) -> None:
        """Looks again and again: only what lasts is trouble. Ends early when the page is closed, or when a look shows
        that what is looked for does not hold any more."""
        end = time.monotonic() + for_ms / 1000
        while not self._page.is_closed():
            seen = self.look()
            if seen.seen and not holds(seen):
                return
            left = (end - time.monotonic()) * 1000
            if left <= 0:
                return
            self._pause(min(every_ms, left))

    def look_long_enough(
        self, under_way: Callable[[], bool] = lambda: False, patience_ms: float = _PATIENCE_MS
    ) -> None:
        """Looks until it is known whether it stays as it is: what stands there for a moment is no trouble.

        `under_way` says whether calls have no end yet: then a page may well show that it is at work, for as long as
        a user has patience.
        """
        seen = self.look()
        if not seen.seen or seen.spinning:
            self.keep_looking(_SPINNER_MS, holds=_spins)
            left = patience_ms - (time.time() - seen.at) * 1000 + _MARGIN_MS
            if left > 0 and _spins(self.looks[-1]) and under_way():
                self.keep_looking(left, holds=_spins)
        elif _has_off(seen):
            self.keep_looking(_STUCK_MS, holds=_has_off)
        elif seen.empty:
            self.keep_looking(_BLANK_MS, holds=lambda look: look.empty)

    def acted(self) -> None:
        """The step's own check has held, or was given up; what follows is only looking."""
        self._acted = time.monotonic()

    def finish(
        self,
        *,
        done: bool,
        calls: Callable[[], Sequence[SeenCall]] = tuple,
        console: Callable[[], Sequence[ConsoleLine]] = tuple,
    ) -> Observation:
        """The observation of the step, with a last look.

        `calls` gives those that have ended; the ones that are still in flight are added. `console` gives the lines that
        were written during the step. Both are asked after the look: what the page did before it, on a busy machine we
        hear only then.
        """
        if not self.look().seen:
            self.look()  # on a busy machine an answer may be overdue, and nobody would know how the step ended
        # Calls may be asked for the bodies of their answers, and more is heard meanwhile: nobody is to be there twice.
        under_way = self._observer.in_flight(self.began)
        told = list(self._observer.since(self.began))
        presses = [one for one in told if isinstance(one, Press)]
        rejected = [one.line for one in told if isinstance(one, Rejection)]
        ended = self._felt(calls())
        return Observation(
            began=self.began,
            ended=time.time(),
            done=done,
            took_ms=None if self._acted is None else (self._acted - self._clock) * 1000,
            before=self.before,
            looks=tuple(self.looks),
            calls=(*ended, *under_way),
            console=_with_rejections(console(), rejected),
            messages=self._messages(ended),
            pressed=_pressed(presses),
            entered=_entered(presses),
            standstills=tuple(one for one in told if isinstance(one, Standstill)),
            shift=sum(one.value for one in told if isinstance(one, Shift)),
        )

    def _felt(self, calls: Sequence[SeenCall]) -> tuple[SeenCall, ...]:
        """The calls as the page felt them."""
        before = tuple(one for one in calls if one.ends < self.began)
        own = [one for one in calls if one.ends >= self.began]
        # Of what came after the look before the step we hear only in the step, however long that look took.
        told = self._observer.since(min(self.before.at, self.began))
        return (*before, *as_felt(own, (one for one in told if isinstance(one, FeltCall))))

    def _messages(self, calls: Sequence[SeenCall]) -> tuple[Message, ...]:
        """What was told in the step, and since a call may have ended: some that we hear of had ended before it."""
        told = self._observer.since(min([self.began, *(one.may_have_ended - CLOCKS_S for one in calls)]))
        return tuple(one for one in told if isinstance(one, Message))

    def _pause(self, ms: float) -> None:
        try:
            self._page.wait_for_timeout(ms)
        except Error:
            return  # the page was closed: the loop sees it


def _pressed(presses: Sequence[Press]) -> tuple[Control, ...]:
    """Each control once, as it was when it was first pressed."""
    return tuple({one.control.key: one.control for one in reversed(presses) if one.control is not None}.values())


def _entered(presses: Sequence[Press]) -> tuple[Field, ...]:
    """Each field as it was filled in when something was last pressed; a page may have emptied it by then, so never
    an empty value where there was one."""
    filled: dict[str, Field] = {}
    for field in (field for press in presses for field in press.fields):
        if field.digest or field.key not in filled:
            filled[field.key] = field
    return tuple(filled.values())


def _with_rejections(console: Sequence[ConsoleLine], rejected: Sequence[ConsoleLine]) -> tuple[ConsoleLine, ...]:
    """The browser tells of most rejections itself, in words of its own; the others are added."""
    thrown = [one.text for one in console if one.level == "pageerror"]
    missing = [one for one in rejected if not any(_same(one.text, text) for text in thrown)]
    return (*console, *missing)


def _same(told: str, thrown: str) -> bool:
    reason = told.partition(": ")[2] or told
    return reason[:80] in thrown or thrown[:80] in told


def _spins(look: PageState) -> bool:
    return look.spinning


def _has_off(look: PageState) -> bool:
    return any(not one.enabled or one.busy for one in look.controls)
