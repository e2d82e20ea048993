from __future__ import annotations

from dataclasses import astuple, dataclass

from playwright.sync_api import Locator, expect

from pages.shop_page import ShopPage
from stormwalk.journey import step


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the audit trail, without its number and time."""

    who: str
    what: str
    subject: str
    detail: str


class AuditPage(ShopPage):
    path = "/admin/audit"
    title = "Audit trail"

    @property
    def ready(self) -> Locator:
        return self.table.or_(self.main.get_by_text("Nothing has been recorded yet.", exact=True))

    @property
    def table(self) -> Locator:
        return self.main.get_by_role("table", name="Audit trail")

    @step("Find the change in the audit trail", weight=3, role_check=True)
    def find(self, entry: Entry) -> None:
        self.navigation.link("Audit trail").click()

    @find.confirm
    def expect_entry(self, entry: Entry) -> None:
        """Who changed what is written down once."""
        self.expect_ready()
        rows = self.table.get_by_role("row")
        for text in astuple(entry):
            rows = rows.filter(has=self.page.get_by_role("cell", name=text, exact=True))
        told = f"“{entry.what}” of {entry.subject} by {entry.who} ({entry.detail})"
        expect(rows, f"the audit trail holds {told}").to_have_count(1)
