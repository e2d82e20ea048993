"""The run as data. `templates/report.schema.json` documents it.

A reader must ignore keys that it does not know: keys are added without a new version, and none is taken away or
changes its meaning with the same one.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from stormwalk.access.results import Access
from stormwalk.model import Journey, Run
from stormwalk.reporting import access_facts, facts, storm_json
from stormwalk.reporting.album import Album
from stormwalk.reporting.formats import Report

SCHEMA = "stormwalk-report/1"


class JsonReport(Report):
    name = "json"
    filename = "report.json"
    about = "everything that is known of the run, as data with a documented schema"

    def render(self, run: Run, album: Album) -> str:
        return json.dumps(document(run), ensure_ascii=False, indent=1) + "\n"


def document(run: Run) -> dict[str, Any]:
    """The report as plain values, in the order in which a person would read it."""
    whole = asdict(replace(run, journeys=(), access=None, storm=None))
    notes, environment, gate = (whole.pop(key) for key in ("notes", "environment", "gate"))
    for key in ("journeys", "access", "storm"):
        del whole[key]
    return {
        "schema": SCHEMA,
        "status": run.flow_status.value,
        "finished": run.finished_at is not None,
        "totals": {"total": run.totals.total, **asdict(run.totals)},
        "apis": asdict(facts.apis(run)),
        "role_validation": asdict(facts.role_validation(run)),
        "run": whole,
        "environment": environment | {"versions": dict(run.environment.versions)},
        "notes": notes,
        "gate": gate and {"passed": run.gate.passed if run.gate else None, **gate},
        "access": _access(run.access) if run.access else None,
        "storm": storm_json.run_storm(run.storm) if run.storm else None,
        "journeys": [_journey(one) for one in run.journeys],
        "endpoints": [asdict(one) for one in facts.endpoints(filter(facts.is_api, facts.all_calls(run)))],
    }


def _journey(journey: Journey) -> dict[str, Any]:
    storm = storm_json.journey_storm(journey.storm) if journey.storm else None
    return asdict(replace(journey, storm=None)) | {"storm": storm}


def _access(access: Access) -> dict[str, Any]:
    """The check, with the figures that follow from it. Names are values here, never keys."""
    whole = asdict(access)
    coverage = {**whole.pop("coverage"), "share": access.coverage.share, "met": access.coverage.met}
    counts = access_facts.counts(access)
    return {"counts": {**asdict(counts), "judged": counts.judged}, "coverage": coverage, **whole}
