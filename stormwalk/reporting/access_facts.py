"""What every format says of an access check, counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stormwalk.access.results import Access, AccessCell, AccessFinding, Severity, Verdict

_WRONG = (Verdict.BYPASSED, Verdict.LOCK_OUT, Verdict.SERVER_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessCounts:
    """Cells by how they ended; `cells` is the sum of all but `accepted`, and `not_judged` are those never tried.

    `accepted` are those of the leaks, wrong denials and server errors that stand in the baseline.
    """

    cells: int = 0
    as_expected: int = 0
    leaks: int = 0
    wrongly_denied: int = 0
    server_errors: int = 0
    suspect: int = 0
    inconclusive: int = 0
    not_judged: int = 0
    accepted: int = 0

    @property
    def judged(self) -> int:
        """Those of which it is known whether the matrix holds."""
        return self.as_expected + self.leaks + self.wrongly_denied

    @property
    def wrong(self) -> int:
        """Those that turn a run red."""
        return self.leaks + self.wrongly_denied + self.server_errors - self.accepted

    @property
    def open(self) -> int:
        """Those that say nothing of the application."""
        return self.suspect + self.inconclusive + self.not_judged

    @property
    def words(self) -> list[str]:
        """What is not as expected, worst first: `2 leaks`, `1 wrongly denied`."""
        words = (
            (self.leaks, "leak" if self.leaks == 1 else "leaks"),
            (self.wrongly_denied, "wrongly denied"),
            (self.server_errors, "server error" if self.server_errors == 1 else "server errors"),
            (self.suspect, "suspect"),
            (self.inconclusive, "inconclusive"),
            (self.not_judged, "not judged"),
            (self.accepted, "accepted"),
        )
        return [f"{number:,} {word}" for number, word in words if number]


def is_wrong(cell: AccessCell) -> bool:
    """Whether the application did something else than the matrix says, or broke."""
    return cell.verdict in _WRONG


def place(cell: AccessCell) -> str:
    """How findings name the cell."""
    return f"{cell.endpoint} as {cell.role}"


def counts(access: Access) -> AccessCounts:
    """The cells of the check, those that it did not come to included."""
    verdicts = Counter(cell.verdict for cell in access.cells)
    whole = max(len(access.cells), access.coverage.cells)
    excused = accepted_places(access)
    return AccessCounts(
        cells=whole,
        as_expected=sum(number for verdict, number in verdicts.items() if verdict.is_good),
        leaks=verdicts[Verdict.BYPASSED],
        wrongly_denied=verdicts[Verdict.LOCK_OUT],
        server_errors=verdicts[Verdict.SERVER_ERROR],
        suspect=verdicts[Verdict.SUSPECT],
        inconclusive=verdicts[Verdict.INCONCLUSIVE],
        not_judged=whole - len(access.cells),
        accepted=sum(is_wrong(cell) and place(cell) in excused for cell in access.cells),
    )


def accepted_places(access: Access) -> frozenset[str]:
    """Places that stand in the baseline for everything that was found there."""
    alarming = {one for finding in access.alarms for one in finding.places}
    return frozenset(one for finding in accepted(access) for one in finding.places) - alarming


def accepted(access: Access) -> tuple[AccessFinding, ...]:
    """The findings that stand in the baseline, worst first."""
    quiet = (finding for finding in access.findings if finding.accepted)
    return tuple(sorted(quiet, key=lambda one: (one.severity.rank, one.rule, one.id)))


def findings_at(access: Access) -> dict[str, list[AccessFinding]]:
    """The findings of each place, alarms first."""
    found: dict[str, list[AccessFinding]] = {}
    for finding in (*access.alarms, *accepted(access)):
        for one in finding.places:
            found.setdefault(one, []).append(finding)
    return found


def other_alarms(access: Access) -> tuple[AccessFinding, ...]:
    """The alarms that the cells do not show: of tokens, fields, pages and controls."""
    shown = {place(cell) for cell in access.cells if is_wrong(cell)}
    return tuple(finding for finding in access.alarms if not finding.places or not shown.issuperset(finding.places))


def shortcomings(access: Access) -> Iterator[str]:
    """Why the check says less than it should, each in a sentence that stands alone."""
    coverage = access.coverage
    if access.draft:
        yield "The matrix is a draft: no person has confirmed it."
    if not access.finished:
        yield "The access check did not come to its end: what it had found until then is shown."
    if not coverage.met:
        yield (
            f"Access coverage: {percent(coverage.share)} of the cells were judged, "
            f"and the project wants {percent(coverage.threshold)}."
        )


def percent(share: float) -> str:
    """`93 %`, rounded down, so that what is not whole never reads as whole."""
    # Seven digits first: 0.29 * 100 is a little less than 29.
    return f"{int(round(share * 100, 5))} %"


def severity_key(severity: Severity) -> str:
    """The colours of a severity in the style sheet: those of the status that is as bad."""
    return {Severity.MEDIUM: "error", Severity.LOW: "skipped"}.get(severity, "failed")
