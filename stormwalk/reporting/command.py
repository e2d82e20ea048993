"""`python -m stormwalk report`: make the reports of a run again, from the store alone."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from stormwalk.errors import StoreError, UsageError
from stormwalk.history import leading_to
from stormwalk.options import STORE_VARIABLE
from stormwalk.reading import read_run
from stormwalk.reporting import formats, write_reports
from stormwalk.reporting.ci import write_summary
from stormwalk.reporting.words import count, moment, run_word, shorten
from stormwalk.store import DEFAULT_URL, Store
from stormwalk.store.summary import RunSummary


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    written = "\n".join(f"  {one.home}/RUN/{one.filename:<14} {one.about}" for one in formats().values())
    parser = verbs.add_parser(
        "report",
        help="make the reports of a run again",
        description="Make the reports of a run again, from the store alone.",
        epilog=f"What is written:\n{written}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", nargs="?", metavar="RUN", help="id of the run, or its beginning (default: the latest)")
    parser.add_argument(
        "--list", action="store_true", help="list the runs of the store, newest first, and write nothing"
    )
    parser.add_argument(
        "--single-file", action="store_true", help="write the report once more as one HTML file with its pictures in it"
    )
    parser.add_argument("--summary", metavar="FILE", type=Path, help="write a summary in Markdown there, too")
    add_store(parser, below_root=True)
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="folder of reports/ and screenshots/")
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    with open_store(store_of(options)) as store:
        runs = store.runs()
        if options.list:
            print("\n".join(map(_line, runs)) or "No run was recorded yet.")
            return 0
        chosen = choose(runs, options.run)
        run = read_run(store, chosen.id)
        written = write_reports(
            store, run, root=options.root, earlier=leading_to(store, run), single_file=options.single_file
        )
    if options.summary:
        write_summary(run, options.summary, {})
    print(f"Report: {written.html}")
    if written.chaos:
        print(f"Chaos report: {written.chaos}")
    if written.single:
        print(f"In one file: {written.single}")
    print(f"Pictures: {written.gallery}")
    return 0


def choose(runs: list[RunSummary], wanted: str | None) -> RunSummary:
    """The run that is meant, with its events still there; UsageError where they were removed. See `find`."""
    found = find(runs, wanted)
    if found.pruned:
        raise UsageError(f"Only the summary is kept of run {found.id}: its events and pictures were removed as old.")
    return found


def find(runs: list[RunSummary], wanted: str | None) -> RunSummary:
    """The run that is meant by an id, by the beginning of one, or by nothing at all (`runs` are newest first)."""
    if not runs:
        raise UsageError("No run was recorded yet. Walk the journeys first: pytest journeys/")
    if wanted is None:
        found = runs[:1]
    else:
        # An empty one is a variable that nobody has set: no run, rather than any.
        begun = [run for run in runs if wanted and run.id.startswith(wanted)]
        found = [run for run in runs if run.id == wanted] or begun
    if not found:
        raise UsageError(
            f"No run is called {shorten(wanted or '', 80)!r}. See them all: python -m stormwalk report --list"
        )
    if len(found) > 1:
        some = ", ".join(run.id for run in found[:4]) + (", ..." if len(found) > 4 else "")
        raise UsageError(f"{count(len(found), 'run')} begin with {wanted!r}: {some}. Write more of the id.")
    return found[0]


def add_store(parser: argparse.ArgumentParser, *, below_root: bool = False) -> None:
    """The option that `store_of` reads; `below_root` says that there is a `--root`, which the usual one lies below."""
    usual = f"ROOT/{DEFAULT_URL}" if below_root else DEFAULT_URL
    parser.add_argument(
        "--store", metavar="URL", help=f"path or URL of the store (default: ${STORE_VARIABLE}, or {usual})"
    )


def store_of(options: argparse.Namespace) -> str | Path:
    """The store that is meant: the one that was named, that of the environment, as for a run, or the usual one."""
    root: Path = getattr(options, "root", Path())
    return options.store or os.environ.get(STORE_VARIABLE) or root / DEFAULT_URL


def open_store(url: str | Path) -> Store:
    """The store, for reading what was recorded. Raises StoreError where there is none."""
    path = _file_of(url)
    # Opening makes a store where there is none, and to ask for a report must not.
    if path is not None and not path.is_file():
        raise StoreError(f"There is no store at {path}. Walk the journeys first, or name the store with --store.")
    return Store.open(url, only_read=True)


def _file_of(url: str | Path) -> Path | None:
    """The file of a store in SQLite; None for a database elsewhere, and for what `Store` will refuse."""
    if isinstance(url, Path) or "://" not in url:
        return Path(url)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return None
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _line(run: RunSummary) -> str:
    steps = count(run.totals.total, "step") if run.totals else ""
    status = run_word(run.flow_status, run.exit_code)
    told = ", ".join(word for word, so in (("interrupted", run.interrupted), ("summary only", run.pruned)) if so)
    return f"{run.id}  {moment(run.started_at)}  {status:<15}  {steps:>9}  {shorten(run.project, 40)}  {told}".rstrip()
