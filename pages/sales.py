from __future__ import annotations

import csv
import time

from playwright.sync_api import Locator, expect

from pages.money import cents, euros
from pages.shop_page import ShopPage
from stormwalk.errors import ApplicationError
from stormwalk.journey import step

Line = tuple[str, int, int]
"""Product, units, revenue in cents."""

_PATIENCE_S = 30


class SalesPage(ShopPage):
    path = "/manage/sales"
    title = "Sales report"

    @property
    def ready(self) -> Locator:
        return self.table

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Sales by product")

    @property
    def download_button(self) -> Locator:
        return self.main.get_by_role("button", name="Download CSV", exact=True)

    def product(self, name: str) -> Locator:
        header = self.page.get_by_role("rowheader", name=name, exact=True)
        return self.table.get_by_role("row").filter(has=header)

    @step("Read the sales report", role_check=True)
    def visit(self) -> None:
        self.navigation.link("Sales report").click()

    @visit.confirm
    def expect_report(self) -> None:
        self.expect_ready()

    @step("Find the sale of a moment ago in the report", weight=3)
    def expect_sold(self, name: str, units: int, revenue: int) -> None:
        """The report counts the sale, and its last row is the sum of all others."""
        message = "the sales report counts the order of a moment ago"
        expect(self.product(name).get_by_role("cell"), message).to_have_text([str(units), euros(revenue)])
        *lines, (_, all_units, all_revenue) = self._rows()
        sums = sum(line[1] for line in lines), sum(line[2] for line in lines)
        assert (all_units, all_revenue) == sums, "the last row of the report is not the sum of the others"

    @step("Download the report and compare it with the page", weight=3)
    def compare_csv(self) -> None:
        """The file holds the lines of the page, each of them and no other."""
        # A sale in between changes one of the two, so that both count only while the page has stood still.
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            before, file = self.lines(), self._download()
            self.page.reload()
            self.expect_ready()
            if self.lines() == before:
                missing = [line[0] for line in before if line not in file]
                assert file == before, f"the CSV does not hold what the report shows; missing: {', '.join(missing)}"
                return
        raise ApplicationError(f"the sales changed for {_PATIENCE_S} s whenever they were read; is the shop in use?")

    def lines(self) -> list[Line]:
        """The report as it is shown, without its last row."""
        return self._rows()[:-1]

    def _rows(self) -> list[Line]:
        rows = [text.split("\t") for text in self.table.inner_text().splitlines() if "€" in text]
        return [(name, int(units), cents(revenue)) for name, units, revenue in rows]

    def _download(self) -> list[Line]:
        with self.page.expect_download() as download:
            self.download_button.click()
        self.expect_message("sales.csv is downloaded.")
        with download.value.path().open(encoding="utf-8", newline="") as file:
            return [(row["name"], int(row["units"]), int(row["revenue_cents"])) for row in csv.DictReader(file)]
