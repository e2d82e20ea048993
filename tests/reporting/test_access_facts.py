"""How cells are counted, and what is said of a check that fell short."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.access.results import Access, AccessCoverage, Expected, Verdict
from stormwalk.model import Status
from stormwalk.reporting import facts
from stormwalk.reporting.access_facts import accepted, counts, findings_at, other_alarms, percent, shortcomings
from stormwalk.reporting.facts import RoleResult
from tests.reporting.access_samples import cell, clean, everything, finding
from tests.reporting.samples import journey, run, step

DENIED = Expected.DENY
LEAK = cell("GET /api/a", "shopper", DENIED, Verdict.BYPASSED)
PLACE = "GET /api/a as shopper"


def access(*verdicts: Verdict, **more: object) -> Access:
    made = tuple(cell(f"GET /api/{number}", verdict=verdict) for number, verdict in enumerate(verdicts))
    return replace(Access(cells=made, finished=True), **more)  # type: ignore[arg-type] # whatever a test needs


def test_the_counts_add_up() -> None:
    found = counts(everything())
    parts = (found.as_expected, found.leaks, found.wrongly_denied, found.server_errors, found.suspect)
    assert sum(parts) + found.inconclusive + found.not_judged == found.cells == 150
    assert (found.leaks, found.wrongly_denied, found.server_errors, found.not_judged) == (4, 1, 1, 1)
    assert (found.accepted, found.wrong, found.judged) == (1, 5, found.as_expected + 5)
    assert found.words == [
        "4 leaks", "1 wrongly denied", "1 server error", "1 suspect", "1 inconclusive", "1 not judged", "1 accepted",
    ]  # fmt: skip


def test_a_place_that_was_accepted_for_one_thing_still_alarms_for_another() -> None:
    old, new = finding("over-permission", PLACE, id="old", accepted=True), finding("server-error", PLACE, id="new")
    assert counts(Access(cells=(LEAK,), findings=(old,))).wrong == 0
    assert counts(Access(cells=(LEAK,), findings=(old, new))).wrong == 1
    assert [one.id for one in findings_at(Access(findings=(old, new)))[PLACE]] == ["new", "old"]


def test_findings_that_no_cell_shows_are_told_apart() -> None:
    assert {one.rule for one in other_alarms(everything())} == {"token-after-logout", "forbidden-field"}
    assert [one.rule for one in other_alarms(Access(findings=(finding("csrf"),)))] == ["csrf"]


def test_what_was_accepted_stands_worst_first() -> None:
    assert [one.id for one in accepted(everything())] == ["07ab", "18bc"]


@pytest.mark.parametrize(
    ("check", "result"),
    [
        (None, RoleResult.NOT_CHECKED),
        (clean(), RoleResult.PASSED),
        (everything(), RoleResult.FAILED),
        (access(Verdict.ENFORCED, Verdict.PUBLIC, Verdict.OWN_DATA), RoleResult.PASSED),
        (access(Verdict.ENFORCED, Verdict.BYPASSED), RoleResult.FAILED),
        (access(Verdict.ENFORCED, Verdict.LOCK_OUT), RoleResult.FAILED),
        (access(Verdict.ENFORCED, Verdict.SERVER_ERROR), RoleResult.FAILED),
        (access(Verdict.ENFORCED, Verdict.INCONCLUSIVE), RoleResult.INCOMPLETE),
        (access(Verdict.ENFORCED, Verdict.SUSPECT), RoleResult.INCOMPLETE),
        (access(Verdict.ENFORCED, finished=False), RoleResult.INCOMPLETE),
        (access(Verdict.ENFORCED, coverage=AccessCoverage(cells=2, judged=1)), RoleResult.INCOMPLETE),
        (
            access(Verdict.ENFORCED, coverage=AccessCoverage(cells=1, judged=1, uncovered=("x",), threshold=0.9)),
            RoleResult.INCOMPLETE,
        ),
        (access(Verdict.ENFORCED, findings=(finding("csrf"),)), RoleResult.FAILED),
        (access(Verdict.ENFORCED, findings=(finding("csrf", accepted=True),)), RoleResult.PASSED),
        (
            Access(cells=(LEAK,), findings=(finding("over-permission", PLACE, accepted=True),), finished=True),
            RoleResult.PASSED,
        ),
        (Access(finished=True), RoleResult.INCOMPLETE),
    ],
)
def test_what_the_role_validation_comes_to(check: Access | None, result: RoleResult) -> None:
    assert facts.role_validation(run(journey(step()), access=check)).result is result


@pytest.mark.parametrize(
    ("status", "check", "result"),
    [
        (Status.FAILED, clean(), RoleResult.FAILED),
        (Status.PASSED, everything(), RoleResult.FAILED),
        (Status.SKIPPED, clean(), RoleResult.PASSED),
        (Status.ERROR, clean(), RoleResult.INCOMPLETE),
        (Status.PASSED, access(Verdict.SUSPECT), RoleResult.INCOMPLETE),
    ],
)
def test_steps_and_cells_are_one_validation(status: Status, check: Access, result: RoleResult) -> None:
    roles = facts.role_validation(run(journey(step(status=status, role_check=True)), access=check))
    assert roles.result is result
    assert (roles.total, roles.cells) == (1, counts(check).cells)


@pytest.mark.parametrize(("share", "words"), [(1.0, "100 %"), (0.9999, "99 %"), (0.29, "29 %"), (0.0, "0 %")])
def test_a_share_is_never_rounded_up(share: float, words: str) -> None:
    assert percent(share) == words


def test_shortcomings_are_said_and_only_those() -> None:
    assert list(shortcomings(clean())) == []
    said = " ".join(shortcomings(replace(everything(), finished=False)))
    assert "no person has confirmed it" in said
    assert "did not come to its end" in said
    assert "95 % of the cells were judged, and the project wants 98 %" in said
