"""The part of a run that each process has: store, camera, evidence, network recorder, and the journey being walked."""

from __future__ import annotations

import inspect
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from stormwalk.application.reach import expect_answer
from stormwalk.browser import Browser as FoundBrowser
from stormwalk.browser import BrowserSource, launch_options
from stormwalk.browser.refusal import ours_does_not_start, theirs_does_not_start
from stormwalk.camera import Camera, watch_calls
from stormwalk.config import Project
from stormwalk.control import ControlRequest, asked_words
from stormwalk.errors import StoreError, StormwalkError
from stormwalk.events import ControlTaken, Event, EvidenceKept, NoteTaken, RunPlanned
from stormwalk.evidence import EvidenceKeeper, Kept
from stormwalk.helm import Helm
from stormwalk.host import Ticket
from stormwalk.journey import Attempt
from stormwalk.model import NoteLevel
from stormwalk.naming import journey_key, words
from stormwalk.observations import Call, EvidenceKind
from stormwalk.options import Settings
from stormwalk.recorder import Recorder
from stormwalk.redact.values import hidden
from stormwalk.screencast import Screencast
from stormwalk.store import Store
from stormwalk.studio import Studio
from stormwalk.watching import Watch
from stormwalk.weather import FairWeather, Weather

T = TypeVar("T")

_PUMP_MS = 10
# What a step is called that stands for something outside of any step.
_WHOLE = {"setup": "Set-up of the journey", "call": "Checks of the journey", "teardown": "Clean-up of the journey"}

# The properties by which pytest-playwright tells of what it has kept.
_ARTIFACTS = {"playwright_trace": EvidenceKind.TRACE, "playwright_video": EvidenceKind.VIDEO}


