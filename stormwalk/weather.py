"""What happens around the steps of a journey. In fair weather that is nothing; whoever makes a storm brings another."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from playwright.sync_api import BrowserContext, Page

from stormwalk.api import ApiClient
from stormwalk.config import Actor
from stormwalk.journey import Attempt
from stormwalk.model import RunMode
from stormwalk.observations import Call, ConsoleLine

MODE = pytest.StashKey[RunMode]()
"""What sort of run this is; set in `pytest_configure` by whoever brings another weather."""


class Weather(Protocol):
    """Told of everything that a journey begins to use, and performs its steps."""

    @property
    def is_measured(self) -> bool:
        """Whether the times of what is walked now are compared with another walk's, so that nothing may cost any."""

    def context_options(self) -> dict[str, Any]:
        """What every browser context is made with beside what it is asked to be; a proxy, for example."""

    def context_came(self, context: BrowserContext) -> None:
        """A context was made; it has no page yet."""

    def client_came(self, client: ApiClient) -> None:
        """An API client was made; it has not called yet."""

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        """From now on the pages of this page's context are an actor's, or a visitor's."""

    def call_ended(self, call: Call) -> None:
        """A call of a page or an API client has ended."""

    def console_written(self, line: ConsoleLine) -> None:
        """A page wrote to its console, or threw what nobody caught."""

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        """Acts and confirms; raises what either raises. Called within the step, which is recorded around it."""


class FairWeather:
    """Nothing but the journey itself."""

    is_measured = False

    def context_options(self) -> dict[str, Any]:
        return {}

    def context_came(self, context: BrowserContext) -> None:
        return None

    def client_came(self, client: ApiClient) -> None:
        return None

    def somebody_came(self, page: Page, actor: Actor | None) -> None:
        return None

    def call_ended(self, call: Call) -> None:
        return None

    def console_written(self, line: ConsoleLine) -> None:
        return None

    def perform(self, attempt: Attempt, page: Page | None) -> None:
        __tracebackhide__ = True
        attempt.act()
        attempt.confirm()
