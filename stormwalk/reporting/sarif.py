"""The access findings as SARIF 2.1.0, for code scanning. Every run has the file, with or without results.

Where no check was made, or it was cut off, the log does not call itself successful: what it does not tell of need not
be fixed.

GitHub shows only results with a physical location, and an endpoint is none: the location is the file that holds the
matrix, where the expectation stands that was not met, and the endpoints are its logical locations. Where that file is
not known it is `report.json`, which lies beside this one and holds the finding. What was accepted is suppressed, and
nothing has a `baselineState`: that would compare with a run, and what we compare with is a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from stormwalk.access.results import Access, AccessFinding, Severity
from stormwalk.access.rule import Rule
from stormwalk.access.rules import RULES
from stormwalk.model import Run
from stormwalk.reporting.access_facts import accepted, shortcomings
from stormwalk.reporting.album import Album
from stormwalk.reporting.formats import Report
from stormwalk.reporting.words import DASH, block, count, iso, shorten

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
# GitHub's own borders: above 9.0 is critical, from 7.0 high, from 4.0 medium.
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.5"}
_PLACES = 50
_EXCERPTS = 4


class SarifReport(Report):
    name = "sarif"
    filename = "access.sarif"
    about = "the access findings in SARIF 2.1.0, for code scanning"

    def render(self, run: Run, album: Album) -> str:
        return json.dumps(document(run), ensure_ascii=False, indent=1) + "\n"


def document(run: Run) -> dict[str, Any]:
    """The log with its one run."""
    access = run.access or Access()
    findings = [*access.alarms, *accepted(access)]
    rules = _rules(findings)
    indices = {rule.name: index for index, rule in enumerate(rules)}
    driver = {
        "name": "Stormwalk",
        "semanticVersion": dict(run.environment.versions).get("stormwalk", ""),
        "rules": [_descriptor(rule) for rule in rules],
    }
    whole = {
        "tool": {"driver": {key: value for key, value in driver.items() if value}},
        "automationDetails": {"id": f"stormwalk-access/{shorten(run.project, 100)}/"},
        "invocations": [_invocation(run, access)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, indices[finding.rule], access) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [whole]}


def _rules(findings: list[AccessFinding]) -> list[Rule]:
    """All rules that there are, and those of another version that the run speaks of."""
    unknown = {one.rule: one for one in findings if one.rule not in RULES}
    return [*RULES.values(), *map(_rule_of, unknown.values())]


def _rule_of(finding: AccessFinding) -> Rule:
    return Rule(
        name=finding.rule,
        title=finding.rule,
        severity=finding.severity,
        why=finding.why,
        advice=finding.advice,
        owasp=finding.owasp,
        asvs=finding.asvs,
        wstg=finding.wstg,
    )


def _descriptor(rule: Rule) -> dict[str, Any]:
    title = rule.headline(endpoint="an endpoint", roles=("a role",), subject="a field") if rule.name in RULES else ""
    title = title or rule.name
    help_text = f"{rule.why} {rule.advice}"
    return {
        "id": shorten(rule.name, 100),
        "name": "".join(part.capitalize() for part in shorten(rule.name, 100).split("-")),
        "shortDescription": {"text": _message(title[:1].upper() + title[1:], 200)},
        "fullDescription": {"text": _message(rule.why or title, 1000)},
        "help": {"text": _message(help_text, 2000), "markdown": _markdown(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": _tags(rule), "precision": "very-high", "security-severity": _SCORES[rule.severity]},
    }


def _markdown(rule: Rule) -> str:
    numbers = (("OWASP", rule.owasp), ("ASVS 5.0", rule.asvs), ("WSTG", rule.wstg))
    named = "".join(f"\n- {name}: {text}" for name, text in numbers if text)
    parts = [f"**Why it matters.** {rule.why}", f"**What to do.** {rule.advice}", *([named.strip()] if named else [])]
    return _message("\n\n".join(parts), 2000, lines=True)


def _tags(rule: Rule) -> list[str]:
    owasp = [f"owasp/{rule.owasp.split()[0]}"] if rule.owasp else []
    asvs = [f"asvs-5.0/{one.strip()}" for one in rule.asvs.split(",") if one.strip()]
    wstg = [f"wstg/{one.strip()}" for one in rule.wstg.split(",") if one.strip()]
    return [shorten(tag, 80) for tag in dict.fromkeys(["security", "access-control", *owasp, *asvs, *wstg])]


def _invocation(run: Run, access: Access) -> dict[str, Any]:
    begun = iso(run.started_at).replace("+00:00", "Z")
    notes = [{"level": level, "message": {"text": _message(words, 1000)}} for level, words in _notes(run)]
    ended = {"endTimeUtc": iso(run.finished_at).replace("+00:00", "Z")} if run.finished_at is not None else {}
    return {
        "executionSuccessful": access.finished and not access.unjudged,
        "startTimeUtc": begun,
        **ended,
        "toolExecutionNotifications": notes,
    }


def _notes(run: Run) -> Iterator[tuple[str, str]]:
    """What takes something away from the results, with its level: whoever reads them takes a missing one for fixed."""
    if run.access is None:
        yield "warning", "No access check was made in this run, so that nothing is known of any finding."
        return
    yield from (("warning", one) for one in shortcomings(run.access))
    if run.access.unjudged:
        unknown = count(len(run.access.unjudged), "cell")
        yield "warning", f"{unknown} could not be judged: a finding there need not be fixed."
    yield from (("note", one) for one in run.access.remarks[:100])


def _result(finding: AccessFinding, index: int, access: Access) -> dict[str, Any]:
    result = {
        "ruleId": shorten(finding.rule, 100),
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _says(finding)},
        "locations": [_location(finding, access)],
        # GitHub knows a finding again by the second; otherwise it would take all findings of one line for the same.
        "partialFingerprints": {
            "stormwalkFinding/v1": shorten(finding.id, 100),
            "primaryLocationLineHash": f"{shorten(finding.id, 100)}:1",
        },
        "properties": _properties(finding),
    }
    if finding.accepted:
        reason = "It stands in the baseline of accepted findings."
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return result


def _says(finding: AccessFinding) -> str:
    # A list of places is for the logical locations; GitHub shows the first sentence where there is little room.
    parts = [f"{shorten(finding.title, 300)}.", shorten(finding.proof, 1000)]
    more = [f"Places: {', '.join(finding.places[:5])}" + (" and more." if len(finding.places) > 5 else ".")]
    replay = [f"Replay: {finding.replay}"] if finding.replay else []
    return _message(" ".join(filter(None, [*parts, *(more if finding.places else []), *replay])), 2500)


def _location(finding: AccessFinding, access: Access) -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": _artifact(access), "region": {"startLine": 1}}}
    if finding.places:
        # Different places can read alike once they are cut, and the schema wants each of them once.
        named = dict.fromkeys(shorten(place, 300) for place in finding.places[:_PLACES])
        location["logicalLocations"] = [{"fullyQualifiedName": one, "kind": "resource"} for one in named]
    return location


def _artifact(access: Access) -> dict[str, Any]:
    path = PurePosixPath(access.matrix.replace("\\", "/"))
    # A path of this machine says nothing elsewhere, and one that leads out of the repository is refused.
    if not access.matrix or path.is_absolute() or ".." in path.parts or ":" in access.matrix:
        return {"uri": "report.json"}
    return {"uri": quote(shorten(str(path), 300)), "uriBaseId": "%SRCROOT%"}


def _properties(finding: AccessFinding) -> dict[str, Any]:
    shown = {"severity": finding.severity.value, "subject": finding.subject, "parity": finding.parity}
    exchanges = [
        {
            "actor": shorten(one.actor, 100),
            "request": block(one.request, 2000),
            "status": one.status,
            "answer": block(one.answer, 2000),
        }
        for one in finding.excerpts[:_EXCERPTS]
    ]
    given = {name: shorten(text, 200) for name, text in shown.items() if text}
    return {**given, "replay": shorten(finding.replay, 300), "exchanges": exchanges}


def _message(text: str, limit: int, *, lines: bool = False) -> str:
    """Text as SARIF wants it in a message, where braces are places and brackets before a parenthesis are links."""
    cut = block(text, limit) if lines else shorten(text, limit)
    return cut.replace("{", "{{").replace("}", "}}").replace("](", "] (") or DASH
