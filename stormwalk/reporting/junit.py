"""The run for build servers: a suite with a test case for each journey, one for the access check, one for storms."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from stormwalk.model import Journey, Run, Status
from stormwalk.reporting import facts
from stormwalk.reporting.access_junit import access_suite
from stormwalk.reporting.album import Album
from stormwalk.reporting.cut_off import cut_off
from stormwalk.reporting.formats import Report
from stormwalk.reporting.gate_junit import gate_suite
from stormwalk.reporting.storm_facts import weather
from stormwalk.reporting.storm_junit import storm_suite
from stormwalk.reporting.words import UNFINISHED, UNTIMED, block, duration, iso, plain, shorten, status_word

_ATTACHED = 3
_TAGS = {Status.FAILED: "failure", Status.ERROR: "error", None: "error", Status.SKIPPED: "skipped"}


class JUnitReport(Report):
    name = "junit"
    filename = "junit.xml"
    about = "JUnit's XML for build servers, a test case for each journey, access cell and experiment"

    def render(self, run: Run, album: Album) -> str:
        suites = Element("testsuites")
        suite = SubElement(suites, "testsuite", _counts(run))
        _properties(suite, [("run", run.id), ("status", run.flow_status.value), ("base_url", run.base_url)])
        for journey in run.fair_weather:
            _case(suite, journey)
        _whole(suite, run)
        if run.access:
            suites.append(access_suite(run, run.access))
        if run.is_storm:
            suites.append(storm_suite(run))
        if run.gate:
            suites.append(gate_suite(run, run.gate))
        indent(suites)
        return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _counts(run: Run) -> dict[str, str]:
    tags = [*(_TAGS.get(journey.status) for journey in run.fair_weather), *(["error"] if cut_off(run) else [])]
    return {
        "name": shorten(run.project),
        "timestamp": iso(run.started_at),
        "time": _seconds((run.finished_at - run.started_at) * 1000 if run.finished_at else None),
        "tests": str(len(tags)),
        "failures": str(tags.count("failure")),
        "errors": str(tags.count("error")),
        "skipped": str(tags.count("skipped")),
    }


def _case(suite: Element, journey: Journey) -> None:
    module = journey.nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")
    # Of two cases of one name readers show one, and it may be the green one.
    name = ", ".join(filter(None, (journey.full_title, weather(journey))))
    names = {"classname": shorten(module), "name": shorten(name)}
    case = SubElement(suite, "testcase", {**names, "time": _seconds(journey.duration_ms)})
    steps = [
        (f"step.{step.index}", f"{status_word(step.status)}: {step.name} ({duration(step.duration_ms)})")
        for step in journey.steps
    ]
    kept = [*journey.evidence, *(one for step in journey.steps for one in step.evidence)]
    _properties(case, [("nodeid", journey.nodeid), *steps, *(("evidence", one.path) for one in kept)])
    _ending(case, journey)
    _pictures(case, journey)


def _whole(suite: Element, run: Run) -> None:
    """A run that did not come to everything is an error, so that what it did come to turns no build green."""
    if cut_off(run):
        case = SubElement(suite, "testcase", {"classname": "Run", "name": "the whole run", **UNTIMED})
        SubElement(case, "error", {"message": cut_off(run), "type": "inconclusive"})


def _pictures(case: Element, journey: Journey) -> None:
    """What was seen where it went wrong, in the form in which GitLab and Jenkins show files beside a test."""
    seen = [step.picture for step in journey.steps if step.picture and step.status is not Status.PASSED]
    if seen and _TAGS.get(journey.status, "skipped") != "skipped":
        SubElement(case, "system-out").text = "\n".join(f"[[ATTACHMENT|{plain(one.path)}]]" for one in seen[:_ATTACHED])


def _ending(case: Element, journey: Journey) -> None:
    tag = _TAGS.get(journey.status)
    if tag is None:
        return
    red = [step for step in journey.steps if step.status not in (Status.PASSED, Status.SKIPPED)]
    reason = next((step.reason for step in red if step.reason), "") or journey.reason
    fallback = "skipped" if tag == "skipped" else UNFINISHED if journey.status is None else "no reason was given"
    ending = SubElement(case, tag, {"message": shorten(reason or fallback), "type": status_word(journey.status)})
    ending.text = "\n\n".join(_story(step.index, step.name, step.details or step.reason, step.url) for step in red)
    for step in red:
        for call in facts.suspects(step.calls):
            ending.text += f"\n{call.method} {plain(call.template)}: {plain(facts.answer(call))}"


def _story(index: int, name: str, details: str, url: str) -> str:
    return f"step {index}, {shorten(name)}\nat {shorten(url)}\n{block(details, 20_000)}"


def _properties(parent: Element, pairs: list[tuple[str, str]]) -> None:
    properties = SubElement(parent, "properties")
    for name, value in pairs:
        SubElement(properties, "property", {"name": name, "value": shorten(value, 1000)})


def _seconds(ms: float | None) -> str:
    return f"{(ms or 0) / 1000:.3f}"
