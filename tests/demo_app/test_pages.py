from __future__ import annotations

import re

import pytest

from demo_app.defects import CATALOGUE
from demo_app.pages import PAGES
from tests.demo_app.shop import Shop, running_shop

PATHS = [page.path.replace("<id:number>", "1001") for page in PAGES]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_loads_with_all_that_it_names(shop: Shop, path: str) -> None:
    response = shop.call("GET", path)
    assert response.status_code == 200
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "shop-flags" not in response.text
    assert not re.search(r'(src|href)="(https?:)?//', response.text)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', response.text):
        assert shop.call("GET", address).status_code == 200, address


def test_static_files_are_checked_and_not_sent_again(shop: Shop) -> None:
    first = shop.call("GET", "/static/js/api.js")
    assert first.headers["Cache-Control"] == "no-cache"
    again = shop.raw("GET", "/static/js/api.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_there_is_a_favicon_and_a_page_for_what_is_not_there(shop: Shop) -> None:
    assert shop.call("GET", "/favicon.ico").headers["Content-Type"].startswith("image/svg+xml")
    missing = shop.call("GET", "/no/such/page")
    assert missing.status_code == 404
    assert 'role="alert"' in missing.text


def test_only_defects_of_the_pages_are_told_to_the_pages() -> None:
    names = sorted(entry.name for entry in CATALOGUE if entry.ui)
    with running_shop("--defects", ",".join([*names, "wrong-order-total"])) as (shop, _):
        assert f'<meta name="shop-flags" content="{" ".join(names)}">' in shop.call("GET", "/login").text
