"""Walks journeys in a pytest of its own against a shop of its own, and keeps what it leaves in a folder of its own."""

from __future__ import annotations

import os
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
    with running_shop(*(("--defects", defects) if defects else ())) as (shop, _):
        command = [sys.executable, "-m", "pytest", *arguments, *_options(root, shop.url)]
        done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, timeout=240)
    console = done.stdout + done.stderr
    with Store.open(root / "walk.db") as store:
        runs = store.runs()
        assert len(runs) == 1, f"one run was expected in the store, {len(runs)} are there:\n{console}"
        return Walk(done.returncode, console, read_run(store, runs[0].id), root)


def _options(root: Path, url: str) -> list[str]:
    # What a walk leaves goes to its rootdir, so that the checkout's own reports stay as they are.
    return [f"--rootdir={root}", f"--project={_project(root)}", f"--store={root / 'walk.db'}", f"--base-url={url}"]


def _project(root: Path) -> Path:
    original = (ROOT / "projects/demo.toml").read_text(encoding="utf-8")
    impatient = original.replace('expect = "5 s"', f'expect = "{_EXPECT}"')
    assert impatient != original, "the project file no longer says how long a user waits"
    file = root / "demo.toml"
    file.write_text(impatient, encoding="utf-8")
    return file


def _environment() -> dict[str, str]:
    # The tests themselves may run in a worker of pytest-xdist, which the walk must not take for its own.
    ours = ("PYTEST_", "STORMWALK_STORE", "DEMO_APP_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}
