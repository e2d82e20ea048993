"""`python -m stormwalk access`: what there is to do with the permission matrix of a project."""

from __future__ import annotations

import argparse

from stormwalk.access import check_command, draft_command, findings_command

# As the verbs of `stormwalk.__main__`: a module with `register`, which adds its parser and names who handles it.
VERBS = (check_command, findings_command, draft_command)


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb and its own verbs to the command line."""
    parser = verbs.add_parser(
        "access",
        help="who may do what: check the matrix, show a finding again, draft a matrix",
        description="What there is to do with a permission matrix.",
    )
    inner = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for verb in VERBS:
        verb.register(inner)
