from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Locator, expect

from pages.money import cents
from pages.shop_page import ShopPage
from stormwalk.journey import step


class DashboardPage(ShopPage):
    path = "/dashboard"
    title = "Dashboard"

    @property
    def ready(self) -> Locator:
        return self.main.get_by_text("Figures for the role")

    def figure(self, label: str) -> Locator:
        return self.main.get_by_label(label, exact=True)

    @step("Look at the dashboard of the role {role}", role_check=True)
    def visit(self, role: str) -> None:
        self.navigation.link("Dashboard").click()

    @visit.confirm
    def expect_role(self, role: str) -> None:
        """The figures are those of the role."""
        self.expect_ready()
        expect(self.ready, f"the dashboard is that of the role {role}").to_have_text(f"Figures for the role {role}")

    @step("Check one's own figures", weight=3)
    def expect_figures(self, figures: Mapping[str, str]) -> None:
        """Each figure has this value."""
        for label, value in figures.items():
            expect(self.figure(label), f"“{label}” on the dashboard is one's own").to_have_text(value)

    @step("See that the figures have followed", weight=3)
    def expect_growth(self, before: Mapping[str, int], by: Mapping[str, int]) -> None:
        """Each figure has grown by so much at least: others who work at the same time only add to it."""
        for label, more in by.items():
            least = before[label] + more
            now = self.amount(label)
            assert now >= least, f"“{label}” has grown by {more}: expected at least {least}, found {now}"

    def amount(self, label: str) -> int:
        """The figure as a number: a count, or an amount in cents."""
        return cents(self.figure(label).inner_text())
