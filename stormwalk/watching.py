"""What the browsers of a process do, told to the journey that is being walked and to the weather around it."""

from __future__ import annotations

from typing import Any, Protocol

from playwright.sync_api import Browser, BrowserContext, Page

from stormwalk.config import Project
from stormwalk.network import NetworkRecorder
from stormwalk.observations import Call, ConsoleLine
from stormwalk.recorder import Recorder
from stormwalk.redact import Redactor
from stormwalk.templates import template_of
from stormwalk.weather import Weather


class Listening(Protocol):
    """Who is told: the recorder of the journey, None between journeys, and the weather that there is."""

    recorder: Recorder | None
    weather: Weather


class Watch:
    """Watches browsers with their contexts, pages and calls."""

    def __init__(self, listening: Listening, project: Project, redactor: Redactor) -> None:
        self._listening = listening
        self._budgets = project.budgets
        declared = project.application.url_templates
        self._network = NetworkRecorder(_Current(listening), lambda url: template_of(url, declared), redactor)

    def watch(self, browser: Browser) -> None:
        """From now on every context of the browser is recorded, and is in the weather that there is."""
        browser.on("context", self._on_context)
        original = browser.new_context

        def new_context(**given: Any) -> BrowserContext:
            # Not from the event: whatever the weather installs has to be there before the first page.
            context = original(**{**self._listening.weather.context_options(), **given})
            self._listening.weather.context_came(context)
            return context

        browser.new_context = new_context  # type: ignore[method-assign]

    def tell_open(self, step: int) -> tuple[Call, ...]:
        """The calls of a step that are still open; they have been told of."""
        return self._network.tell_open(step)

    def _on_context(self, context: BrowserContext) -> None:
        context.set_default_timeout(self._budgets.action)
        context.set_default_navigation_timeout(self._budgets.navigation)
        context.on("page", self._on_page)
        self._network.attach(context)

    def _on_page(self, page: Page) -> None:
        if self._listening.recorder is not None:
            self._listening.recorder.seen(page)


class _Current:
    """Hands what the network recorder tells to the journey that is being walked; between journeys nobody listens."""

    def __init__(self, listening: Listening) -> None:
        self._listening = listening

    @property
    def current_step(self) -> int:
        return self._listening.recorder.current_step if self._listening.recorder else 0

    def call_finished(self, step: int, call: Call) -> None:
        self._listening.weather.call_ended(call)
        if self._listening.recorder:
            self._listening.recorder.call_finished(step, call)

    def console_written(self, line: ConsoleLine) -> None:
        self._listening.weather.console_written(line)
        if self._listening.recorder:
            self._listening.recorder.console_written(line)

    def page_crashed(self, page: Page) -> None:
        if self._listening.recorder:
            self._listening.recorder.page_crashed(page)
