"""One pattern, three readers: they must agree, or a rule would count calls that nobody hands to it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from chaos.pattern import UrlPattern, not_below, origin_of, siblings

AT = "http://127.0.0.1:8123"
CASES = [
    ("/api/orders", f"{AT}/api/orders", True),
    ("/api/orders", f"{AT}/api/orders?page=2", True),
    ("/api/orders", f"{AT}/api/orders/17", False),
    ("/api/orders", f"{AT}/v1/api/orders", False),
    ("/api/orders/{id}", f"{AT}/api/orders/17", True),
    ("/api/orders/{id}", f"{AT}/api/orders/17/items", False),
    ("/api/*/items", f"{AT}/api/17/items", True),
    ("/api/**", f"{AT}/api/orders/17/items?x=1", True),
    ("/api/**", f"{AT}/apiary", False),
    ("/api/**", "http://localhost:9999/api/x", True),
    (f"{AT}/api/**", f"{AT}/api/x", True),
    (f"{AT}/api/**", "http://localhost:8123/api/x", False),
    ("/search?q=*", f"{AT}/search?q=a", True),
    ("/search?q=*", f"{AT}/search", False),
    ("/a.b", f"{AT}/a.b", True),
    ("/a.b", f"{AT}/aXb", False),
    ("/**.{png,svg}", f"{AT}/a/b.svg?v=1", True),
    ("/**.{png,svg}", f"{AT}/b.png", True),
    ("/**.{png,svg}", f"{AT}/b.css", False),
    ("/{a,b}/x", f"{AT}/b/x", True),
    ("/{a,b}/x", f"{AT}/c/x", False),
    ("**", f"{AT}/anything/at/all?x=1", True),
]


@pytest.mark.parametrize(("pattern", "url", "matches"), CASES)
def test_we_match(pattern: str, url: str, matches: bool) -> None:
    assert UrlPattern(pattern).matches(url) is matches


@pytest.fixture(scope="module")
def somewhere(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.route("**/*", lambda route: route.fulfill(body="nobody", headers={"access-control-allow-origin": "*"}))
    page = context.new_page()
    page.goto(AT)
    yield page
    context.close()


@pytest.mark.parametrize(("pattern", "url", "matches"), CASES)
def test_playwright_matches_the_same(pattern: str, url: str, matches: bool, somewhere: Page) -> None:
    glob = UrlPattern(pattern).as_glob()
    somewhere.context.route(glob, lambda route: route.fulfill(body="us", headers={"access-control-allow-origin": "*"}))

    seen = somewhere.evaluate("url => fetch(url).then(one => one.text())", url)
    somewhere.context.unroute(glob)
    if glob == "**/*":
        somewhere.context.route("**/*", lambda route: route.fulfill(body="nobody"))

    assert (seen == "us") is matches


@pytest.mark.parametrize(("pattern", "url", "matches"), [one for one in CASES if one[0] != "**" and "?" not in one[0]])
def test_the_browser_matches_the_same(pattern: str, url: str, matches: bool, somewhere: Page) -> None:
    asked = UrlPattern(pattern).as_url_patterns()
    test = "([patterns, url]) => patterns.some(one => new URLPattern(one).test(url))"

    assert somewhere.evaluate(test, [asked, url]) is matches


def test_other_origins_are_told_apart() -> None:
    other = re.compile(not_below(AT))

    assert [bool(other.match(url)) for url in (f"{AT}/a", AT, f"{AT}0/a", "https://cdn.test/a", "data:x")] == [
        False,
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "right", ["*://cdn.test/**", "/go?to=http://a.test/*", "https://*.test:*/**", "http://[::1]/**"]
)
def test_what_is_one(right: str) -> None:
    assert UrlPattern(right).text == right


@pytest.mark.parametrize(
    "wrong", ["", "api", "api/**", "http:/x", "/a b", "/{a", "/a}", "/{a{b}}", "/" + "x" * 600, "http://[::1"]
)
def test_what_is_no_pattern(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        UrlPattern(wrong)


@pytest.mark.parametrize("url", ["", "about:blank", "http://[", "data:text/html,x"])
def test_addresses_without_a_host_match_no_path(url: str) -> None:
    assert not UrlPattern("/api/**").matches(url)
    assert origin_of(url) == ""


@pytest.mark.parametrize(
    ("base_url", "own"),
    [
        ("https://www.shop.test", {"api.shop.test", "shop.test", "www.shop.test"}),
        ("https://shop.test", {"api.shop.test", "shop.test", "www.shop.test"}),
        ("http://127.0.0.1:8000", set()),
        ("http://localhost:8000", set()),
    ],
)
def test_only_named_hosts_of_the_same_site_are_the_applications_own(base_url: str, own: set[str]) -> None:
    named = ("127.0.0.1", "localhost", "shop.test", "www.shop.test", "api.shop.test", "cdn.test", "myshop.test")
    assert siblings(base_url, named) == own
