"""`python -m stormwalk history`: how it went, run by run; and the file that a CI machine which starts empty reads."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypedDict

from stormwalk.config import load_project
from stormwalk.errors import UsageError
from stormwalk.history.clusters import clusters
from stormwalk.history.flaky import flaky
from stormwalk.history.past import MOST_RUNS
from stormwalk.history.printed import as_csv, as_json, history_lines
from stormwalk.history.state import read_state, state_of, write_state
from stormwalk.history.trend import trend
from stormwalk.model import RunMode
from stormwalk.reporting.command import add_store, open_store, store_of
from stormwalk.reporting.words import no_command
from stormwalk.store import Store


class _Asked(TypedDict):
    """Of which runs."""

    mode: RunMode | None
    branch: str | None
    limit: int


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "history",
        help="how it went, run by run",
        description="How it went, run by run: pass rate, times, resilience, and what failed most often.",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything, as one JSON document")
    form.add_argument("--csv", action="store_true", help="a line for each run, for a spreadsheet")
    parser.add_argument("--mode", choices=[mode.value for mode in RunMode], help="only runs of this mode")
    parser.add_argument("--branch", metavar="NAME", help="only runs of this branch")
    add_common(parser)
    parser.add_argument(
        "--export-state", metavar="FILE", type=Path, help="write what --baseline reads: for machines that start empty"
    )
    parser.add_argument(
        "--baseline", metavar="FILE", type=Path, help="with --export-state: what an earlier machine exported, kept on"
    )
    parser.add_argument(
        "--base-branch", metavar="NAME", help="with --export-state (default: that of the project's gate)"
    )
    parser.set_defaults(handle=handle)


def add_common(parser: argparse.ArgumentParser) -> None:
    """What every question to many runs takes."""
    parser.add_argument("--limit", metavar="N", type=_positive, default=MOST_RUNS, help="how many runs (%(default)s)")
    parser.add_argument("--project-name", metavar="NAME", help="whose runs (default: those of the newest run)")
    parser.add_argument("--project", metavar="FILE", type=Path, help="the project file, instead of its name")
    add_store(parser)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    if options.export_state is None and (options.baseline or options.base_branch):
        raise UsageError("--baseline and --base-branch say what to export: add --export-state FILE")
    with opened(options) as store:
        name = name_of_project(options, store)
        if options.export_state is not None:
            return _export(options, store, name)
        asked = _Asked(mode=RunMode(options.mode) if options.mode else None, branch=options.branch, limit=options.limit)
        told, failures = trend(store, name, **asked), clusters(store, name, **asked)
        if options.json:
            print(as_json(told, flaky(store, name, **asked), failures))
        elif options.csv:
            print(as_csv(told))
        else:
            print(no_command("\n".join(history_lines(told, failures))))
    return 0


def _export(options: argparse.Namespace, store: Store, name: str) -> int:
    branch = options.base_branch or (load_project(options.project).gate.base_branch if options.project else "main")
    given = read_state(options.baseline, name) if options.baseline else None
    state = state_of(store, name, branch, given)
    write_state(options.export_state, state)
    cells = sum(len(base.cells) for base in state.bases)
    print(f"State: {options.export_state} ({cells} cells of {branch}, the last run of {len(state.last)} branches)")
    return 0


def opened(options: argparse.Namespace) -> Store:
    """The store that the command line means. Raises StoreError where there is none."""
    return open_store(store_of(options))


def name_of_project(options: argparse.Namespace, store: Store) -> str:
    """Whose runs are meant. Raises UsageError in an empty store, or for a name that no run has."""
    runs = store.runs()
    if not runs:
        raise UsageError("No run was recorded yet. Walk the journeys first: pytest journeys/")
    wanted: str = options.project_name or (load_project(options.project).name if options.project else runs[0].project)
    known = sorted({run.project for run in runs})
    if wanted not in known:
        raise UsageError(f"No run of {wanted[:80]!r} was recorded; there are runs of: {', '.join(known)[:300]}")
    return wanted


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, got {text[:40]!r}")
    return number
