"""The data, and the schema that documents it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stormwalk import model, observations, storm, storm_judgement, storm_results
from stormwalk.access import results
from stormwalk.access.results import Access
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Run, Status
from stormwalk.reporting import gate_words
from stormwalk.reporting.access_facts import AccessCounts
from stormwalk.reporting.album import Album
from stormwalk.reporting.json_report import SCHEMA, JsonReport, document
from tests.reporting.access_samples import clean, everything, hostile, with_access
from tests.reporting.samples import journey, plausible, run, step
from tests.reporting.storm_hostile import hostile as hostile_storm
from tests.reporting.storm_runs import calm, rich, unjudged
from tests.reporting.storm_runs import empty as no_storm

_HIDDEN = "\x00\u202e\ud800"


def schema() -> dict[str, Any]:
    text = files("stormwalk.reporting").joinpath("templates/report.schema.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.mark.parametrize(
    "whole",
    [
        plausible(),
        run(),
        run(journey(step(status=None, duration_ms=None), status=None), finished_at=None),
        run(journey(step(name=_HIDDEN, reason=_HIDDEN, status=Status.FAILED), status=Status.FAILED)),
        with_access(),
        with_access(clean()),
        with_access(Access()),
        with_access(hostile(_HIDDEN)),
        rich(),
        calm(),
        unjudged(),
        no_storm(),
        hostile_storm(_HIDDEN),
    ],
    ids=[
        *("plausible", "empty", "killed", "hostile", "access", "clean access", "access begun", "hostile access"),
        *("storm", "calm storm", "storm not judged", "empty storm", "hostile storm"),
    ],
)
def test_what_is_written_is_what_the_schema_says(whole: Run) -> None:
    Draft202012Validator.check_schema(schema())
    written = json.loads(JsonReport().render(whole, Album()).encode("utf-8", "replace"))
    Draft202012Validator(schema()).validate(written)
    assert written["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("definition", "cls"),
    [
        ("call", observations.Call),
        ("console", observations.ConsoleLine),
        ("evidence", observations.Evidence),
        ("step", model.Step),
        ("journey", model.Journey),
        ("note", model.Note),
        ("access_cell", results.AccessCell),
        ("access_finding", results.AccessFinding),
        ("access_excerpt", results.Excerpt),
        ("access_control", results.ControlSeen),
    ],
)
def test_each_field_is_documented(definition: str, cls: Any) -> None:
    assert set(schema()["$defs"][definition]["properties"]) == {field.name for field in fields(cls)}


@pytest.mark.parametrize(
    ("definition", "cls", "more"),
    [
        ("storm", model.RunStorm, ()),
        ("journey_storm", model.JourneyStorm, ("control",)),
        ("storm_plan", storm.PlanEntry, ()),
        ("storm_rule", storm.RuleEntry, ()),
        ("storm_fault", storm.FaultEntry, ()),
        ("storm_parameter", storm.ParameterEntry, ()),
        ("storm_decision", storm.FaultDecision, ("step",)),
        ("storm_decision_key", storm.DecisionKey, ()),
        ("storm_count", storm.RuleCount, ()),
        ("storm_escape", storm.Escape, ()),
        ("storm_blind_spot", storm.BlindSpot, ()),
        ("storm_trouble", storm_judgement.Trouble, ()),
        ("storm_cell", storm_judgement.CellScore, ()),
        ("storm_journey_score", storm_judgement.JourneyScore, ()),
        ("storm_score", storm_judgement.StormScore, ("coverage",)),
        ("storm_degradation", storm_judgement.Degradation, ()),
        ("storm_healing", storm_results.Healing, ()),
        ("storm_healing_at", storm_results.Healing, ("index",)),
        ("storm_experiment", storm_results.ExperimentResult, ()),
        ("storm_finding", storm_results.StormFinding, ()),
        ("storm_step", storm_results.StepDegradation, ()),
        ("storm_call", storm_results.CallDegradation, ()),
        ("storm_api_failure", storm_results.ApiFailure, ()),
        ("storm_figures", storm_results.StormFigures, ()),
        ("storm_judgement", storm_results.StormJudgement, ("below_gate",)),
    ],
)
def test_each_field_of_a_storm_is_documented(definition: str, cls: Any, more: tuple[str, ...]) -> None:
    documented = schema()["$defs"][definition]
    names = {field.name for field in fields(cls)} | set(more)
    assert set(documented["properties"]) == set(documented["required"]) == names


def test_the_storm_stands_whole_in_the_data_and_is_null_in_fair_weather() -> None:
    calm_weather = json.loads(JsonReport().render(plausible(), Album()))
    assert calm_weather["storm"] is None
    assert {one["storm"] for one in calm_weather["journeys"]} == {None}
    written = json.loads(JsonReport().render(rich(), Album()))
    judgement = written["storm"]["judgement"]
    assert (len(judgement["experiments"]), len(judgement["findings"])) == (16, 6)
    assert {"rung": "not recovered", "steps": 1} in judgement["figures"]["recovery"]
    assert judgement["score"]["weights"][0] == {"name": "outcome", "value": 0.4}
    assert judgement["below_gate"] is False
    assert (written["totals"]["total"], written["totals"]["failed"], len(written["journeys"])) == (33, 0, 25)
    lost = next(one["storm"] for one in written["journeys"] if one["key"] == "test_shopper-lost-reply")
    assert (lost["plan"], lost["control"], lost["decisions"][0]["step"]) == ("lost-reply", False, 5)
    assert (lost["healed"][0]["index"], lost["healed"][0]["rung"]) == (5, "retry")


def test_the_figures_are_those_of_the_summary() -> None:
    written = json.loads(JsonReport().render(plausible(), Album()))
    assert written["status"] == "Partial Failure"
    assert written["totals"] == {"total": 25, "passed": 19, "failed": 1, "errors": 1, "skipped": 4}
    assert written["apis"]["failed"] == 2
    assert written["journeys"][0]["steps"][8]["calls"][0]["status"] == 503
    assert written["environment"]["versions"]["python"] == "3.11.9"


def test_the_access_check_stands_whole_in_the_data_and_is_null_where_there_was_none() -> None:
    assert json.loads(JsonReport().render(plausible(), Album()))["access"] is None
    written = json.loads(JsonReport().render(with_access(), Album()))
    access = written["access"]
    assert "access" not in written["run"]
    assert len(access["cells"]) == len(everything().cells)
    assert access["counts"]["leaks"] == 4
    assert access["coverage"]["met"] is False
    assert [one["id"] for one in access["findings"] if one["accepted"]] == ["07ab", "18bc"]
    assert written["role_validation"]["cells"] == access["counts"]["cells"] == 150


@pytest.mark.parametrize(
    ("definition", "more"),
    [("access", {"counts"}), ("access_coverage", {"share", "met"}), ("access_counts", {"judged"})],
)
def test_each_figure_of_the_access_check_is_documented(definition: str, more: set[str]) -> None:
    classes = {"access": Access, "access_coverage": results.AccessCoverage, "access_counts": AccessCounts}
    documented = schema()["$defs"][definition]
    names = {field.name for field in fields(classes[definition])} | more
    assert set(documented["properties"]) == set(documented["required"]) == names


@pytest.mark.parametrize(
    ("passed", "whole"), [((True, None), True), ((True, False), False), ((None,), None), ((), None)]
)
def test_the_gate_has_passed_where_a_rule_did_and_none_failed(
    passed: tuple[bool | None, ...], whole: bool | None
) -> None:
    rules = tuple(RuleResult(rule="ratchet", passed=one, words="so it is") for one in passed)

    result = GateResult(rules=rules)
    gate = document(replace(plausible(), gate=result))["gate"]

    assert gate["passed"] is whole
    assert gate_words.verdict_of(result) == {True: "passed", False: "failed: ratchet", None: "not judged"}[whole]
    assert [one["passed"] for one in gate["rules"]] == list(passed)
