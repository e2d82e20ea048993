"""`python -m stormwalk compare RUN RUN`: what two runs differ in."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from stormwalk.history.command import opened
from stormwalk.history.comparison import compare
from stormwalk.history.printed import comparison_lines, json_of
from stormwalk.reporting.command import add_store, find
from stormwalk.reporting.words import no_command


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "compare",
        help="what two runs differ in",
        description="What two runs differ in: new, fixed, still failing, slower beyond the noise.",
        epilog="Exit codes: 1 when something is new, else 0.",
    )
    parser.add_argument("before", metavar="RUN", help="id of the earlier run, or its beginning")
    parser.add_argument("after", metavar="RUN", help="id of the later run, or its beginning")
    parser.add_argument("--json", action="store_true", help="as JSON")
    add_store(parser)
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says; 1 when something is new. Raises StormwalkError for what cannot be done."""
    with opened(options) as store:
        runs = store.runs()
        told = compare(store, find(runs, options.before).id, find(runs, options.after).id)
    if options.json:
        print(json_of({"schema": "stormwalk-compare/1", **asdict(told)}))
    else:
        print(no_command("\n".join(comparison_lines(told))))
    return 1 if told.new else 0
