"""The page of a run, as somebody uses it who watches."""

from __future__ import annotations

import re
from typing import ClassVar

from playwright.sync_api import Locator, expect

from stormwalk.journey import step
from stormwalk.page import PageObject


class WatchPage(PageObject):
    """The live page of the dashboard."""

    path: ClassVar[str] = "/"

    @property
    def frames(self) -> Locator:
        return self.page.get_by_role("region", name=re.compile("^Steps")).get_by_role("listitem")

    @property
    def connection(self) -> Locator:
        return self.page.locator("#conn")  # what a screen reader is told is said elsewhere, and only when it changes

    @property
    def lightbox(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def header(self) -> Locator:
        return self.page.get_by_role("region", name="Run", exact=True)

    def marks(self, journey: str) -> Locator:
        """The marks of the steps of a journey."""
        rows = self.page.get_by_role("region", name="Journeys").locator("li.jy")
        return rows.filter(has_text=journey).locator("ol li")

    def frame(self, name: str) -> Locator:
        return self.frames.filter(has_text=name).first

    @step("Open the dashboard before any run")
    def visit(self) -> None:
        self.open()

    @visit.confirm
    def expect_nothing_yet(self) -> None:
        expect(self.page.get_by_role("heading", level=1), "there is no run yet").to_have_text("No run yet")

    @step("Watch a run begin")
    def watch_it_begin(self) -> None:
        expect(self.header, "the run is shown as soon as it begins").to_be_visible(timeout=60_000)

    @watch_it_begin.confirm
    def expect_live(self) -> None:
        expect(self.connection, "the page hears the run").to_have_attribute("data-state", "live")

    @step("Watch the step {name} turn green")
    def watch_turn_green(self, name: str) -> None:
        expect(self.frame(name), f"{name} is in the film").to_be_visible(timeout=60_000)

    @watch_turn_green.confirm
    def expect_green(self, name: str) -> None:
        expect(self.frame(name), f"{name} has passed").to_have_class(re.compile("s-passed"), timeout=60_000)

    @step("Open the lightbox of {name}")
    def open_lightbox(self, name: str) -> None:
        self.frame(name).get_by_role("link").click()

    @open_lightbox.confirm
    def expect_lightbox(self, name: str) -> None:
        expect(self.lightbox.get_by_role("heading", level=2), "it names the step").to_contain_text(name)
        expect(self.lightbox.get_by_role("img").first, "it shows the picture").to_be_visible()

    @step("Close the lightbox")
    def close_lightbox(self) -> None:
        self.page.keyboard.press("Escape")

    @close_lightbox.confirm
    def expect_closed(self) -> None:
        expect(self.lightbox, "it is closed").to_have_count(0)

    @step("See that it is a storm, and what blows")
    def see_storm(self, fault: str) -> None:
        expect(self.header.get_by_text("Chaos", exact=True), "it says that it is a storm").to_be_visible()
        expect(self.header.get_by_role("group", name="Faults that blow now"), f"{fault} blows").to_contain_text(
            fault, timeout=90_000
        )

    @step("Switch the rule {rule} off")
    def switch_off(self, rule: str) -> None:
        self.header.get_by_text("Switches", exact=True).click()
        self.header.get_by_role("button", name=re.compile(f"^{re.escape(rule)}.* is on")).click()

    @switch_off.confirm
    def expect_off(self, rule: str) -> None:
        button = self.header.get_by_role("button", name=re.compile(f"^{re.escape(rule)}.* is off"))
        expect(button, "the switch shows what was asked").to_be_visible()

    @step("Notice that the server is gone")
    def notice_loss(self) -> None:
        expect(self.page.get_by_text("Connection lost.", exact=True), "it says so").to_be_visible(timeout=30_000)

    @step("Come back when the server does")
    def come_back(self) -> None:
        expect(self.connection, "the page hears the run again").to_have_attribute("data-state", "live", timeout=30_000)

    @come_back.confirm
    def expect_no_banner(self) -> None:
        expect(self.page.get_by_text("Connection lost.", exact=True), "the banner has gone").to_be_hidden()

    @step("Watch the run end")
    def watch_end(self) -> None:
        expect(self.connection, "the run is over").to_have_attribute("data-state", "over", timeout=180_000)

    def expect_same_after_reload(self) -> None:
        """What was told bit by bit is what the server prints at once: nothing is missing, and nothing there twice."""
        rows = self.page.locator("#jys > li")
        told = [" ".join(one.split()) for one in rows.all_text_contents()]
        self.page.reload()
        expect(rows, "a run opened later shows the same").to_have_text(told)
