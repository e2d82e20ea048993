"""`python -m chaos judge RUN`: judges a stored run again, with the weights that the project file has now."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from chaos.judging.stored import judge_again, told
from stormwalk.config import load_project
from stormwalk.config.usual import USUAL_PROJECTS, usual_project
from stormwalk.errors import UsageError
from stormwalk.model import RunMode
from stormwalk.options import STORE_VARIABLE
from stormwalk.reporting.command import choose, open_store
from stormwalk.store import DEFAULT_URL
from stormwalk.storm_results import StormJudgement


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "judge",
        help="judge a stored run of storms again",
        description="Judge a stored run of storms again, and keep the new judgement beside the old one.",
        epilog="Exit codes: 1 a deviation or a score below the gate, 2 something is inconclusive, else 0.",
    )
    parser.add_argument("run", nargs="?", metavar="RUN", help="id of the run, or its beginning (default: the latest)")
    parser.add_argument("--store", metavar="URL", help=f"path or URL of the store (default: {DEFAULT_URL})")
    usual = " or ".join(map(str, USUAL_PROJECTS))
    parser.add_argument("--project", metavar="FILE", type=Path, help=f"the project file (default: {usual})")
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    project = load_project(options.project or usual_project())
    with open_store(options.store or os.environ.get(STORE_VARIABLE) or DEFAULT_URL) as store:
        chosen = choose(store.runs(), options.run)
        if chosen.mode is not RunMode.CHAOS:
            raise UsageError(
                f"Run {chosen.id} was made in fair weather: there is no storm to judge. Add --chaos to it."
            )
        judgement = judge_again(store, chosen.id, project)
    print("\n".join(told(judgement)))
    return exit_code(judgement)


def exit_code(judgement: StormJudgement) -> int:
    """1 for a deviation or a failed gate, else 2 for what is inconclusive or was never begun, else 0."""
    if judgement.deviated or judgement.below_gate:
        return 1
    return 2 if judgement.inconclusive or judgement.never_happened else 0
