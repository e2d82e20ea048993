"""Records one walk of a journey: its steps, their calls and their evidence, as events that go to the store.

What has finished is appended before the next step begins; pictures follow when they are developed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

from stormwalk.blame import Blame
from stormwalk.chronicle import Chronicle
from stormwalk.events import JourneyEvent
from stormwalk.evidence import Caption
from stormwalk.failures import Failure, explain, with_open_calls, with_words_of_page
from stormwalk.journey import Attempt
from stormwalk.ledger import Ledger
from stormwalk.model import Status
from stormwalk.observations import Call, ConsoleLine, Evidence, EvidenceKind, Moment
from stormwalk.studio import Studio
from stormwalk.witness import Witness

PASSED = Failure(Status.PASSED, "")
# What the application does wrong is not hidden by what goes wrong afterwards.
_GRAVITY = (Status.PASSED, Status.SKIPPED, Status.ERROR, Status.FAILED)


class Recorder:
    """Performs the steps of one journey and writes down what happens. Also the listener of its network recorder."""

    def __init__(self, studio: Studio, *, key: str, nodeid: str, title: str, goal: str = "") -> None:
        self._studio = studio
        self.key = key
        self.nodeid = nodeid
        self._title = title
        self._goal = goal
        self._expected: tuple[str, ...] = ()
        self._ledger = Ledger(studio.append, journey=key, worker=studio.worker)
        self._chronicle = Chronicle(self._ledger, studio.redactor)
        self._witness = Witness(studio.camera, studio.keeper, studio.redactor, self._ledger)
        self._blame = Blame(studio.expect_application)
        self._began = 0.0
        self._index = 0
        self._walked = 0
        self._in_step = False
        self._name = ""
        self._worst: Failure = PASSED
        self._told: BaseException | None = None
        self._last_page: Page | None = None
        self._actors: WeakKeyDictionary[BrowserContext, tuple[str, str]] = WeakKeyDictionary()

    @property
    def in_step(self) -> bool:
        return self._in_step

    @property
    def current_step(self) -> int:
        return self._index if self._in_step else 0

    @property
    def passed(self) -> bool:
        """Whether nothing has failed so far."""
        return self._worst.status is Status.PASSED

    @property
    def status(self) -> Status:
        """How the journey would end if it ended now."""
        return self._worst.status

    @property
    def steps_taken(self) -> int:
        return self._index

    def start(self, expected_steps: tuple[str, ...]) -> None:
        """The journey begins; `expected_steps` are those of its last passed run."""
        self._expected = expected_steps
        self._began = time.monotonic()
        self._chronicle.journey_began(
            nodeid=self.nodeid, title=self._title, goal=self._goal, expected_steps=expected_steps
        )

    def belongs_to(self, context: BrowserContext, actor: str, role: str) -> None:
        """From now on the pages of `context` are those of an actor."""
        self._actors[context] = (actor, role)

    def perform(self, attempt: Attempt) -> None:
        """Runs a step, with evidence at its end and at the moment of failure; raises what the step raised."""
        __tracebackhide__ = True
        page = page_of(attempt.owner)
        self._last_page = page or self._last_page
        self._name = attempt.name
        self._begin_step(attempt, page)
        self._walked += 1
        began = time.monotonic()
        try:
            with self._trace_group(page, attempt.name):
                self._studio.perform(attempt, page)
        except BaseException as error:
            self._told = error
            self._finish_failed(attempt.name, page, began, error)
            raise
        self._finish_passed(attempt.name, page, began)

    def has_told(self, error: BaseException) -> bool:
        """Whether the step in which this was raised has been written down."""
        return error is self._told

    def knows(self, error: BaseException) -> None:
        """Somebody else tells of this error; it is no failure of a step."""
        self._told = error

    def whole_test(self, title: str, error: BaseException | None) -> None:
        """Writes down a test without steps, or what failed outside of any step, as a step of its own."""
        if error is not None and error is self._told:
            return  # the step in which it was raised has told it already
        page = self._last_page
        self._walked += title in self._expected
        whole = Attempt(name=title, owner=None, weight=1.0, role_check=False, act=_nothing, confirm=_nothing)
        self._begin_step(whole, page)
        if error is None:
            self._finish_passed(title, page, self._began)
        else:
            self._finish_failed(title, page, self._began, error)

    def photograph(self, page: Page, moment: Moment, note: str = "") -> None:
        """One more picture within the step: before a fault, at the worst moment, after recovery.

        `note` says on its strip what was done to the application.
        """
        self._witness.photograph(
            page, replace(self._caption(self._name, page, None, moment), note=self._chronicle.shown(note))
        )

    def tell(self, make: Callable[..., JourneyEvent], **fields: Any) -> None:
        """Writes down an event of this journey; `fields` are those beside time, worker and journey."""
        self._chronicle.tell(make, **fields)

    def flush(self) -> None:
        """What was told is in the store when this returns."""
        self._ledger.flush()

    def skip(self, error: BaseException | None) -> None:
        """The journey was skipped, by a marker or by itself."""
        failure = explain(error) if error else Failure(Status.SKIPPED, "skipped")
        self._worsen(self._hushed(failure))

    def finish(self) -> None:
        """The journey ends. The steps that it did not reach are written down as skipped."""
        if self._worst.status is not Status.PASSED:
            self._skip_the_rest()
        self._chronicle.journey_ended((time.monotonic() - self._began) * 1000, self._worst)

    def develop(self) -> None:
        """Waits for the last picture, as long as its page is there."""
        self._studio.camera.wait()

    def link(self, kind: EvidenceKind, path: str) -> None:
        """Something else has kept evidence of the whole journey; `path` is where it lies."""
        now = time.time()
        kept = Evidence(id=f"{self.key}/{Path(path).name}", kind=kind, moment=Moment.JOURNEY, path=path, taken_at=now)
        self._chronicle.evidence_linked(kept)

    def seen(self, page: Page) -> None:
        """A page was opened; it is the one in the picture until a step says otherwise."""
        self._last_page = page

    # What the network recorder tells.

    def call_finished(self, step: int, call: Call) -> None:
        self._chronicle.call_finished(step, call)

    def console_written(self, line: ConsoleLine) -> None:
        self._chronicle.console_written(self.current_step, line)

    def expect_browser(self, page: Page) -> None:
        """Raises BrowserCrashed where a page of the journey has crashed or the browser has gone."""
        self._blame.expect_browser(page)

    def page_crashed(self, page: Page) -> None:
        self._blame.page_crashed()

    def _begin_step(self, attempt: Attempt, page: Page | None) -> None:
        self._index += 1
        actor, role = self._actors.get(page.context, ("", "")) if page else ("", "")
        self._chronicle.step_began(self._index, attempt, actor, role)
        self._in_step = True  # not before: where the store refuses, this step does not begin and so would never end

    def _finish_passed(self, name: str, page: Page | None, began: float) -> None:
        duration = (time.monotonic() - began) * 1000
        self._in_step = False
        if page is not None:
            self._witness.photograph(page, self._caption(name, page, Status.PASSED, Moment.END))
        self._tell_end(name, page, duration, PASSED)

    def _finish_failed(self, name: str, page: Page | None, began: float, error: BaseException) -> None:
        """First what the page shows at this moment, then what the error means."""
        duration = (time.monotonic() - began) * 1000
        self._in_step = False
        waiting = self._studio.tell_open(self._index)
        seen = self._witness.observe(page) if page else None
        outcome = with_open_calls(self._hushed(self._blame.of(error, page)), waiting)
        if page is not None and seen is not None:
            outcome = with_words_of_page(outcome, self._chronicle.shown(seen.snapshot))
            self._witness.keep(seen, self._caption(name, page, outcome.status, Moment.FAILURE))
        self._tell_end(name, page, duration, outcome)

    def _tell_end(self, name: str, page: Page | None, duration: float, outcome: Failure) -> None:
        self._worsen(outcome)
        self._chronicle.step_ended(self._index, name, page, duration, outcome)

    def _caption(self, name: str, page: Page, status: Status | None, moment: Moment) -> Caption:
        return Caption(
            journey=self.key,
            step=self._index,
            name=self._chronicle.shown(name),
            status=status,
            moment=moment,
            at=time.time(),
            url=self._chronicle.url_of(page),
        )

    def _hushed(self, failure: Failure) -> Failure:
        shown = self._chronicle.shown
        return Failure(failure.status, shown(failure.reason), shown(failure.details))

    def _worsen(self, outcome: Failure) -> None:
        self._worst = max(self._worst, outcome, key=lambda one: _GRAVITY.index(one.status))

    def _skip_the_rest(self) -> None:
        for name in self._expected[self._walked :]:
            self._index += 1
            self._chronicle.step_not_reached(self._index, name)

    @contextmanager
    def _trace_group(self, page: Page | None, name: str) -> Iterator[None]:
        traced = self._studio.traced and page is not None
        with page.context.tracing.group(name) if traced and page else nullcontext():
            yield


def page_of(owner: object) -> Page | None:
    """The browser page that a page object or region stands on, None for a step that needs no browser."""
    page = getattr(owner, "page", None)
    return page if isinstance(page, Page) else None


def _nothing() -> None:
    return None
