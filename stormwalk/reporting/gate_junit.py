"""The gate for build servers: a suite with a test case for each rule."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from stormwalk.gate.results import GateResult
from stormwalk.model import Run
from stormwalk.reporting.gate_words import name_of
from stormwalk.reporting.words import UNTIMED, iso, plain, shorten


def gate_suite(run: Run, gate: GateResult) -> Element:
    """A rule that could not be judged is a skipped case; a gate that stayed out has none."""
    passed = [one.passed for one in gate.rules]
    suite = Element(
        "testsuite",
        {
            "name": "Quality gate",
            "timestamp": iso(run.started_at),
            "time": "0.000",
            "tests": str(len(passed)),
            "failures": str(passed.count(False)),
            "errors": "0",
            "skipped": str(passed.count(None)),
        },
    )
    for rule in gate.rules:
        case = SubElement(suite, "testcase", {"classname": "Gate", "name": name_of(rule), **UNTIMED})
        if rule.passed is False:
            ending = SubElement(case, "failure", {"message": shorten(rule.words), "type": rule.rule})
            ending.text = "\n".join(plain(one) for one in rule.cells)
        elif rule.passed is None:
            SubElement(case, "skipped", {"message": shorten(rule.words)})
    return suite
