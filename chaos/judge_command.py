"""`python -m chaos judge RUN`: judges a stored run again, with the weights that the project file has now."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from chaos.judging.stored import judge_run, keep, told
from stormwalk.config import load_project
from stormwalk.config.usual import USUAL_PROJECTS, usual_project
from stormwalk.errors import UsageError
from stormwalk.model import RunMode
from stormwalk.reporting.command import add_store, choose, open_store, store_of
from stormwalk.store.summary import RunSummary
from stormwalk.storm_results import StormJudgement

QUIET_SECONDS = 120.0
"""So long after its last event a run that never said that it ended has been killed: a step waits for less."""
_SO_FAR = "The run has not ended, or has only just been killed: this is what can be said so far, and it is not kept."


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "judge",
        help="judge a stored run of storms again",
        description="Judge a stored run of storms again, and keep the new judgement beside the old one.",
        epilog="Exit codes: 1 a deviation or a score below the gate, 2 something is inconclusive, else 0.",
    )
    parser.add_argument("run", nargs="?", metavar="RUN", help="id of the run, or its beginning (default: the latest)")
    add_store(parser)
    usual = " or ".join(map(str, USUAL_PROJECTS))
    parser.add_argument("--project", metavar="FILE", type=Path, help=f"the project file (default: {usual})")
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    project = load_project(options.project or usual_project())
    with open_store(store_of(options)) as store:
        chosen = choose(store.runs(), options.run)
        if chosen.mode is not RunMode.CHAOS:
            raise UsageError(
                f"Run {chosen.id} was made in fair weather: there is no storm to judge. Add --chaos to it."
            )
        judgement = judge_run(store, chosen.id, project)
        going_on = _goes_on(chosen, judgement)
        if not going_on:
            keep(store, chosen.id, judgement)
    print("\n".join([*told(judgement), *([_SO_FAR] if going_on else ())]))
    return exit_code(judgement)


def _goes_on(run: RunSummary, judgement: StormJudgement) -> bool:
    """Whether the run may not be over: one that was killed says nothing any more."""
    return run.finished_at is None and time.time() - judgement.judged_at < QUIET_SECONDS


def exit_code(judgement: StormJudgement) -> int:
    """1 for a deviation or a failed gate, else 2 for what is inconclusive or was never begun, else 0."""
    if judgement.deviated or judgement.below_gate:
        return 1
    return 2 if judgement.inconclusive or judgement.never_happened else 0
