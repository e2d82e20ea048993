"""What failed a run in which every journey passed and no role got in, in the same words in every format."""

from __future__ import annotations

from stormwalk.exit_code import COULD_NOT_TEST, FOUND_SOMETHING
from stormwalk.model import FlowStatus, Run


def failed_beside(run: Run) -> str:
    """The reason in a few words; empty for any other run. What storms showed is told by their own word."""
    judgement = run.storm.judgement if run.storm else None
    if run.finished_at is None or run.exit_code != FOUND_SOMETHING or run.flow_status is not FlowStatus.PASSED:
        return ""
    if run.gate and run.gate.failed:
        return f"the gate: {', '.join(one.rule.replace('_', ' ') for one in run.gate.failed)}"
    if run.access is not None and not run.access.coverage.met:
        return "too little of the matrix was judged"
    if judgement is not None and (judgement.deviated or judgement.below_gate):
        return ""
    return "a test beside the journeys"


def beside_green(run: Run) -> str:
    """What a green word of a storm, or of journeys that all passed, would hide; empty where it hides nothing."""
    if run.is_storm and run.fair_weather and run.flow_status is not FlowStatus.PASSED:
        return f"{run.flow_status.value} in fair weather"
    looks_green = run.is_storm or run.flow_status is FlowStatus.PASSED
    if run.exit_code == COULD_NOT_TEST and not run.interrupted and looks_green:
        return "could not be tested in full"
    return failed_beside(run) and f"failed ({failed_beside(run)})"
