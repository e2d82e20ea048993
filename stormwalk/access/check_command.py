"""`python -m stormwalk access check`: every role at every endpoint, without pytest and without a browser."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from stormwalk.access.alone import Place, check
from stormwalk.events import AccessBreached, AccessProbed, AccessStarted, Event
from stormwalk.reporting.command import add_store
from stormwalk.reporting.console import Style, summary
from stormwalk.reporting.words import count, duration, no_command, shorten


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "check",
        help="try every role at every endpoint of the matrix",
        description="Try every role at every endpoint of the matrix, and every way around it, without a browser.",
        epilog="Exit codes: 1 a finding that is not accepted, 2 something could not be judged, else 0.",
    )
    add_place(parser)
    parser.set_defaults(handle=handle)


def add_place(parser: argparse.ArgumentParser) -> None:
    """The options that say what is tested and where it is kept."""
    parser.add_argument(
        "--project",
        metavar="FILE",
        type=Path,
        default=Path("projects/demo.toml"),
        help="the project file (%(default)s)",
    )
    parser.add_argument("--base-url", metavar="URL", help="where the application runs already")
    add_store(parser, below_root=True)
    parser.add_argument("--root", metavar="DIR", type=Path, default=Path(), help="folder of reports/ and screenshots/")


def place_of(options: argparse.Namespace) -> Place:
    """What the options of `add_place` say."""
    return Place.of(options.project, options.root, options.store, options.base_url)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    command = shlex.join(["python", "-m", "stormwalk", *sys.argv[1:]])
    run, report, code = check(place_of(options), command, progress=_tell)
    if run.interrupted:
        print("Interrupted: what was judged until then stands in the report.\n")
    print(summary(run, report, Style.of(sys.stdout)), end="")
    return code


def _tell(event: Event) -> None:
    match event:
        case AccessStarted():
            roles = count(len(event.roles), "role")
            print(f"Access: {count(len(event.cells), 'cell')} of the matrix, {roles}", flush=True)
        case AccessBreached():
            place = shorten(event.breach.place, 120)
            print(no_command(f"  ✗ {event.breach.rule}  {place}  {shorten(event.breach.proof, 160)}"), flush=True)
        case AccessProbed():
            print(f"  {count(event.probes, 'probe')} in {duration(event.duration_ms)}\n", flush=True)
        case _:
            pass
