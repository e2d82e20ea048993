"""`python -m stormwalk access draft`: begin a matrix from what is known already."""

from __future__ import annotations

import argparse
from pathlib import Path

from stormwalk.access.har import har_sights
from stormwalk.access.observed import run_sights
from stormwalk.access.openapi import openapi_sights
from stormwalk.access.sights import Sight, draft
from stormwalk.config import Project, load_project
from stormwalk.config.file import shown
from stormwalk.errors import UsageError
from stormwalk.reading import read_run
from stormwalk.reporting.command import add_store, choose, open_store, store_of
from stormwalk.reporting.words import count

PROJECT = Path("projects", "demo.toml")

LATEST = object()
"""`--run` without an id, which is not an id that somebody left empty."""


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "draft",
        help="begin a matrix from an OpenAPI file, a HAR file or a run",
        description="Begin the matrix of a project. What is written is a draft that a person has to confirm.",
    )
    parser.add_argument("--project", metavar="FILE", type=Path, default=PROJECT, help=f"default: {PROJECT}")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--openapi", metavar="FILE", type=Path, help="an OpenAPI 3 document in JSON")
    source.add_argument("--har", metavar="FILE", type=Path, help="a HAR file, as browsers export it")
    source.add_argument("--run", nargs="?", const=LATEST, metavar="RUN", help="a recorded run (default: the latest)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where to write it (default: to the console)")
    parser.add_argument("--force", action="store_true", help="write also where there is a file already")
    add_store(parser)
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    project = load_project(options.project)
    if options.output is not None and options.output.exists() and not options.force:
        raise UsageError(f"{shown(options.output)} is there already; name another file, or write over it with --force")
    sights, source = _sights(options, project)
    text, endpoints = draft(sights, source)
    if not endpoints:
        root = project.application.api_root or "/"
        raise UsageError(f"nothing below {root} was found in {source}; see application.api_root in {project.file}")
    if options.output is None:
        print(text, end="")
        return 0
    _write(options.output, text, force=options.force)
    print(f"Draft: {shown(options.output)}, {count(endpoints, 'endpoint')}. Confirm it line by line, then name it in")
    print(f'{project.file}: [access] include = "FILE", relative to that file.')
    return 0


def _sights(options: argparse.Namespace, project: Project) -> tuple[list[Sight], str]:
    """What was met, and where."""
    if options.openapi is not None:
        return openapi_sights(options.openapi, project.application.api_root), shown(options.openapi)
    if options.har is not None:
        return har_sights(options.har, project), shown(options.har)
    with open_store(store_of(options)) as store:
        chosen = choose(store.runs(), None if options.run is LATEST else options.run)
        return run_sights(read_run(store, chosen.id), project), f"run {chosen.id}"


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already; write over it with --force") from None
    except OSError as problem:
        raise UsageError(f"{path}: cannot be written: {problem.strerror}") from problem