class Workbench:
    """Walks journeys in this process. `worker` says which it is: `main`, or a worker such as `gw0`.

    `complaints` are errors that could not be kept in the store.
    """

    def __init__(self, settings: Settings, project: Project, ticket: Ticket, worker: str) -> None:
        self.settings = settings
        self.project = project
        self.ticket = ticket
        self.worker = worker
        self.redactor = project.redactor()
        self.complaints: list[str] = []
        self.recorder: Recorder | None = None
        self.weather: Weather = FairWeather()
        self.listeners: list[Callable[[Sequence[Event]], None]] = []
        self.store = Store.open(settings.store_url)
        self._walked: Counter[str] = Counter()
        self._camera = Camera(project.redaction.mask)
        self._stop_watching = watch_calls(self._camera)
        self._keeper = EvidenceKeeper(
            settings.root, ticket.run_id, self._on_kept, self.complain, width=project.evidence.thumbnail_width
        )
        self._watch = Watch(self, project, self.redactor)
        self._studio = self._shared_by_recorders()
        self._screencast = self._of_this_browser()
        self.helm = self._steered_by_the_store()
        self._helper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stormwalk-api")
        expect.set_options(timeout=project.budgets.expect)

    def _shared_by_recorders(self) -> Studio:
        ready = self.project.application.ready
        return Studio(
            append=self._append,
            camera=self._camera,
            keeper=self._keeper,
            redactor=self.redactor,
            expect_application=lambda: expect_answer(self.ticket.base_url, ready),
            perform=self._perform,
            tell_open=self._watch.tell_open,
            worker=self.worker,
            traced=self.settings.traced,
        )

    def _of_this_browser(self) -> Screencast:
        run_id, masked = self.ticket.run_id, self.project.redaction.mask
        return Screencast(
            put=lambda jpeg, at: self.store.put_frame(run_id, self.worker, jpeg, at),
            # A film cannot be painted over in time, so that where something is masked there is none.
            is_watched=lambda: not masked and self.store.watched(run_id),
            is_measured=lambda: self.weather.is_measured,
        )

    def _steered_by_the_store(self) -> Helm:
        return Helm(
            asked=lambda after: self.store.requests(self.ticket.run_id, after),
            taken=lambda request: self.tell(ControlTaken, request=request),
            refused=self._refused,
        )

    # What pytest tells.

    def improve_launch(self, arguments: dict[str, Any]) -> None:
        """Puts the browser that was found, and its switches, into the launch arguments; those given stay."""
        if not self.settings.own_browser:
            return
        browser = FoundBrowser(path=Path(self.ticket.browser_path), source=BrowserSource.EXPLICIT)
        found = launch_options(browser, headed=self.settings.headed, sandbox=self.ticket.sandbox)
        args = [*found.pop("args"), *self.project.safety.switches, *arguments.get("args", ())]
        arguments.update({**found, **arguments, "args": args})

    def watch_browser(self, browser: Browser) -> None:
        """From now on every context of the browser is recorded, and is in the weather that there is."""
        self._watch.watch(browser)

    def browser_refused(self, error: Error, config: pytest.Config, session: pytest.Session) -> StormwalkError:
        """The browser cannot be launched: the run ends, since no other journey could have one either."""
        session.shouldstop = "there is no browser to walk with"
        if self.settings.own_browser:
            return ours_does_not_start(Path(self.ticket.browser_path), str(error))
        channel = config.getoption("browser_channel", None)
        return theirs_does_not_start(config.getoption("browser", None) or ["chromium"], channel, str(error))

    def plan(self, items: Iterable[pytest.Item]) -> None:
        """Says which journeys there will be. Every worker has collected the same, so one of them speaks.

        From here on the run can be steered.
        """
        self.helm.start()
        if self.worker in ("main", "gw0"):
            journeys = tuple(self.shown_id(item) for item in items if self.settings.is_journey(item))
            self._append([RunPlanned(**self.stamp(), journeys=journeys)], {})

    def shown_id(self, item: pytest.Item) -> str:
        """pytest's name of an item, as it is kept: a parameter can be a secret."""
        return self.redactor.text(item.nodeid)

    def begin(self, item: pytest.Item) -> Recorder:
        """A journey begins."""
        nodeid = self.shown_id(item)
        self._walked[nodeid] += 1
        goal = self.redactor.text(inspect.cleandoc(getattr(getattr(item, "function", None), "__doc__", None) or ""))
        named = self.redactor.text(words(getattr(item, "originalname", item.name)))
        self.recorder = Recorder(
            self._studio,
            key=journey_key(nodeid, self._walked[nodeid]),
            nodeid=nodeid,
            title=goal.split("\n")[0].rstrip(".") or named,
            goal=goal,
        )
        self.recorder.start(self.store.last_passed_steps(self.project.name, nodeid))
        return self.recorder

    def phase_ended(self, phase: str, skipped: bool, error: BaseException | None) -> None:
        """Set-up, call or teardown of the journey has ended; `error` is what it raised."""
        recorder = self.recorder
        if recorder is None or (error is None and (phase != "call" or recorder.steps_taken)):
            return
        if skipped:
            recorder.skip(error)
        elif phase != "teardown" or recorder.passed:  # a clean-up after a failure fails for the same reason
            whole = "The whole journey" if phase == "call" and not recorder.steps_taken else _WHOLE[phase]
            recorder.whole_test(whole, error)

    def link_artifacts(self, properties: Iterable[tuple[str, object]]) -> None:
        """pytest-playwright has kept a trace or a video of the journey; it stays where it is."""
        for name, path in properties:
            kind = _ARTIFACTS.get(name)
            if kind is not None and self.recorder is not None:
                self.recorder.link(kind, str(path))

    def pictures(self) -> list[Path]:
        """The files of the pictures of the journey that is walked, in the order of its steps; waits for the last."""
        if self.recorder is None:
            return []
        self._keeper.flush()
        folder = self.settings.root / "screenshots" / self.ticket.run_id / self.recorder.key
        return sorted(folder.glob("*.jpg"))

    def end(self) -> None:
        """The journey has ended, and what belongs to it is in the store."""
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            recorder.finish()

    def close(self) -> None:
        """Keeps what is still waiting and ends. May be called again."""
        self._stop_watching()
        self._helper.shutdown(wait=False, cancel_futures=True)
        self._keeper.close()
        self._screencast.close()
        self.helm.close()
        self.store.close()

    # What others tell.

    def pumped(self, work: Callable[[], T], page: Page) -> T:
        """Runs blocking work in a thread while Playwright's loop turns, so that calls of the page are not held up."""
        if page.is_closed():
            return work()
        future = self._helper.submit(work)
        with suppress(Error):  # the page may go away; the work goes on all the same
            while not future.done():
                page.wait_for_timeout(_PUMP_MS)
        return future.result()

    def api_call(self, call: Call) -> None:
        """An API client made a call."""
        self.weather.call_ended(call)
        if self.recorder is not None:
            self.recorder.call_finished(self.recorder.current_step, call)

    def _perform(self, attempt: Attempt, page: Page | None) -> None:
        __tracebackhide__ = True
        self._screencast.turn_to(page)
        self.weather.perform(attempt, page)

    def _on_kept(self, kept: Kept) -> None:
        event = EvidenceKept(**self.stamp(), journey=kept.journey, step=kept.step, evidence=kept.evidence)
        self._append([event], {kept.evidence.id: kept.thumbnail} if kept.thumbnail else {})

    @property
    def workers(self) -> int:
        """How many processes walk."""
        return self.settings.workers

    def usual_ms(self, nodeid: str) -> float | None:
        """How long the journey took when it last passed, in milliseconds; its parameters do not count."""
        return self.store.last_passed_ms(self.project.name, nodeid)

    def happened(self, kind: str) -> list[Event]:
        """The events of one kind that the run has so far, of all its workers."""
        return self.store.of_kind(self.ticket.run_id, kind)

    def tell(self, make: Callable[..., Event], **fields: Any) -> None:
        """Appends an event of the run; `fields` are those beside time and worker."""
        self.append([make(**self.stamp(), **fields)])

    def append(self, events: Iterable[Event]) -> None:
        """Appends events of the run, in which every secret gets hidden."""
        self._append([hidden(one, self.redactor.text) for one in events], {})

    def stamp(self) -> dict[str, Any]:
        """The fields that every event has."""
        return {"at": time.time(), "worker": self.worker}

    def _refused(self, request: ControlRequest, why: str) -> None:
        if self.worker in ("main", "gw0"):  # every worker refuses the same
            self.note(NoteLevel.WARNING, f"{asked_words(request)}: not done, since {why}")

    def note(self, level: NoteLevel, message: str) -> None:
        """Writes down something that belongs to the whole run."""
        self.tell(NoteTaken, level=level, message=message)

    @contextmanager
    def keeping(self, session: pytest.Session) -> Iterator[None]:
        """Around what is written between steps: a store that refuses ends the run in order, and says so once.

        Raised out of pytest's hooks it would be an internal error of pytest's, some hundred lines of it.
        """
        try:
            yield
        except StoreError as error:
            message = self.redactor.text(str(error))
            if message not in self.complaints:
                self.complaints.append(message)
            session.shouldstop = "the store cannot be written"

    def complain(self, error: Exception) -> None:
        """Notes an error of the run, each once; what the store does not take stays in `complaints`."""
        message = self.redactor.text(str(error)) or type(error).__name__
        if message in self.complaints:
            return
        self.complaints.append(message)
        try:
            self.note(NoteLevel.ERROR, message)
        except StormwalkError as refused:
            self.complaints.append(self.redactor.text(str(refused)))

    def _append(self, events: Iterable[Event], thumbnails: Mapping[str, bytes]) -> None:
        happened = list(events)
        self.store.append(self.ticket.run_id, happened, thumbnails)
        for listener in self.listeners:
            listener(happened)
