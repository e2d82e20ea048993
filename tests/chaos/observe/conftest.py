from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chaos.observe import Observer
from stormwalk.network import NetworkRecorder
from stormwalk.observations import Call, ConsoleLine
from stormwalk.redact import Redactor
from stormwalk.templates import template_of
from tests.chaos.stage import Stage

Show = Callable[[str], Page]


@dataclass
class Listening:
    """Keeps what the network recorder tells."""

    calls: list[Call] = field(default_factory=list)
    lines: list[ConsoleLine] = field(default_factory=list)
    current_step: int = 1

    def call_finished(self, step: int, call: Call) -> None:
        self.calls.append(call)

    def console_written(self, line: ConsoleLine) -> None:
        self.lines.append(line)

    def page_crashed(self, page: Page) -> None:
        raise AssertionError("the page crashed")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture
def context(chromium: Browser, stage: Stage) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=stage.url)
    yield context
    stage.released.set()
    context.close()


@pytest.fixture
def observer(context: BrowserContext) -> Observer:
    observer = Observer(context, Redactor(["Hush-hush-17"]))
    observer.install()
    return observer


@pytest.fixture
def page(context: BrowserContext, observer: Observer) -> Page:
    """A page of an observed context."""
    return context.new_page()


@pytest.fixture
def show(stage: Stage, page: Page) -> Show:
    """Opens a page that has this HTML."""

    def show(html: str) -> Page:
        stage.pages["/"] = f"<!doctype html><html lang=en><meta charset=utf-8><title>Shop</title>{html}"
        page.goto("/")
        return page

    return show


@pytest.fixture
def listening(context: BrowserContext) -> Listening:
    listening = Listening()
    NetworkRecorder(listening, template_of, Redactor()).attach(context)
    return listening
