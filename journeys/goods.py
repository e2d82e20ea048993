"""What the shop sells from the start, as far as journeys buy it: there is plenty of each, so that no run runs out."""

from __future__ import annotations

from dataclasses import dataclass

from pages.totals import Sums

_DELIVERY = 490
_FREE_FROM = 5000


@dataclass(frozen=True, slots=True)
class Article:
    """An article and its price in cents."""

    number: int
    name: str
    price: int


LANTERN = Article(1, "Storm Lantern", 3450)
WHISTLE = Article(3, "Signal Whistle", 690)
SOCKS = Article(6, "Wool Socks", 1450)


def sums_of(*lines: tuple[Article, int]) -> Sums:
    """What a basket with these articles and quantities has to come to."""
    subtotal = sum(article.price * quantity for article, quantity in lines)
    return Sums(subtotal=subtotal, delivery=0 if subtotal >= _FREE_FROM else _DELIVERY)
