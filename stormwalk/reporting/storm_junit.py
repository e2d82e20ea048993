"""The storms for build servers: a test case for each experiment, and one for the gate where the project has one.

An experiment that deviated is a failure, an inconclusive one an error, since nothing is known of it.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from stormwalk.model import Run
from stormwalk.reporting import storm_facts
from stormwalk.reporting.storm_facts import verdict_word
from stormwalk.reporting.words import UNTIMED, iso, shorten
from stormwalk.storm_results import ExperimentResult, StormFinding, StormJudgement

_EVIDENCE = 20


def storm_suite(run: Run) -> Element:
    """The suite `Storms`. A storm without a judgement is an error in it, so that it can turn no build green."""
    suite, judgement = Element("testsuite", {"name": "Storms"}), storm_facts.judgement_of(run)
    if judgement is None:
        case = SubElement(suite, "testcase", {"classname": "Storms", "name": "judgement", **UNTIMED})
        SubElement(case, "error", {"message": "the storms were not judged", "type": "inconclusive"})
    else:
        for one in judgement.experiments:
            _case(suite, one, judgement, run)
        _overall(suite, judgement)
    suite.attrib.update(_counts(run, suite))
    return suite


def _counts(run: Run, suite: Element) -> dict[str, str]:
    took = sum(walk.duration_ms or 0 for walk in run.storm_walks)
    return {
        "timestamp": iso(run.started_at),
        "time": f"{took / 1000:.3f}",
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
    }


def _case(suite: Element, one: ExperimentResult, judgement: StormJudgement, run: Run) -> None:
    took = sum(walk.duration_ms or 0 for walk in run.storm_walks if walk.key in one.keys)
    names = {"classname": shorten(one.plan), "name": shorten(one.name)}
    case = SubElement(suite, "testcase", {**names, "time": f"{took / 1000:.3f}"})
    word = verdict_word(one)
    if one.skipped:
        SubElement(case, "skipped", {"message": shorten(one.reason or "the plan strikes nothing there")})
    elif one.verdict.deviated:
        _ending(case, "failure", one, word, judgement)
    elif word == "inconclusive":
        _ending(case, "error", one, word, judgement)


def _ending(case: Element, tag: str, one: ExperimentResult, word: str, judgement: StormJudgement) -> None:
    words = one.reason or next((trouble.words for trouble in one.troubles), "") or "no reason was given"
    ending = SubElement(case, tag, {"message": shorten(f"{word}: {words}"), "type": word})
    found = [finding for finding in judgement.findings if one.name in finding.shown_by]
    lines = [f"Expected: {shorten(one.hypothesis)}"] if one.hypothesis else []
    lines += [f"{shorten(trouble.step)} {shorten(trouble.call)}: {shorten(trouble.words)}" for trouble in one.troubles]
    lines += [f"Replay: {shorten(one.replay, 400)}"] if one.replay else []
    ending.text = "\n\n".join(["\n".join(lines), *map(_story, found)])


def _story(finding: StormFinding) -> str:
    lines = [f"{finding.severity.value.upper()} {shorten(finding.title)}", shorten(finding.words, 1000)]
    return "\n".join([*lines, *(f"  {shorten(line, 300)}" for line in finding.evidence[:_EVIDENCE])])


def _overall(suite: Element, judgement: StormJudgement) -> None:
    """The gate, and that nobody had a hand in the run."""
    if judgement.fail_under is not None:
        case = SubElement(suite, "testcase", {"classname": "Storms", "name": "score", **UNTIMED})
        if judgement.below_gate:
            said = f"{storm_facts.status_words(judgement)}; {judgement.fail_under:g} is asked for"
            SubElement(case, "failure", {"message": said, "type": "score"})
    if judgement.steered:
        case = SubElement(suite, "testcase", {"classname": "Storms", "name": "not steered by hand", **UNTIMED})
        SubElement(case, "error", {"message": storm_facts.why_words(judgement)[0], "type": "inconclusive"})
