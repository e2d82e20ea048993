"""`python -m stormwalk flaky`: steps that passed and failed on one commit, the worst first."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from stormwalk.history.command import add_common, name_of_project, opened
from stormwalk.history.flaky import flaky
from stormwalk.history.printed import flaky_lines, json_of
from stormwalk.reporting.words import no_command


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "flaky",
        help="steps that passed and failed on one commit",
        description="Steps that passed and failed on one commit, the one that changes most often first.",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--branch", metavar="NAME", help="only runs of this branch")
    add_common(parser)
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    with opened(options) as store:
        found = flaky(store, name_of_project(options, store), branch=options.branch, limit=options.limit)
    if options.json:
        print(json_of({"schema": "stormwalk-flaky/1", "steps": [asdict(one) for one in found]}))
    else:
        print(no_command("\n".join(flaky_lines(found))))
    return 0
