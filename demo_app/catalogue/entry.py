from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DefectKind(StrEnum):
    """What sort of promise the defect breaks."""

    FUNCTIONAL = "functional"
    ACCESS = "access"
    RESILIENCE = "resilience"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that can be wrong, and what a tester ought to say about it.

    `findings` are what a tester is entitled to report: the first is the defect's own, the others follow from it, and
    anything else is a false alarm. Each is `RULE`, `RULE ENDPOINT` or `RULE ENDPOINT SUBJECT`, with an endpoint as in
    `GET /api/orders/{id}` or `PAGE /admin/settings`. A decoy only looks wrong: it has no findings, and whoever reports
    one has been taken in. `ui` defects live in the pages, which are told that they are on.

    Of resilience, a finding is a sign of trouble and the call or step where it shows. `shown_by` are the faults, each
    of which shows the defect, as in `http:503 @ POST /api/orders`, or `hook:permissions=fail` for a fault hook of the
    shop; `journey` is one that gets there.
    """

    name: str
    kind: DefectKind
    summary: str
    expected: str
    findings: tuple[str, ...] = ()
    shown_by: tuple[str, ...] = ()
    journey: str = ""
    decoy: bool = False
    ui: bool = False


def resilience(
    name: str,
    summary: str,
    expected: str,
    *findings: str,
    shown_by: tuple[str, ...],
    journey: str,
    ui: bool = True,
) -> Defect:
    """A defect that shows when calls are slow, fail or get lost."""
    return Defect(
        name=name,
        kind=DefectKind.RESILIENCE,
        summary=summary,
        expected=expected,
        findings=findings,
        shown_by=shown_by,
        journey=journey,
        ui=ui,
    )
