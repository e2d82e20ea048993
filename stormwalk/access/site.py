"""A walk through the pages as each role: what they show by their address, and which links and buttons they offer.

Pages are judged by what they show, never by their status: a single-page application answers any path with 200.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page, Request, TimeoutError

from stormwalk.access.matrix import ControlRule, Matrix
from stormwalk.access.results import ControlSeen, page_name
from stormwalk.page import PageObject

_CONTROL = re.compile(r'^\s*- (?:\')?(link|button|menuitem|tab) "((?:[^"\\]|\\.)*)"')
_ADDRESS = re.compile(r"^\s*- /url: \"?([^\"]*)\"?$")
_QUIET_MS, _PATIENCE_MS, _TICK_MS = 75, 5000, 25
_LONGEST_LINE, _MOST_LINES = 200, 400
_ENDLESS = frozenset({"eventsource", "websocket", "media", "ping"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control as an accessibility snapshot names it; `path` is where a link leads, within the application."""

    kind: str
    name: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSeen:
    """What a page showed to a role: where one ended up, the lines of its accessibility snapshot, and its controls."""

    role: str
    path: str
    final: str
    lines: frozenset[str]
    controls: tuple[Control, ...]


class Sight(PageObject):
    """Looks at pages of any application."""

    def __init__(self, page: Page, base_url: str) -> None:
        super().__init__(page)
        self._base_url = base_url

    def look_at(self, path: str, role: str) -> PageSeen:
        """Opens a page by its address, waits until it has settled, and takes down what is there."""
        with _Traffic(self.page) as traffic:
            with suppress(TimeoutError):  # a page that never ends to load is looked at as it is
                self.page.goto(path, wait_until="load")
            traffic.wait_until_quiet()
        snapshot = self.page.locator("body").aria_snapshot(timeout=_PATIENCE_MS)
        return PageSeen(
            role=role,
            path=path,
            final=urlsplit(self.page.url).path,
            lines=lines_of(snapshot),
            controls=tuple(controls_of(snapshot, self._base_url)),
        )


class _Traffic:
    """Counts the calls of a page that are under way, those aside that never end."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._open: set[Request] = set()

    def __enter__(self) -> _Traffic:
        self._page.on("request", self._began)
        self._page.on("requestfinished", self._ended)
        self._page.on("requestfailed", self._ended)
        return self

    def __exit__(self, *_: object) -> None:
        self._page.remove_listener("request", self._began)
        self._page.remove_listener("requestfinished", self._ended)
        self._page.remove_listener("requestfailed", self._ended)

    def wait_until_quiet(self) -> None:
        """Returns when nothing was under way for a moment, or when patience is at its end."""
        quiet = 0
        for _ in range(_PATIENCE_MS // _TICK_MS):
            quiet = 0 if self._open else quiet + _TICK_MS
            if quiet >= _QUIET_MS and not self._page.locator("[aria-busy=true]").filter(visible=True).count():
                return
            try:
                self._page.wait_for_timeout(_TICK_MS)
            except Error:
                return

    def _began(self, request: Request) -> None:
        streams = "text/event-stream" in request.headers.get("accept", "")
        if request.resource_type not in _ENDLESS and not streams:
            self._open.add(request)

    def _ended(self, request: Request) -> None:
        self._open.discard(request)


def lines_of(snapshot: str) -> frozenset[str]:
    """The lines of a snapshot without their indentation, cut and counted: a page may be endless."""
    lines = (line.strip().removeprefix("- ")[:_LONGEST_LINE] for line in snapshot.splitlines())
    kept = (line for line in lines if line and not line.startswith("/url"))
    return frozenset(line for line, _ in zip(kept, range(_MOST_LINES), strict=False))


def controls_of(snapshot: str, base_url: str) -> Iterator[Control]:
    """The links and buttons of a snapshot."""
    lines = snapshot.splitlines()
    for number, line in enumerate(lines):
        found = _CONTROL.match(line)
        if found:
            address = _ADDRESS.match(lines[number + 1]) if number + 1 < len(lines) else None
            path = _local(address[1], base_url) if address and found[1] == "link" else ""
            yield Control(kind=found[1], name=found[2][:_LONGEST_LINE], path=path)


def _local(address: str, base_url: str) -> str:
    """The path of an address within the application, empty for one elsewhere or within the page."""
    parts = urlsplit(address)
    if address.startswith("#") or (parts.netloc and parts.netloc != urlsplit(base_url).netloc):
        return ""
    return parts.path


def own_lines(seen: PageSeen, others: Mapping[str, PageSeen]) -> frozenset[str]:
    """The lines that tell a page apart from the other pages that the same role saw."""
    common = frozenset[str]().union(*(one.lines for one in others.values() if one is not seen))
    return seen.lines - common


def shows(seen: PageSeen, telling: frozenset[str]) -> bool:
    """Whether a page shows at least half of what tells it apart where it is allowed."""
    return bool(telling) and 2 * len(seen.lines & telling) >= len(telling)


def controls_seen(matrix: Matrix, role: str, pages: Mapping[str, PageSeen]) -> list[ControlSeen]:
    """Every control of the matrix, and every link to one of its pages, as shown to a role or hidden from it.

    A button counts as shown when one of its name stands on its page; a link, when any page has it.
    """
    return [_rule_seen(rule, role, pages) for rule in matrix.controls] + list(_links_seen(matrix, role, pages))


def _rule_seen(rule: ControlRule, role: str, pages: Mapping[str, PageSeen]) -> ControlSeen:
    pattern = re.compile(rule.name)
    places = [one for path, one in pages.items() if _is_page(rule.page, path)]
    found = [
        control.name
        for one in places
        for control in one.controls
        if control.kind == rule.kind and pattern.search(control.name)
    ]
    name = found[0] if found else rule.name.strip("^$")
    return ControlSeen(role=role, page=rule.page, kind=rule.kind, name=name, endpoint=rule.endpoint, shown=bool(found))


def _links_seen(matrix: Matrix, role: str, pages: Mapping[str, PageSeen]) -> Iterator[ControlSeen]:
    everywhere = [(path, link) for path, one in pages.items() for link in one.controls if link.path]
    for rule in matrix.pages:
        found = next(((path, link) for path, link in everywhere if _is_page(rule.path, link.path)), None)
        yield ControlSeen(
            role=role,
            page=found[0] if found else "",
            kind="link",
            name=found[1].name if found else rule.path,
            endpoint=page_name(rule.path),
            shown=found is not None,
        )


def _is_page(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\\\{[^/]+?\\\}", "[^/]+", re.escape(template)), path) is not None
