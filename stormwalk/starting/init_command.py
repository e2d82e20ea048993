"""`python -m stormwalk init`: a project of one's own, drafted from the live page."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from stormwalk.browser import check_launch, find_browser
from stormwalk.config.values import http_url
from stormwalk.errors import UsageError
from stormwalk.starting.drafting import drafted
from stormwalk.starting.survey import survey


def register(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "init",
        help="begin with an application of your own: project file, page object and journey",
        description="Look at a live page, and write a project file, a page object and a journey that is green at once.",
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="where they are written; it may exist")
    parser.add_argument("--base-url", metavar="URL", required=True, help="the address of a page that runs already")
    parser.add_argument("--name", help="what the application is called (default: as the page calls itself)")
    parser.set_defaults(handle=handle)


def handle(options: argparse.Namespace) -> int:
    """Do what the command line says. Raises StormwalkError for what cannot be done."""
    base_url = _address(options.base_url)
    browser = find_browser(headed=False)
    seen = survey(base_url, browser, sandbox=check_launch(browser).sandbox)
    files = drafted(seen, options.name or re.sub(r"\s+", " ", seen.title)[:80] or "My application")
    _write(options.folder, files)
    for name in files:
        print(f"written: {options.folder / name}")
    print(f"\nNow walk it:  cd {options.folder} && python -m pytest")
    print("And see what is missing:  python -m stormwalk doctor --project project.toml")
    return 0


def _address(given: str) -> str:
    try:
        return http_url(given)
    except ValueError as problem:
        raise UsageError(f"--base-url: {problem}") from None


def _write(folder: Path, files: dict[str, str]) -> None:
    """All of them or none: what is there already stays as it is."""
    there = [name for name in files if (folder / name).exists()]
    if there:
        raise UsageError(f"{folder / there[0]} is there already; name another folder, or move it away")
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"{folder} cannot be written: {problem.strerror}") from problem
