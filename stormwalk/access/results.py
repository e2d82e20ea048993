"""What an access check found: cells, breaches and the findings that they come to. Read-only values, as in `model`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Expected(StrEnum):
    """What the matrix says of a role and an endpoint; the words name the intent, not a status code."""

    ALLOW = "allow"
    DENY = "deny"
    UNAUTHENTICATED = "unauthenticated"
    CONCEAL = "conceal"
    OWN = "own"

    @property
    def lets_in(self) -> bool:
        return self in (Expected.ALLOW, Expected.OWN)


class Verdict(StrEnum):
    """How a cell was judged. `enforced` means that the matrix holds, whether it lets the role in or not."""

    ENFORCED = "enforced"
    PUBLIC = "public"
    OWN_DATA = "own data"
    BYPASSED = "bypassed"
    LOCK_OUT = "lock-out"
    SERVER_ERROR = "server error"
    SUSPECT = "suspect"
    INCONCLUSIVE = "inconclusive"

    @property
    def word(self) -> str:
        """The word on the screen."""
        return {Verdict.BYPASSED: "leak", Verdict.LOCK_OUT: "wrongly denied"}.get(self, self.value)

    @property
    def is_good(self) -> bool:
        return self in (Verdict.ENFORCED, Verdict.PUBLIC, Verdict.OWN_DATA)


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCell:
    """One role at one endpoint. `endpoint` is method and template with the API root: `GET /api/orders/{id}`.

    `observed` says what happened in a few words (`let in`, `refused with 403`); `reason` why the verdict is what it is.
    """

    endpoint: str
    role: str
    expected: Expected
    verdict: Verdict
    observed: str = ""
    reason: str = ""
    probes: int = 0

    @property
    def place(self) -> str:
        return f"{self.endpoint} as {self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """One request and its answer, redacted and cut, as they are shown in a finding. `status` is None without answer."""

    request: str
    status: int | None
    answer: str
    actor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One place where the application does not do what the matrix says, with its proof.

    `rule` names the kind, a key of `stormwalk.access.rules.RULES`; `subject` tells apart what one rule can find at one
    place (the name of a field or header). `journey` is pytest's name of the journey that shows it again, empty where
    the probes do.
    """

    rule: str
    endpoint: str
    role: str
    subject: str = ""
    proof: str = ""
    excerpts: tuple[Excerpt, ...] = ()
    journey: str = ""

    @property
    def place(self) -> str:
        return f"{self.endpoint} as {self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFinding:
    """One cause with all its places. `id` is the same in every run of the same cause, and replays it.

    `parity` is `hidden but allowed` where the pages hide what the API allows. `accepted` findings stand in the
    baseline, at no place that is new, and do not turn a run red.
    """

    id: str
    rule: str
    title: str
    severity: Severity
    places: tuple[str, ...]
    proof: str
    why: str
    advice: str
    excerpts: tuple[Excerpt, ...] = ()
    owasp: str = ""
    asvs: str = ""
    wstg: str = ""
    parity: str = ""
    subject: str = ""
    accepted: bool = False
    replay: str = ""
    curl: str = ""
    journey: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSeen:
    """A link, button or page that a role saw, or did not see although another role does, and its endpoint."""

    role: str
    page: str
    kind: str
    name: str
    endpoint: str
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCoverage:
    """How much of the application the check reached. `uncovered` endpoints were seen and are not in the matrix."""

    cells: int = 0
    judged: int = 0
    uncovered: tuple[str, ...] = ()
    never_probed: tuple[str, ...] = ()
    threshold: float = 0.0

    @property
    def share(self) -> float:
        """Judged cells among all that there should be; an uncovered endpoint counts as one cell that is missing."""
        whole = self.cells + len(self.uncovered)
        return self.judged / whole if whole else 0.0

    @property
    def met(self) -> bool:
        return self.share >= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The access check of a run. `finished` is False where it never came to its end.

    `draft` says that no person has confirmed the matrix yet. `remarks` are blind spots: what was not probed, and why.
    `matrix` is the file that holds the matrix, relative to the root of the repository; empty where it is not known.
    """

    roles: tuple[str, ...] = ()
    cells: tuple[AccessCell, ...] = ()
    findings: tuple[AccessFinding, ...] = ()
    controls: tuple[ControlSeen, ...] = ()
    coverage: AccessCoverage = AccessCoverage()
    probes: int = 0
    duration_ms: float | None = None
    finished: bool = False
    draft: bool = False
    remarks: tuple[str, ...] = ()
    matrix: str = ""

    @property
    def alarms(self) -> tuple[AccessFinding, ...]:
        """The findings that turn the run red, worst first."""
        fresh = (one for one in self.findings if not one.accepted)
        return tuple(sorted(fresh, key=lambda one: (one.severity.rank, one.rule, one.id)))

    @property
    def unjudged(self) -> tuple[AccessCell, ...]:
        """The cells of which nobody can say how they are. One that is suspect for a finding has its judgement there."""
        told = {place for one in self.findings if one.rule == "not-concealed" for place in one.places}
        open_ = (one for one in self.cells if one.verdict in (Verdict.INCONCLUSIVE, Verdict.SUSPECT))
        return tuple(one for one in open_ if one.verdict is Verdict.INCONCLUSIVE or one.place not in told)

    def cell(self, endpoint: str, role: str) -> AccessCell | None:
        return next((one for one in self.cells if (one.endpoint, one.role) == (endpoint, role)), None)


def page_name(path: str) -> str:
    """How a page is named where endpoints are: `PAGE /admin/users`."""
    return f"PAGE {re.sub(r'{[^{}/]+}', '{id}', path)}"


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The one that a cell of several probes is known by."""
    order = (
        Verdict.BYPASSED,
        Verdict.LOCK_OUT,
        Verdict.SERVER_ERROR,
        Verdict.SUSPECT,
        Verdict.INCONCLUSIVE,
        Verdict.OWN_DATA,
        Verdict.PUBLIC,
        Verdict.ENFORCED,
    )
    return min(verdicts, key=order.index)
