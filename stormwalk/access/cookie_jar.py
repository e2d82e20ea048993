"""Cookies out of the headers that set them, for callers without a jar."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, Morsel, SimpleCookie


def morsels(set_cookies: Iterable[str]) -> list[Morsel[str]]:
    """Every cookie with its attributes; what is none is left out."""
    found: list[Morsel[str]] = []
    for one in set_cookies:
        try:
            found += SimpleCookie(one).values()
        except CookieError:
            continue
    return found


def cookies_of(set_cookies: Iterable[str]) -> dict[str, str]:
    """Names and values, of those that were not taken back in the same answer."""
    return {one.key: one.coded_value for one in morsels(set_cookies) if one.value and one["max-age"] != "0"}
