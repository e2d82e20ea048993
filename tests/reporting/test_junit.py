"""JUnit's XML, read back."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Run, Status
from stormwalk.reporting.album import Album
from stormwalk.reporting.junit import JUnitReport
from tests.reporting.access_samples import everything, with_access
from tests.reporting.samples import STOP, journey, plausible, run, step, variants
from tests.reporting.storm_runs import rich, unjudged

P, F, E, S = Status.PASSED, Status.FAILED, Status.ERROR, Status.SKIPPED


def suite(whole: Run) -> Element:
    found = fromstring(JUnitReport().render(whole, Album()).encode()).find("testsuite")
    assert found is not None
    return found


def test_counts_and_endings() -> None:
    whole = run(
        *(journey(step(status=status), status=status, key=str(status)) for status in (P, F, E, S, None)),
    )
    found = suite(whole)
    counts = {name: found.get(name) for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "5", "failures": "1", "errors": "2", "skipped": "1", "time": "21.400"}
    endings = [[child.tag for child in case if child.tag != "properties"] for case in found.iter("testcase")]
    assert endings == [[], ["failure"], ["error"], ["skipped"], ["error"]]


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        (run(journey(step()), interrupted=True), "the run was interrupted"),
        (run(interrupted=True), "the run was interrupted"),
        (run(journey(step()), finished_at=None), "so far: the run has not finished, or was killed"),
        (run(journey(step()), requests=(STOP,)), "stopped by hand: what had not begun by then was not walked"),
    ],
    ids=["interrupted", "before the first journey", "killed", "stopped"],
)
def test_a_run_that_was_cut_off_turns_no_build_green(whole: Run, message: str) -> None:
    found = suite(whole)
    (error,) = found.iter("error")

    assert error.get("message") == message
    assert (found.get("errors"), found.get("tests")) == ("1", str(len(whole.journeys) + 1))


def test_a_failure_tells_its_story() -> None:
    case = next(suite(plausible()).iter("testcase"))
    assert (case.get("classname"), case.get("name"), case.get("time")) == (
        "journeys.test_shopper",
        "A shopper buys",
        "6.920",
    )
    failure = case.find("failure")
    assert failure is not None
    assert str(failure.get("message")).startswith("The confirmation was not shown")
    assert "step 9, Place the order" in str(failure.text)
    assert "POST /api/orders: 503" in str(failure.text)
    properties = [(one.get("name"), one.get("value")) for one in case.iter("property")]
    assert ("step.9", "failed: Place the order (5.02 s)") in properties
    assert ("evidence", "screenshots/20261122-101503-7f3a/shopper/09-place-the-order.jpg") in properties


def test_readers_of_ci_servers_find_the_picture_of_what_is_red_and_no_other() -> None:
    cases = list(suite(plausible()).iter("testcase"))
    shopper = cases[0]

    (shown,) = shopper.iter("system-out")
    assert shown.text == "[[ATTACHMENT|screenshots/20261122-101503-7f3a/shopper/09-place-the-order.jpg]]"
    assert [child.tag for child in shopper] == ["properties", "failure", "system-out"]
    green = [one for one in cases if [child.tag for child in one] == ["properties"]]
    assert green
    assert any(one.get("name") == "evidence" for one in green[0].iter("property"))


def test_every_case_says_how_long_it_took() -> None:
    gate = GateResult(rules=(RuleResult(rule="ratchet", passed=True, words="none"),))
    wholes = (plausible(), with_access(everything()), replace(rich(), gate=gate), unjudged())

    for whole in wholes:
        for case in fromstring(JUnitReport().render(whole, Album()).encode()).iter("testcase"):
            assert float(str(case.get("time"))) >= 0, case.attrib


def test_no_two_cases_have_one_name() -> None:
    """Readers would show only one of them, and it may be the green one."""
    assert [case.get("name") for case in suite(variants()).iter("testcase")] == [
        "A shopper buys [de]",
        "A shopper buys [fr]",
    ]
    names = [(case.get("classname"), case.get("name")) for case in suite(rich()).iter("testcase")]
    assert len(set(names)) == len(names)
    assert ("journeys.test_shopper", "A shopper buys, control 1") in names


@pytest.mark.parametrize("text", ["\x00\x0b\x1b[31m", "\ufffe\uffff\ud800", "]]><b>&"])
def test_what_xml_forbids_is_removed(text: str) -> None:
    bad = step(name=text, status=F, reason=text, details=text, url=text)
    case = next(
        suite(run(journey(bad, status=F, title=text, reason=text), project=text, base_url=text)).iter("testcase")
    )
    assert case.find("failure") is not None
