"""The gate as build servers read it."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.reporting.album import Album
from stormwalk.reporting.gate_junit import gate_suite
from stormwalk.reporting.junit import JUnitReport
from tests.reporting.samples import journey, run, step

GATE = GateResult(
    rules=(
        RuleResult(rule="pass_rate", passed=True, words="100 % of 1 step passed, 98 % are asked for"),
        RuleResult(rule="ratchet", passed=False, words="1 cell green on main and red now", cells=("Buy\x1b[31m",)),
        RuleResult(rule="slower_than", passed=None, words="no earlier run of main is known"),
    )
)


def suite(gate: GateResult = GATE) -> Element:
    whole = replace(run(journey(step(1))), gate=gate)
    suites = fromstring(JUnitReport().render(whole, Album()).encode())
    return next(one for one in suites if one.get("name") == "Quality gate")


def test_each_rule_is_a_case_and_says_how_it_ended() -> None:
    found = suite()

    counts = {name: found.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "3", "failures": "1", "errors": "0", "skipped": "1"}
    assert [[child.tag for child in case] for case in found] == [[], ["failure"], ["skipped"]]
    failure, skipped = found.find("testcase/failure"), found.find("testcase/skipped")
    assert failure is not None
    assert skipped is not None
    assert (failure.get("message"), failure.text) == ("1 cell green on main and red now", "Buy")
    assert skipped.get("message") == "no earlier run of main is known"


def test_a_gate_that_stayed_out_has_no_case() -> None:
    assert list(gate_suite(run(), GateResult(remark="The run was cut off before its end"))) == []
