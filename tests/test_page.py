"""Page objects and regions."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from stormwalk.page import PageObject, Region
from stormwalk.recorder import page_of


class Green(PageObject):
    path = "/?colour=1"


class Basket(PageObject):
    path = "/basket"

    @property
    def ready(self) -> Locator:
        return self.page.get_by_role("heading", name="Basket")


class Till(Region):
    @property
    def next(self) -> Locator:
        return self.root.get_by_role("button", name="Next")


def test_a_page_opens_at_its_path_and_is_ready_with_its_heading(page: Page) -> None:
    Green(page).open()

    assert page.url.endswith("/?colour=1")
    expect(page.get_by_role("status")).to_have_text("1")


def test_a_page_that_is_not_ready_says_which(page: Page) -> None:
    expect.set_options(timeout=200)
    try:
        with pytest.raises(AssertionError, match="the page /basket is ready"):
            Basket(page).open()
    finally:
        expect.set_options(timeout=5000)


def test_a_region_looks_below_its_root_only(page: Page) -> None:
    assert Till(page.locator("body")).next.count() == 1
    assert Till(page.locator("table")).next.count() == 0


def test_the_page_of_pages_and_regions(page: Page) -> None:
    assert page_of(Green(page)) is page
    assert page_of(Till(page.locator("body"))) is page
    assert page_of(object()) is None
