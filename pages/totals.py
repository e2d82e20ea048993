from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from pages.money import euros
from stormwalk.page import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a basket or an order comes to, in cents."""

    subtotal: int
    delivery: int

    @property
    def total(self) -> int:
        return self.subtotal + self.delivery


class Totals(Region):
    """Subtotal, delivery and total, as basket, checkout and order show them."""

    def value(self, label: str) -> Locator:
        # Not by label: the form of the checkout is called Delivery too, and a definition has no name to ask for.
        return self.root.get_by_test_id(label.lower())

    def expect_sums(self, sums: Sums) -> None:
        """Waits until all three are right."""
        delivery = euros(sums.delivery) if sums.delivery else "Free"
        expect(self.value("Subtotal"), "the subtotal is the sum of the articles").to_have_text(euros(sums.subtotal))
        expect(self.value("Delivery"), "delivery costs what the shop promises").to_have_text(delivery)
        expect(self.value("Total"), "the total is subtotal and delivery").to_have_text(euros(sums.total))
