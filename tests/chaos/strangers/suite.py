"""Tests as they lie about in many a project."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect


class Counter:
    def __init__(self, page: Page) -> None:
        self.page = page

    def buy(self) -> None:
        self.page.get_by_role("button", name="Buy").click()

    def expect_bought(self) -> None:
        expect(self.page.get_by_role("status")).to_have_text("Ordered")


@pytest.fixture
def counter(page: Page) -> Counter:
    page.goto("/")
    return Counter(page)


def test_the_title(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour")


def test_buying(counter: Counter) -> None:
    counter.buy()
    counter.expect_bought()
