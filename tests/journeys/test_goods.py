from __future__ import annotations

import pytest

from demo_app.seed import DELIVERY_CENTS, PRODUCTS, SETTINGS
from journeys.goods import LANTERN, SOCKS, WHISTLE, Article, sums_of
from pages.totals import Sums


@pytest.mark.parametrize("article", [LANTERN, WHISTLE, SOCKS], ids=lambda article: article.name)
def test_articles_are_those_of_the_shop_and_there_is_plenty(article: Article) -> None:
    name, _, _, price, stock = PRODUCTS[article.number - 1]
    assert (article.name, article.price) == (name, price)
    assert stock >= 400


def test_delivery_costs_something_below_the_limit_and_nothing_from_it_on() -> None:
    limit = int(SETTINGS["free_delivery_from_cents"])
    assert sums_of((Article(1, "dear", limit), 1)) == Sums(subtotal=limit, delivery=0)
    assert sums_of((Article(1, "cheap", limit - 1), 1)) == Sums(subtotal=limit - 1, delivery=DELIVERY_CENTS)


def test_the_total_is_subtotal_and_delivery() -> None:
    assert sums_of((WHISTLE, 2), (SOCKS, 1)).total == 2 * 690 + 1450 + 490
