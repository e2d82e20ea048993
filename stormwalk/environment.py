"""With what this process makes a run: its command, the commit, the browser, the versions."""

from __future__ import annotations

import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from stormwalk.config.budgets import PATIENCE_VARIABLE
from stormwalk.model import Environment

_CI_BRANCHES = (
    "GITHUB_HEAD_REF",  # of a pull request; GITHUB_REF_NAME is its number then
    "GITHUB_REF_NAME",
    "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
    "CI_COMMIT_REF_NAME",
    "CHANGE_BRANCH",
    "BRANCH_NAME",
    "BUILDKITE_BRANCH",
    "CIRCLE_BRANCH",
)


def environment_of(root: Path, command: str, *, browser: str) -> Environment:
    """With what this process makes a run; `command` is redacted already."""
    return Environment(
        command=command,
        commit=_said("git", "-C", str(root), "rev-parse", "--short=12", "HEAD"),
        branch=_said("git", "-C", str(root), "branch", "--show-current") or _branch_of_ci(os.environ),
        browser=browser,
        versions=tuple((name, version(name)) for name in ("stormwalk", "playwright", "pytest")),
        platform=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    )


def _branch_of_ci(environ: Mapping[str, str]) -> str:
    """CI servers check a commit out and no branch, and say themselves which one it is of."""
    given = next((environ[name] for name in _CI_BRANCHES if environ.get(name)), "")
    return given.encode("utf-8", "replace").decode()  # the store takes no half of a character


def command_line() -> str:
    """The command that started this process, as it could be typed again, with the patience that it was given."""
    name = Path(sys.argv[0]).name
    program = ["python3", name] if name.endswith(".py") and name != "__main__.py" else ["pytest"]
    patience = os.environ.get(PATIENCE_VARIABLE, "").strip()
    given = f"{PATIENCE_VARIABLE}={shlex.quote(patience)} " if patience else ""
    return given + shlex.join([*program, *sys.argv[1:]])


def browser_version(path: str) -> str:
    """What the browser of this file says that it is; `path` is empty where Playwright takes one of its own."""
    return _said(path, "--version") if path else "chosen by Playwright"


def _said(*command: str) -> str:
    """The first line that a command prints, empty where it cannot be had."""
    try:
        result = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (result.stdout.strip().splitlines() or [""])[0]
