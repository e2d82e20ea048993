"""The end of a run's access check: its findings and its coverage, out of all that the store has of the run."""

from __future__ import annotations

import time

from stormwalk.access.baseline import read_baseline
from stormwalk.access.conclude import coverage_of, findings_of
from stormwalk.access.coverage import uncovered
from stormwalk.access.expand import matrix_of
from stormwalk.access.matrix import Matrix
from stormwalk.access.openapi import openapi_endpoints
from stormwalk.config import Project
from stormwalk.events import AccessBreached, AccessConcluded
from stormwalk.model import Run
from stormwalk.store import Store


def expect_readable(matrix: Matrix, project: Project) -> None:
    """Reads the files that the end of a check needs: what is wrong with one is told before the first probe.

    Raises ProjectFileError for the baseline, UsageError for the OpenAPI file.
    """
    read_baseline(matrix.baseline)
    if matrix.openapi:
        openapi_endpoints(matrix.openapi, project.application.api_root)


def conclude(store: Store, run: Run, project: Project) -> AccessConcluded | None:
    """What the check of this run came to; None where there was none. Raises ProjectFileError for a bad baseline."""
    matrix = matrix_of(project)
    if matrix is None or run.access is None:
        return None
    events = (recorded.event for recorded in store.follow(run.id))
    breaches = [event.breach for event in events if isinstance(event, AccessBreached)]
    findings = findings_of(
        breaches,
        run.access.controls,
        accepted=read_baseline(matrix.baseline),
        base_url=run.base_url,
    )
    calls = [call for journey in run.journeys for call in journey.calls]
    declared = openapi_endpoints(matrix.openapi, project.application.api_root) if matrix.openapi else ()
    missing = uncovered(matrix, project.application.api_root, calls, declared)
    coverage = coverage_of(matrix, run.access.cells, missing)
    return AccessConcluded(at=time.time(), findings=findings, coverage=coverage)
