"""The data, and the schema that documents it."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stormwalk import model
from stormwalk.access import results
from stormwalk.access.results import Access
from stormwalk.model import Run, Status
from stormwalk.reporting.access_facts import AccessCounts
from stormwalk.reporting.album import Album
from stormwalk.reporting.json_report import SCHEMA, JsonReport
from tests.reporting.access_samples import clean, everything, hostile, with_access
from tests.reporting.samples import journey, plausible, run, step

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
    ],
    ids=["plausible", "empty", "killed", "hostile", "access", "clean access", "access begun", "hostile access"],
)
def test_what_is_written_is_what_the_schema_says(whole: Run) -> None:
    Draft202012Validator.check_schema(schema())
    written = json.loads(JsonReport().render(whole, Album()).encode("utf-8", "replace"))
    Draft202012Validator(schema()).validate(written)
    assert written["schema"] == SCHEMA


@pytest.mark.parametrize(
    ("definition", "cls"),
    [
        ("call", model.Call),
        ("console", model.ConsoleLine),
        ("evidence", model.Evidence),
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
