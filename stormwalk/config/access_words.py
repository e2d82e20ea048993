"""What the words of `[access]` come to: the endpoints that its keys name, and what each role gets there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from stormwalk.access.matrix import ANONYMOUS
from stormwalk.access.results import Expected
from stormwalk.config.access import EVERYBODY, SIGNED_IN, AccessTable, EndpointTable, WhoTable

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
READING = ("GET", "HEAD", "OPTIONS")
_KEY = re.compile(r"([A-Z]+(?:\s*,\s*[A-Z]+)*)\s+(/(?!/)[^\s?#]*)")
_PLACE = re.compile(r"\{[^{}/]*\}")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One endpoint of the table: the key that it stands under, its method and path, and what is said of it."""

    key: str
    method: str
    path: str
    table: EndpointTable
    alone: bool

    @property
    def shape(self) -> tuple[str, str]:
        return shape(self.method, self.path)

    @property
    def writes(self) -> bool:
        return self.method not in READING if self.table.writes is None else self.table.writes

    @property
    def has_body(self) -> bool:
        """Whether body, proof and protected fields are meant for this method, and not only for those beside it."""
        return self.alone or self.writes


def shape(method: str, path: str) -> tuple[str, str]:
    """The same for `GET /orders/{a}` and `GET /orders/{b}?q=x`: the names of places are nobody's endpoint."""
    return method, _PLACE.sub("{}", path.partition("?")[0])


def methods_and_path(key: str) -> tuple[tuple[str, ...], str] | None:
    """`GET, PUT /settings` as methods and path; None for a key that is none."""
    match = _KEY.fullmatch(key)
    methods = tuple(re.split(r"\s*,\s*", match[1])) if match else ()
    return (methods, match[2]) if match and set(methods) <= set(METHODS) else None


def lines(table: AccessTable) -> Iterator[Line]:
    """Every endpoint in the order of the file; keys that name none are left out."""
    for key, one in table.endpoints.items():
        methods, path = methods_and_path(key) or ((), "")
        for method in methods:
            yield Line(key=key, method=method, path=path, table=one, alone=len(methods) == 1)


def inherited(path: str, under: Mapping[str, T]) -> list[T]:
    """What is said of the paths above this one, and of itself, the longest first."""
    bare = _PLACE.sub("{}", path) + "/"
    above = (one for one in under if bare.startswith(_PLACE.sub("{}", one).rstrip("/") + "/"))
    return [under[one] for one in sorted(above, key=lambda one: len(one.rstrip("/")), reverse=True)]


def expected(table: AccessTable, roles: Sequence[str], who: Sequence[WhoTable]) -> dict[str, Expected]:
    """What each role gets: by the first of these tables that names anybody, else by the defaults."""
    words = next((one.words for one in who if one.words), {})
    found = dict.fromkeys(roles, table.default) | {ANONYMOUS: table.anonymous}
    # A group first and a name after it: the name stands above the group.
    for group in (EVERYBODY, SIGNED_IN):
        for word, names in words.items():
            if group in names:
                found |= {role: word for role in roles if group == EVERYBODY or role != ANONYMOUS}
    for word, names in words.items():
        found |= {name: word for name in names if name in roles}
    return {role: found[role] for role in roles}


def of_endpoint(table: AccessTable, roles: Sequence[str], line: Line) -> dict[str, Expected]:
    """What each role gets at an endpoint."""
    return expected(table, roles, [line.table, *inherited(line.path, table.under)])


def of_page(table: AccessTable, roles: Sequence[str], path: str) -> dict[str, Expected]:
    """What each role gets at a page."""
    return expected(table, roles, [table.pages[path], *inherited(path, table.pages_under)])


def with_anonymous(roles: Sequence[str]) -> tuple[str, ...]:
    """The roles of a matrix: anonymous first, whether the project names it or not."""
    return (ANONYMOUS, *(role for role in roles if role != ANONYMOUS))
