"""URL templates: `/api/orders/1003?page=2` is a call of `/api/orders/{id}`.

Pure and stable: the same URL gives the same template in every process, and a template is its own template.
Query and fragment are dropped, since their values are nobody's endpoint and may be secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

ID = "{id}"

_AUTHORITY = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?:data|blob|about|javascript|mailto|chrome-extension):", re.IGNORECASE)
_PLACE = re.compile(r"\{[^{}/]+\}")
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")
_LOOKS_LIKE_AN_ID = re.compile(
    r"-?[0-9]+"
    r"|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?=[a-fA-F]*[0-9])[0-9a-fA-F]{16,}"  # hashes and ids of MongoDB; a digit, so that no word is one
    r"|[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}"  # ULID
    r"|(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9_.~-]{20,}"  # what is random: tokens of links in mails
    r"|\[redacted\]"
)


def template_of(url: str, declared: Iterable[str] = ()) -> str:
    """The template of a whole or relative URL.

    `declared` templates come before the rule, the one with the most fixed text first, whatever their order.
    By the rule numbers, UUIDs, long hexadecimal numbers, ULIDs and random tokens become `{id}`.
    """
    other = _OTHER_SCHEME.match(url)
    if other:
        return other[0].lower()
    segments = _path(url).split("/")
    fitting = [one for one in declared if _fits(one.split("/"), segments)]
    return min(fitting, key=_openness) if fitting else "/".join(map(_place, segments))


def _path(url: str) -> str:
    authority = _AUTHORITY.match(url)
    path = re.split(r"[?#]", url[authority.end() :] if authority else url, maxsplit=1)[0]
    # Parameters of a segment (`/basket;jsessionid=...`) are values, as those of the query are.
    bare = re.sub(r";[^/]*", "", path)
    return bare if bare.startswith("/") else f"/{bare}"


def _fits(template: list[str], segments: list[str]) -> bool:
    return len(template) == len(segments) and all(map(_segment_fits, template, segments))


def _segment_fits(expected: str, segment: str) -> bool:
    return bool(segment) if _PLACE.fullmatch(expected) else expected == segment


def _openness(template: str) -> tuple[list[bool], str]:
    """Sorts fixed segments before open ones, from the left; the name decides between equals."""
    return [bool(_PLACE.fullmatch(segment)) for segment in template.split("/")], template


def _place(segment: str) -> str:
    name = unquote(segment)
    if _LOOKS_LIKE_AN_ID.fullmatch(name):
        return ID
    extension = _EXTENSION.search(name)
    stem = name[: extension.start()] if extension and extension.end() == len(name) else ""
    return f"{ID}{name[len(stem) :]}" if stem and _LOOKS_LIKE_AN_ID.fullmatch(stem) else segment
