"""Finds a browser that starts, or installs one. Runs with the virtual environment's Python.

python -m tools.install_browser [--headed] [--title "[3/3] Browser"]
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from stormwalk.browser import Browser, check_launch, find_browser, three_ways
from stormwalk.errors import BrowserDoesNotStart, BrowserError, BrowserNotFound, StormwalkError
from tools import apt
from tools.stages import CommandFailed, Deadline, Outcome, SetUpError, run, stage

DOWNLOAD_SECONDS = 300.0
MEMORY = Path(sys.prefix) / "stormwalk-browsers.json"


def ensure_browser(*, headed: bool, deadline: Deadline, outcome: Outcome, memory: Path = MEMORY) -> Browser:
    """A browser that was seen to start; installed by the first way that works here."""
    _ensure_driver(deadline, memory)
    try:
        return _usable(headed=headed, outcome=outcome, memory=memory)
    except BrowserError as error:
        first = error
    failures = []
    for way in (_playwright_download, _system_packages):
        try:
            way(headed=headed, deadline=deadline)
            return _usable(headed=headed, outcome=outcome, memory=memory)
        except (SetUpError, BrowserError) as error:
            failures.append(str(error))
    raise SetUpError("\n".join([*failures, "", _last_word(first, headed=headed)]))


def _ensure_driver(deadline: Deadline, memory: Path) -> None:
    """Playwright steers every browser with a program of its own, and a slim Debian lacks a library of it."""
    if _read(memory):
        return  # A browser was made ready with it before.
    try:
        run([sys.executable, "-m", "playwright", "--version"], deadline=deadline)
    except CommandFailed as error:
        if "libatomic.so.1" not in str(error):
            raise
        apt.require(["libatomic1"], "libatomic.so.1, which Playwright needs,", deadline)


def _last_word(first: BrowserError, *, headed: bool) -> str:
    return str(first) if isinstance(first, BrowserDoesNotStart) else three_ways(headed=headed)


def _usable(*, headed: bool, outcome: Outcome, memory: Path) -> Browser:
    browser = find_browser(headed=headed)
    if _is_known_to_start(browser, memory):
        outcome.note = f"{browser.path}, already there"
        return browser
    check = check_launch(browser)
    outcome.note = f"{browser.path}, starts"
    if check.sandbox_refusal:
        outcome.note += f"\n      without its sandbox, which this system refuses: {check.sandbox_refusal}"
    _remember(browser, memory)
    return browser


def _is_known_to_start(browser: Browser, memory: Path) -> bool:
    return _read(memory).get(str(browser.path)) == _identity(browser)


def _remember(browser: Browser, memory: Path) -> None:
    known = {**_read(memory), str(browser.path): _identity(browser)}
    memory.write_text(json.dumps(known, indent=1), encoding="utf-8")


def _read(memory: Path) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(memory.read_text(encoding="utf-8"))
        if isinstance(known, dict):
            return known
    return {}


def _identity(browser: Browser) -> str:
    """Changes with every update of the browser, and with the user, on whom its sandbox depends."""
    # Debian's /usr/bin/chromium is a script of its package's age, so its own time changes with the package too.
    status = browser.path.stat()
    return f"{status.st_mtime_ns} {status.st_size} {os.geteuid()}"


def _playwright_download(*, headed: bool, deadline: Deadline) -> None:
    part = "--no-shell" if headed else "--only-shell"
    with _named("Playwright's download"):
        command = [sys.executable, "-m", "playwright", "install", part, "chromium"]
        run(command, deadline=deadline, at_most=DOWNLOAD_SECONDS)
    try:
        check_launch(find_browser(headed=headed))
    except BrowserDoesNotStart:
        # On a slim system the libraries are missing; Playwright knows which, and needs root for them.
        if not apt.may_install():
            raise
        with _named("Playwright's libraries"):
            run([sys.executable, "-m", "playwright", "install-deps", "chromium"], deadline=deadline)


def _system_packages(*, headed: bool, deadline: Deadline) -> None:
    if not apt.is_debian() or not apt.is_here():
        raise BrowserNotFound("This system's own packages: none that we can install here.")
    # Without a font every picture would show boxes for letters.
    packages = ["chromium", "chromium-sandbox"] if headed else ["chromium-headless-shell"]
    packages.append("fonts-liberation")
    if not apt.may_install():
        raise BrowserNotFound(f"This system's own packages need root:\n  {apt.command(packages)}")
    with _named("This system's own packages"):
        apt.install(packages, deadline)


@contextlib.contextmanager
def _named(way: str) -> Iterator[None]:
    print(f"{way} … ", end="", flush=True)
    try:
        yield
    except SetUpError as error:
        raise SetUpError(f"{way}: {error}") from error


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.install_browser", description="Finds or installs a browser.")
    parser.add_argument("--headed", action="store_true", help="one that can open a window")
    parser.add_argument("--title", default="Browser", help="what the progress line begins with")
    options = parser.parse_args(arguments)
    try:
        with stage(options.title) as outcome:
            deadline = Deadline.from_environ(os.environ)
            ensure_browser(headed=options.headed, deadline=deadline, outcome=outcome)
    except (SetUpError, StormwalkError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
