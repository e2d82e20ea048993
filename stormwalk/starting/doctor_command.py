"""`python -m stormwalk doctor`: what is missing, and what to do about it."""

from __future__ import annotations

import argparse
from pathlib import Path

from stormwalk.config.usual import USUAL_PROJECTS, usual_project
from stormwalk.reporting.command import add_store, store_of
from stormwalk.reporting.words import count
from stormwalk.starting.doctor import Finding, Patient, looks


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "doctor",
        help="see whether everything is there that a run needs",
        description="See whether browser, project file, secrets, application, sign-in, webhooks and store are there.",
        epilog="Exit codes: 0 all is well, 2 something has to be done, which its line says.",
    )
    usual = " or ".join(map(str, USUAL_PROJECTS))
    parser.add_argument("--project", metavar="FILE", type=Path, help=f"the project file (default: {usual})")
    parser.add_argument("--base-url", metavar="URL", help="where the application runs already")
    add_store(parser, below_root=True)
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="folder of reports/ and screenshots/")
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    project = options.project or usual_project()
    store = str(store_of(options))
    wrong = 0
    for finding in looks(Patient(project_file=project, store_url=store, base_url=options.base_url)):
        print(_line(finding), flush=True)
        wrong += finding.good is False
    print(f"\n{count(wrong, 'thing')} to do." if wrong else "\nAll is well.")
    return 2 if wrong else 0


def _line(finding: Finding) -> str:
    mark = {True: "✓", False: "✗", None: "·"}[finding.good]
    # A message of several lines stays below its subject.
    told = finding.told.replace("\n", "\n    ")
    return f"{mark} {finding.subject}: {told}"
