"""The suite of the access check, read back."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from stormwalk.access.results import Access, AccessCoverage, Expected, Verdict
from stormwalk.reporting.album import Album
from stormwalk.reporting.junit import JUnitReport
from tests.reporting.access_samples import cell, clean, everything, finding, hostile, with_access
from tests.reporting.samples import plausible


def suite(access: Access) -> Element:
    _, found = fromstring(JUnitReport().render(with_access(access), Album()).encode()).findall("testsuite")
    return found


def named(found: Element, name: str) -> Element:
    return next(case for case in found if case.get("name") == name)


@pytest.mark.parametrize(
    ("verdict", "tag"),
    [
        (Verdict.ENFORCED, None),
        (Verdict.PUBLIC, None),
        (Verdict.OWN_DATA, None),
        (Verdict.BYPASSED, "failure"),
        (Verdict.LOCK_OUT, "failure"),
        (Verdict.SERVER_ERROR, "failure"),
        (Verdict.SUSPECT, "error"),
        (Verdict.INCONCLUSIVE, "error"),
    ],
)
def test_each_verdict_ends_its_case_as_it_should(verdict: Verdict, tag: str | None) -> None:
    one = cell("GET /api/a", "shopper", Expected.DENY, verdict, reason="why")
    (case,) = suite(Access(cells=(one,), finished=True))
    assert (case.get("classname"), case.get("name")) == ("GET /api/a", "GET /api/a as shopper")
    assert [child.tag for child in case] == ([tag] if tag else [])
    assert all(child.get("message", "").startswith(f"{verdict.word}: expected deny") for child in case)


def test_the_counts_are_those_of_the_cases() -> None:
    found = suite(everything())
    counted = {name: found.get(name) for name in ("name", "tests", "failures", "errors", "skipped", "time")}
    # 149 cells, the token and the field that no cell shows, and the coverage that was missed.
    assert counted == {
        "name": "Access", "tests": "152", "failures": "8", "errors": "2", "skipped": "1", "time": "8.210",
    }  # fmt: skip
    assert len(found) == 152


def test_a_failure_holds_the_proof_and_the_way_to_see_it_again() -> None:
    failure = named(suite(everything()), "GET /api/orders/{id} as shopper").find("failure")
    assert failure is not None
    for words in ("canary-7c1e44", "What to do: Look the object up", "access replay x7c1e", "Bearer $TOKEN"):
        assert words in str(failure.text)


def test_a_finding_that_no_cell_shows_is_a_case_of_its_own() -> None:
    case = named(suite(everything()), "A token still works after logout")
    assert case.get("classname") == "token-after-logout"
    assert case.find("failure") is not None


def test_what_was_accepted_is_skipped_and_says_so() -> None:
    case = named(suite(everything()), "GET /api/reports/sales.csv as support")
    assert [child.tag for child in case] == ["skipped"]
    assert str(case[0].get("message")).startswith("accepted before: leak")


def test_missed_coverage_fails_with_what_is_missing() -> None:
    failure = named(suite(everything()), "coverage").find("failure")
    assert failure is not None
    assert failure.get("message") == "95 % of the cells were judged, 98 % are wanted"
    assert "not in the matrix: GET /api/recommendations" in str(failure.text)
    assert len(named(suite(clean()), "coverage")) == 0
    without = replace(clean(), coverage=AccessCoverage(cells=149, judged=149))
    assert not [case for case in suite(without) if case.get("name") == "coverage"]


def test_a_check_that_was_cut_off_turns_no_build_green() -> None:
    found = suite(replace(clean(), finished=False))

    assert found.get("errors") == "1"
    assert suite(clean()).get("errors") == "0"


def test_a_run_without_a_check_has_one_suite() -> None:
    assert len(fromstring(JUnitReport().render(plausible(), Album()).encode())) == 1


@pytest.mark.parametrize("text", ["\x00\x0b\x1b[31m", "\ufffe\uffff\ud800", "]]><b>&", "x" * 1_000_000, ""])
def test_hostile_text_is_cut_and_read_back(text: str) -> None:
    rendered = JUnitReport().render(with_access(hostile(text)), Album())
    assert len(rendered) < 200_000
    assert fromstring(rendered.encode()).findall("testsuite")[1].get("name") == "Access"


def test_no_more_of_an_accepted_finding_than_its_case() -> None:
    place = "GET /api/a as shopper"
    one = cell("GET /api/a", "shopper", Expected.DENY, Verdict.BYPASSED)
    found = suite(Access(cells=(one,), findings=(finding("over-permission", place, accepted=True),)))
    assert (found.get("failures"), found.get("skipped")) == ("0", "1")
