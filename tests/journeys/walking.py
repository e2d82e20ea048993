"""Walks journeys in a pytest of its own against a shop of its own, and keeps what it leaves in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stormwalk.model import Run, Status, Step
from stormwalk.reading import read_run
from stormwalk.store import Store
from tests.demo_app.shop import ROOT, running_shop

# A red step waits for as long as this. Long enough for a busy machine to show what is there.
_EXPECT = "4 s"
# What the shop signs tokens with; the access check signs some too.
KEY = {"DEMO_APP_SIGNINGKEY": "the-key-of-a-shop-that-lives-as-long-as-a-walk"}


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk left: its exit code, what the console showed, and the one run in its store."""

    exit_code: int
    console: str
    run: Run
    root: Path

    @property
    def red(self) -> Step | None:
        """The first step that is neither passed nor skipped."""
        return next((step for step in self.run.steps if step.status in (Status.FAILED, Status.ERROR, None)), None)


def walk(root: Path, *arguments: str, defects: str = "") -> Walk:
    """Starts a shop with these defects, walks, and stops it. `arguments` are pytest's: files, `-n`, ..."""
    with running_shop(*(("--defects", defects) if defects else ()), **KEY) as (shop, _):
        return walk_at(shop.url, root, *arguments)


def walk_at(url: str, root: Path, *arguments: str, cwd: Path = ROOT) -> Walk:
    """Walks in a shop that runs already. A project file that lies in the folder is taken as it is."""
    command = [sys.executable, "-m", "pytest", *arguments, *_options(root, url)]
    done = subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=240)
    console = done.stdout + done.stderr
    with Store.open(root / "walk.db") as store:
        runs = store.runs()
        assert runs, f"there is no run in the store:\n{console}"
        return Walk(done.returncode, console, read_run(store, runs[0].id), root)


def _options(root: Path, url: str) -> list[str]:
    # What a walk leaves goes to its rootdir, so that the checkout's own reports stay as they are.
    return [f"--rootdir={root}", f"--project={write_project(root)}", f"--store={root / 'walk.db'}", f"--base-url={url}"]


def copy_journeys(root: Path) -> None:
    """Journeys, their pages and the settings of pytest, for a walk that names them as it does in the checkout."""
    for name in ("journeys", "pages"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)


def write_project(root: Path) -> Path:
    """The shop's project, with a user who waits less long; one that lies there already is taken as it is."""
    file = root / "demo.toml"
    if file.exists():
        return file
    original = (ROOT / "projects/demo.toml").read_text(encoding="utf-8")
    impatient = original.replace('expect = "5 s"', f'expect = "{_EXPECT}"')
    assert impatient != original, "the project file no longer says how long a user waits"
    file.write_text(impatient, encoding="utf-8")
    matrix = (ROOT / "projects/demo-access.toml").read_text(encoding="utf-8")
    (root / "demo-access.toml").write_text(matrix, encoding="utf-8")
    return file


def environment() -> dict[str, str]:
    # The tests themselves may run in a worker of pytest-xdist, which the walk must not take for its own.
    ours = ("PYTEST_", "STORMWALK_STORE", "DEMO_APP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | KEY
