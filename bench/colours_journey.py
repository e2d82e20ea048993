"""The journey of `bench.overhead`, the same code for both halves of a pair."""

from __future__ import annotations

import os
import time

import pytest
from playwright.sync_api import Page, expect

from bench.colours import STEPS
from stormwalk.journey import step
from stormwalk.page import PageObject

STEP_TIMES: list[float] = []


class ColourPage(PageObject):
    """Each step paints the page in its own colour."""

    @step("Paint colour {number}")
    def paint(self, number: int) -> None:
        self.page.get_by_role("button", name="Next").click()

    @paint.confirm
    def is_painted(self, number: int) -> None:
        expect(self.page.get_by_role("status")).to_have_text(str(number))


@pytest.mark.parametrize("turn", range(int(os.environ.get("COLOURS_JOURNEYS", "1")) + 1))
def test_colours(page: Page, turn: int) -> None:
    """A visitor paints the page in one colour after the other."""
    colours = ColourPage(page)
    page.goto("/")
    for number in range(1, STEPS + 1):
        began = time.perf_counter()
        colours.paint(number)
        STEP_TIMES.append((time.perf_counter() - began) * 1000)
        _write_down(f"{turn}-{number}")


def _write_down(returned: str) -> None:
    """For `bench.kills`: says outside of the store which steps have returned."""
    if path := os.environ.get("COLOURS_RETURNED"):
        with open(path, "a", encoding="utf-8") as log:
            log.write(f"{returned}\n")
