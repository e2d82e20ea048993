"""What a run comes to, as the one number that a shell or a CI server reads."""

from __future__ import annotations

from collections.abc import Iterable

from stormwalk.access.results import Access
from stormwalk.model import Note, NoteLevel, Run, Status

PASSED, FOUND_SOMETHING, COULD_NOT_TEST = 0, 1, 2
"""The exit codes of everything: 1 for a finding, else 2 for an error or nothing to run, else 0."""


def exit_code(run: Run, *, pytest_exit: int, interrupted: bool, beside_failed: bool = True) -> int:
    """1 for something found or a rule of the gate that failed, else 2 for an error, an interruption (by hand, in good
    order, too) or nothing, else 0.

    In a run of storms journeys in fair weather count as ever. A journey that failed under a storm does not count by
    itself, nor does pytest's word for it: that is what the judgement is for. Where the ratchet holds, it alone decides
    about what is red. `beside_failed` says that a test that is no journey failed, which nothing excuses.
    """
    statuses = [journey.status for journey in run.fair_weather]
    access = run.access or Access(finished=True)
    holds = run.gate is not None and run.gate.holds_reds
    # A check that was cut off has covered too little for another reason than the application or the matrix.
    too_little = run.access is not None and access.finished and not interrupted and not access.coverage.met
    if too_little or (run.gate and run.gate.failed) or _below_gate(run) or (not holds and _found(run)):
        return FOUND_SOMETHING
    errors = run.totals.errors or Status.ERROR in statuses or None in statuses or _has_error(run.notes)
    open_cells = access.unjudged or not access.finished
    judged = Status.PASSED in statuses or any(one.verdict.is_good for one in access.cells)
    excused = run.gate.excused if run.gate else ()
    nothing = not (judged or excused)
    if errors or open_cells or interrupted or run.stopped or nothing or _storm_is_open(run):
        return COULD_NOT_TEST
    if excused and not _all_begun(run):
        return COULD_NOT_TEST
    fine = (Status.PASSED, Status.SKIPPED)
    told = excused or any(journey.status not in fine for journey in run.storm_walks)
    if pytest_exit == 1 and told and not beside_failed:
        return PASSED
    # A test beside the journeys failed, or pytest itself did.
    return {0: PASSED, 1: FOUND_SOMETHING}.get(pytest_exit, COULD_NOT_TEST)


def _all_begun(run: Run) -> bool:
    """With `-x` pytest ends at the first red, be it an excused one: what had not begun by then was not tested."""
    return not set(run.planned) - {one.nodeid for one in run.journeys}


def _found(run: Run) -> bool:
    """Whether the application is wrong somewhere, be it known or not."""
    failed = run.totals.failed or any(journey.status is Status.FAILED for journey in run.fair_weather)
    return bool(failed or (run.access and run.access.alarms) or _storm_deviated(run))


def _storm_deviated(run: Run) -> bool:
    judgement = run.storm.judgement if run.storm else None
    if judgement is None or judgement.steered:
        return False
    return bool(judgement.deviated)


def _below_gate(run: Run) -> bool:
    judgement = run.storm.judgement if run.storm else None
    return judgement is not None and not judgement.steered and judgement.below_gate


def _storm_is_open(run: Run) -> bool:
    """Whether a storm was to be walked, and it is not known of all of it how it ended."""
    if not run.is_storm:
        return False
    judgement = run.storm.judgement if run.storm else None
    return judgement is None or judgement.steered or judgement.never_happened or bool(judgement.inconclusive)


def _has_error(notes: Iterable[Note]) -> bool:
    return any(note.level is NoteLevel.ERROR for note in notes)
