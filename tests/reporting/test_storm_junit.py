"""The suite of the storms, read back."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import pytest

from stormwalk.model import Run
from stormwalk.reporting.album import Album
from stormwalk.reporting.junit import JUnitReport
from tests.reporting.samples import plausible
from tests.reporting.storm_hostile import hostile
from tests.reporting.storm_runs import calm, judged, rich, unjudged


def suites(whole: Run) -> dict[str | None, Element]:
    read = fromstring(JUnitReport().render(whole, Album()).encode("utf-8", "replace"))
    return {one.get("name"): one for one in read.iter("testsuite")}


def counts(suite: Element) -> tuple[str | None, ...]:
    return tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped"))


def test_each_experiment_is_a_case_and_the_journeys_are_those_of_fair_weather() -> None:
    found = suites(rich())
    assert counts(found["Web2 Application"]) == ("6", "0", "0", "0")
    assert len(found["Web2 Application"].findall("testcase")) == 6
    assert counts(found["Storms"]) == ("16", "6", "1", "1")
    endings = {case.get("name"): [child.tag for child in case] for case in found["Storms"].iter("testcase")}
    assert endings["A shopper buys under lost-reply"] == ["failure"]
    assert endings["A shopper buys under broken-assets"] == ["error"]
    assert endings["A manager changes a price under broken-assets"] == ["skipped"]
    assert endings["A shopper buys under offline"] == []


def test_a_deviation_tells_its_story() -> None:
    cases = suites(rich())["Storms"].iter("testcase")
    failure = next(case for case in cases if case.get("name") == "A shopper buys under lost-reply").find("failure")
    assert failure is not None
    assert failure.get("message") == "broken: One action of the user made two orders, 1042 and 1043."
    text = str(failure.text)
    assert "Expected: What the user did is done once." in text
    assert "CRITICAL Retrying after a lost reply places a second order" in text
    assert "Replay: pytest journeys/test_shopper.py --chaos-plan lost-reply --chaos-seed 20417 -k lost-reply" in text


def test_a_calm_run_is_green_and_the_gate_is_a_case_of_its_own() -> None:
    assert counts(suites(calm())["Storms"]) == ("16", "0", "0", "0")
    assert counts(suites(judged(fail_under=50.0))["Storms"]) == ("17", "6", "1", "1")
    assert counts(suites(judged(fail_under=90.0))["Storms"]) == ("17", "7", "1", "1")
    assert counts(suites(judged(steered=True))["Storms"]) == ("17", "6", "2", "1")


def test_storms_that_were_not_judged_turn_no_build_green() -> None:
    assert counts(suites(unjudged())["Storms"]) == ("1", "0", "1", "0")


def test_a_normal_run_has_no_such_suite() -> None:
    assert list(suites(plausible())) == ["Web2 Application"]


@pytest.mark.parametrize("text", ["\x00\x0b\x1b[31m", "\ufffe\uffff\ud800", "]]><b>&"])
def test_what_xml_forbids_is_removed(text: str) -> None:
    assert counts(suites(hostile(text))["Storms"]) == ("6", "4", "1", "0")
