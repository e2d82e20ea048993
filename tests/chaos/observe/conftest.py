from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chaos.observe import Observer
from stormwalk.redact import Redactor
from tests.chaos.stage import Stage

Show = Callable[[str], Page]


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
