"""The rounds of every role through the pages, as steps of a journey, and the comparison at their end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from stormwalk.access.caller import Caller
from stormwalk.access.conclude import shown_but_denied
from stormwalk.access.ground import Ground, Thing
from stormwalk.access.items import Checks
from stormwalk.access.matrix import ANONYMOUS, Ask, Matrix
from stormwalk.access.parity import judge_pages
from stormwalk.access.people import NotReady
from stormwalk.access.results import Breach, Expected
from stormwalk.access.site import PageSeen, Sight, controls_seen
from stormwalk.config import Project
from stormwalk.events import AccessBreached, AccessCellJudged, ControlsSeen, Event
from stormwalk.journey import step
from stormwalk.page import PageObject
from stormwalk.redact import Redactor


@dataclass(slots=True)
class ForPages:
    """Objects for the places in the paths of pages, by kind: those of the first owner, and of another one."""

    own: dict[str, Thing] = field(default_factory=dict)
    others: dict[str, Thing] = field(default_factory=dict)

    def filled(self, path: str, *, others: bool = False) -> str | None:
        """The path with its places filled, None where an object is missing."""
        for kind, thing in (self.others if others else self.own).items():
            for place, value in {kind: thing.id, **thing.kept}.items():
                path = path.replace(f"{{{place}}}", str(value))
        return None if "{" in path else path


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What the rounds need: the matrix, what the API allowed, objects for places in paths, and where events go.

    `stamp` gives the fields that every event has; `journey` is pytest's name of the journey that walks.
    """

    matrix: Matrix
    base_url: str
    checks: Checks
    objects: ForPages
    emit: Callable[[list[Event]], None]
    stamp: Callable[[], dict[str, Any]]
    journey: str = ""


@contextmanager
def objects_for_pages(project: Project, matrix: Matrix, base_url: str, redactor: Redactor) -> Iterator[ForPages]:
    """Two objects of different owners for each place in the path of a page, made now and removed at the end.

    Those of a role's own belong to the first actor of the role, who is the one to walk.
    """
    caller = Caller(
        base_url,
        project.application.api_root,
        allowed=project.safety.allows(base_url),
        per_second=matrix.requests_per_second,
        parallel=1,
    )
    ground = Ground(project, matrix, caller, redactor)
    paths = (Ask(method="GET", path=rule.path) for rule in matrix.pages)
    places = {place.partition(".")[0] for path in paths for place in path.places}
    made = ForPages()
    try:
        if urlsplit(base_url).hostname in matrix.writes_allowed:
            ground.open()
            for kind in places & set(matrix.objects):
                with suppress(NotReady):  # its pages are left out, which the cells that are missing tell
                    owners = ground.owners(kind)
                    made.own[kind] = ground.shared(kind, owners[0])
                    if len(owners) > 1:
                        made.others[kind] = ground.shared(kind, owners[1])
        yield made
    finally:
        ground.clean_up()
        caller.close()


@dataclass(slots=True)
class Rounds:
    """Everybody's round. `look_round` for each role, then `expect_parity`."""

    guide: Guide
    walked: dict[str, dict[str, PageSeen]] = field(default_factory=dict)
    foreign: dict[str, dict[str, PageSeen]] = field(default_factory=dict)
    _pages: dict[str, Page] = field(default_factory=dict)

    def look_round(self, page: Page, role: str = ANONYMOUS) -> None:
        """Opens every page of the matrix by its address, as whoever is signed in there."""
        seen = self.walked[role] = {}
        self._pages[role] = page
        self.foreign[role] = {}
        _Round(page, self, role).open_every_page(role, seen)

    def expect_parity(self) -> None:
        """Tells of every page and control, and fails at the first that is not as it should be."""
        guide = self.guide
        canaries = [thing.canary for thing in guide.objects.others.values()]
        cells, breaches = judge_pages(guide.matrix, self.walked, self.foreign, canaries)
        controls = [one for role, pages in self.walked.items() for one in controls_seen(guide.matrix, role, pages)]
        breaches += shown_but_denied([*guide.checks.cells.values(), *cells], controls)
        found = [replace(one, journey=guide.journey) for one in breaches]
        guide.emit(
            [
                *(AccessCellJudged(**guide.stamp(), cell=cell) for cell in cells),
                *(AccessBreached(**guide.stamp(), breach=breach) for breach in found),
                ControlsSeen(**guide.stamp(), controls=tuple(controls)),
            ]
        )
        alarms = guide.checks.alarms(found)
        for role in self.walked:
            mine = [one for one in alarms if one.role == role]
            _Round(self._pages[role], self, role).compare(role, mine)


class _Round(PageObject):
    def __init__(self, page: Page, rounds: Rounds, role: str) -> None:
        super().__init__(page)
        self._rounds = rounds
        self._sight = Sight(page, rounds.guide.base_url)

    @step("Open every page by its address as {role}", role_check=True)
    def open_every_page(self, role: str, seen: dict[str, PageSeen]) -> None:
        objects = self._rounds.guide.objects
        for rule in self._rounds.guide.matrix.pages:
            path = objects.filled(rule.path)
            if path is not None:
                seen[rule.path] = self._sight.look_at(path, role)
            foreign = objects.filled(rule.path, others=True) if rule.expected.get(role) is Expected.OWN else None
            if foreign is not None and foreign != path:
                self._rounds.foreign[role][rule.path] = self._sight.look_at(foreign, role)

    @step("Compare what {role} is shown with what {role} may do", role_check=True)
    def compare(self, role: str, wrong: list[Breach]) -> None:
        for one in wrong[:1]:
            self._show(one)
        if wrong:
            raise AssertionError("; ".join(f"{one.rule}: {one.proof}" for one in wrong))

    def _show(self, breach: Breach) -> None:
        """Opens the page again, so that the picture of the failure shows it."""
        path = breach.endpoint.removeprefix("PAGE ") if breach.endpoint.startswith("PAGE ") else "/"
        seen = (*self._rounds.foreign[breach.role].values(), *self._rounds.walked[breach.role].values())
        found = next((one for one in seen if _fits(path, one.path)), None)
        self._sight.look_at(found.path if found else "/", breach.role)


def _fits(name: str, path: str) -> bool:
    return re.fullmatch(re.escape(name).replace(r"\{id\}", "[^/]+"), path) is not None
