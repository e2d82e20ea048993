"""What failed a run whose journeys all passed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stormwalk.access.results import Access, AccessCoverage
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Run
from stormwalk.reporting.failed_beside import failed_beside
from tests.reporting.samples import journey, plausible, run, step
from tests.reporting.storm_runs import calm, rich

GREEN = run(journey(step()), exit_code=1)
GATE = GateResult(rules=(RuleResult(rule="pass_rate", passed=False, words="97 of 98"),))
LITTLE = Access(finished=True, coverage=AccessCoverage(cells=4, judged=1, threshold=0.9))


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        (GREEN, "a test beside the journeys"),
        (replace(GREEN, exit_code=0), ""),
        (replace(GREEN, exit_code=None), ""),
        (replace(GREEN, gate=GATE, access=LITTLE), "the gate: pass rate"),
        (replace(GREEN, access=LITTLE), "too little of the matrix was judged"),
        (replace(plausible(), gate=GATE), ""),
        (replace(rich(), exit_code=1), ""),
        (replace(rich(), exit_code=1, gate=GATE), "the gate: pass rate"),
        (replace(calm(), exit_code=1), "a test beside the journeys"),
    ],
    ids=["test", "green", "no end", "gate", "access", "journeys", "storms", "storms and gate", "calm"],
)
def test_the_reason_is_named_where_no_journey_is_it(whole: Run, why: str) -> None:
    assert failed_beside(whole) == why
