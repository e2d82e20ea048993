"""Contexts with a storm in them, for the tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from chaos.injection import Dispatcher, FaultProxy
from chaos.plan import Plan
from chaos.shorthand import read_rule
from chaos.storm import Storm
from stormwalk.storm import FaultDecision, RuleCount
from tests.chaos.town import Town

STEP = "Buy"


def plan_of(*rules: str) -> Plan:
    """A plan of rules in shorthand; their ids are `rule-0`, `rule-1`."""
    return Plan(name="test", rules=tuple(read_rule(one, f"rule-{number}") for number, one in enumerate(rules)))


@dataclass(frozen=True, slots=True)
class Stormy:
    """A context under a storm, and its first page, which shows the town."""

    storm: Storm
    dispatcher: Dispatcher
    context: BrowserContext
    page: Page

    def call(self, url: str, **options: Any) -> Any:
        """Fetches within the page; what came of it."""
        return self.page.evaluate("([url, options]) => call(url, options)", [url, options])

    def calls(self, *urls: str) -> Any:
        """Fetches several at once."""
        return self.page.evaluate("urls => Promise.all(urls.map(url => call(url)))", list(urls))

    @property
    def count(self) -> RuleCount:
        return self.storm.counts[0]

    @property
    def decision(self) -> FaultDecision:
        (decision,) = self.storm.decisions
        return decision


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    """Waits, with Playwright's loop turning, for what other threads and handlers do."""
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end, "it did not happen within 10 s"
        page.wait_for_timeout(20)


class Stormer:
    def __init__(self, browser: Browser, town: Town) -> None:
        self.browser = browser
        self.town = town
        self._open: list[tuple[Dispatcher, BrowserContext, FaultProxy | None]] = []

    def __call__(self, *rules: str, plan: Plan | None = None, path: str = "/", **context: Any) -> Stormy:
        """A context under these rules, with the town's page open in it and the step begun."""
        plan = plan or (plan_of(*rules) if rules else None)
        storm = Storm(plan, seed=7, journey="journey", base_url=self.town.url)
        proxy = FaultProxy(storm).__enter__() if plan and plan.needs_proxy else None
        made = self.browser.new_context(
            base_url=self.town.url, proxy={"server": proxy.server} if proxy else None, **context
        )
        dispatcher = Dispatcher(made, storm, has_proxy=proxy is not None)
        self._open.append((dispatcher, made, proxy))
        storm.enter_step(STEP)
        page = made.new_page()
        if path:
            page.goto(path)
        return Stormy(storm, dispatcher, made, page)

    def close(self) -> None:
        for dispatcher, context, proxy in self._open:
            dispatcher.close()
            context.close()
            if proxy is not None:
                proxy.close()
