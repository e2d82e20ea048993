"""The access check within pytest: an item for each cell and for each rule, over one check for the whole run.

Whichever item comes first runs the check, in whichever worker; the others wait for it and read it from the store.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from stormwalk.access.baseline import Accepted, read_baseline
from stormwalk.access.check import AccessCheck
from stormwalk.access.conclude import named, one_cause
from stormwalk.access.matrix import Matrix
from stormwalk.access.results import AccessCell, Breach, Expected, Verdict
from stormwalk.access.rules import RULES
from stormwalk.config import Project
from stormwalk.errors import StormwalkError
from stormwalk.events import AccessBreached, AccessCellJudged, AccessProbed, Event
from stormwalk.redact import Redactor
from stormwalk.store import Store

PATIENCE_S = 300.0
_CELL_RULES = frozenset(
    {
        "over-permission",
        "missing-authentication",
        "cross-user-read",
        "cross-user-write",
        "not-concealed",
        "wrongly-denied",
        "refused-with-success",
        "server-error",
    }
)


class NotJudged(StormwalkError):
    """A cell could not be judged: an error of the test, not a finding about the application."""


@dataclass(frozen=True, slots=True)
class Checks:
    """All that a check has found, by where it was found.

    What is `accepted` is accepted place by place: a finding that turns up at a new place alarms there, and only there.
    """

    cells: Mapping[tuple[str, str], AccessCell]
    breaches: Sequence[Breach]
    accepted: Sequence[Accepted]
    writes_allowed: bool

    def alarms(self, breaches: Iterable[Breach]) -> list[Breach]:
        """Those breaches that nobody has accepted."""
        return [one for one in breaches if not any(known.covers_place(*named(one)) for known in self.accepted)]

    def wrong_at(self, endpoint: str, role: str) -> list[Breach]:
        """The breaches that are a matter of this cell; those of other rules have items of their own."""
        here = (one for one in self.breaches if (one.endpoint, one.role) == (endpoint, role))
        return [one for one in here if one.rule in _CELL_RULES]

    @classmethod
    def of(cls, events: Iterable[Event], accepted: Sequence[Accepted], *, writes_allowed: bool) -> Checks:
        cells: dict[tuple[str, str], AccessCell] = {}
        breaches = []
        for event in events:
            if isinstance(event, AccessCellJudged):
                cells[event.cell.endpoint, event.cell.role] = event.cell
            elif isinstance(event, AccessBreached):
                breaches.append(event.breach)
        return cls(cells, one_cause(breaches), accepted, writes_allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellItem:
    """One role at one endpoint, as a test."""

    endpoint: str
    role: str
    expected: Expected
    writes: bool
    checks: Checks

    def expect_as_the_matrix_says(self) -> None:
        """Fails where the application does otherwise; raises NotJudged where nothing is known."""
        __tracebackhide__ = True
        cell = self.checks.cells.get((self.endpoint, self.role))
        if cell is None and self.writes and not self.checks.writes_allowed:
            pytest.skip("it takes writing, and safety.allow_writes does not name this host")
        wrong = self.checks.wrong_at(self.endpoint, self.role)
        if cell is None or (cell.verdict in (Verdict.INCONCLUSIVE, Verdict.SUSPECT) and not wrong):
            reason = f"{cell.observed}: {cell.reason}" if cell else "the check did not come to it"
            raise NotJudged(f"{self.endpoint} as {self.role} was not judged: {reason}")
        alarms = self.checks.alarms(wrong)
        if alarms:
            reasons = "; ".join(one.proof for one in alarms)
            told = f"{cell.verdict.word}: expected {self.expected}, {cell.observed}: {reasons}"
            pytest.fail(f"{self.endpoint} as {self.role}: {told}", pytrace=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleItem:
    """One rule that is no matter of a single cell, over all endpoints, as a test."""

    rule: str
    checks: Checks

    def expect_unbroken(self) -> None:
        """Fails with every place where the rule is broken."""
        __tracebackhide__ = True
        broken = self.checks.alarms(one for one in self.checks.breaches if one.rule == self.rule)
        if broken:
            places = "\n".join(f"  {one.place}{f' ({one.subject})' if one.subject else ''}" for one in broken)
            pytest.fail(f"{RULES[self.rule].why}\n{places}\n{broken[0].proof}", pytrace=False)


def cell_parameters(matrix: Matrix) -> list[tuple[str, str, Expected, bool]]:
    """Endpoint, role, expectation and whether it takes writing, for each item."""
    return [
        (endpoint.name, role, expected, matrix.takes_writing(endpoint))
        for endpoint in matrix.endpoints
        for role, expected in endpoint.expected.items()
    ]


def rule_parameters() -> list[str]:
    """The rules with an item of their own, but for those that only a walk through the pages can break."""
    return [name for name in RULES if name not in _CELL_RULES | {"shown-but-denied", "page-opens"}]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the workers of a run share: the store with the run, and a folder for the mark of who checks."""

    store: Store
    run_id: str
    folder: Path
    worker: str


def checked_once(project: Project, matrix: Matrix, base_url: str, redactor: Redactor, shared: Shared) -> Checks:
    """The check of this run: made now where nobody has begun it, else waited for."""
    mark = shared.folder / ".access"
    if _is_first(mark):
        try:
            AccessCheck(
                project,
                matrix,
                base_url,
                emit=lambda events: shared.store.append(shared.run_id, events),
                redactor=redactor,
                worker=shared.worker,
            ).run()
        except BaseException as error:
            why = redactor.text(str(error)) or type(error).__name__
            mark.write_text(f"{os.getpid()} {why}", encoding="utf-8")
            raise
    else:
        _wait(shared, mark)
    events = (one.event for one in shared.store.follow(shared.run_id))
    writes = urlsplit(base_url).hostname in matrix.writes_allowed
    return Checks.of(events, read_baseline(matrix.baseline), writes_allowed=writes)


def _is_first(mark: Path) -> bool:
    mark.parent.mkdir(parents=True, exist_ok=True)
    try:
        with mark.open("x", encoding="utf-8") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def _wait(shared: Shared, mark: Path) -> None:
    """Waits until another worker has ended the check. Raises NotJudged where it cannot."""
    until, last = time.monotonic() + PATIENCE_S, 0
    while time.monotonic() < until:
        for recorded in shared.store.follow(shared.run_id, after=last):
            last = recorded.id
            if isinstance(recorded.event, AccessProbed):
                return
        pid, _, problem = mark.read_text(encoding="utf-8").partition(" ")
        if problem or (pid.isdigit() and not _lives(int(pid))):
            raise NotJudged(f"the access check could not be made: {problem or 'its worker was ended'}")
        time.sleep(0.1)
    raise NotJudged(f"the access check of another worker has not ended within {PATIENCE_S:.0f} s; run without -n")


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
