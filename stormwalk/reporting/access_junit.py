"""The access check for build servers: a test case for each cell, and one for each finding that no cell shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement

from stormwalk.access.results import Access, AccessCell, AccessFinding, Excerpt
from stormwalk.model import Run
from stormwalk.reporting.access_facts import accepted_places, findings_at, is_wrong, other_alarms, percent, place
from stormwalk.reporting.words import UNTIMED, block, iso, shorten

_PLACES = 50


def access_suite(run: Run, access: Access) -> Element:
    """The suite `Access`. What was accepted is skipped, so that it stays visible and turns no build red; a check that
    was cut off is an error, so that it can turn none green."""
    excused, findings = accepted_places(access), findings_at(access)
    suite = Element("testsuite", {"name": "Access"})
    for cell in access.cells:
        _cell(suite, cell, findings.get(place(cell), []), accepted=place(cell) in excused)
    for finding in other_alarms(access):
        case = SubElement(
            suite, "testcase", {"classname": shorten(finding.rule), "name": shorten(finding.title), **UNTIMED}
        )
        _ending(case, "failure", finding.title, finding.rule, [finding])
    if not access.finished:
        case = SubElement(suite, "testcase", {"classname": "Access", "name": "the whole check", **UNTIMED})
        SubElement(case, "error", {"message": "the access check did not come to its end", "type": "inconclusive"})
    if access.coverage.threshold:
        _coverage(suite, access)
    suite.attrib.update(_counts(run, access, suite))
    return suite


def _counts(run: Run, access: Access, suite: Element) -> dict[str, str]:
    return {
        "timestamp": iso(run.started_at),
        "time": f"{(access.duration_ms or 0) / 1000:.3f}",
        "tests": str(len(suite)),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
        "skipped": str(len(suite.findall("testcase/skipped"))),
    }


def _cell(suite: Element, cell: AccessCell, findings: Sequence[AccessFinding], *, accepted: bool) -> None:
    case = SubElement(suite, "testcase", {"classname": shorten(cell.endpoint), "name": shorten(place(cell)), **UNTIMED})
    if cell.verdict.is_good:
        return
    said = f"{cell.verdict.word}: expected {cell.expected}, {cell.observed or 'nothing was observed'}"
    message = f"{said}; {cell.reason}" if cell.reason else said
    if not is_wrong(cell):
        _ending(case, "error", message, cell.verdict.word, findings)
    elif accepted:
        SubElement(case, "skipped", {"message": shorten(f"accepted before: {message}")})
    else:
        _ending(case, "failure", message, cell.verdict.word, findings)


def _ending(case: Element, tag: str, message: str, kind: str, findings: Iterable[AccessFinding]) -> None:
    ending = SubElement(case, tag, {"message": shorten(message), "type": shorten(kind)})
    ending.text = "\n\n".join(_story(finding) for finding in findings if not finding.accepted)


def _story(finding: AccessFinding) -> str:
    lines = [f"{finding.severity.value.upper()} {shorten(finding.title)}", shorten(finding.proof, 2000)]
    lines += [f"  {shorten(one, 200)}" for one in finding.places[:_PLACES]]
    lines += [f"Why: {shorten(finding.why, 1000)}"] if finding.why else []
    lines += [f"What to do: {shorten(finding.advice, 1000)}"] if finding.advice else []
    lines += [f"Replay: {shorten(finding.replay, 300)}"] if finding.replay else []
    return "\n".join([*filter(None, lines), *(_exchange(one) for one in finding.excerpts[:2])])


def _exchange(excerpt: Excerpt) -> str:
    status = "no answer" if excerpt.status is None else str(excerpt.status)
    return f"\n{shorten(excerpt.actor, 100)}\n{block(excerpt.request, 2000)}\n{status}\n{block(excerpt.answer, 2000)}"


def _coverage(suite: Element, access: Access) -> None:
    coverage = access.coverage
    case = SubElement(suite, "testcase", {"classname": "Access", "name": "coverage", **UNTIMED})
    if coverage.met:
        return
    said = f"{percent(coverage.share)} of the cells were judged, {percent(coverage.threshold)} are wanted"
    ending = SubElement(case, "failure", {"message": said, "type": "coverage"})
    missing = [*(f"not in the matrix: {one}" for one in coverage.uncovered), *coverage.never_probed]
    ending.text = "\n".join(shorten(one) for one in missing[:500])
