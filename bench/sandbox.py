"""A folder in which pytest walks the colour journey, apart from the runs of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from stormwalk.browser import find_browser
from stormwalk.store import Store

_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where pytest is run, and against which application. `further` are environment variables."""

    home: Path
    url: str
    journeys: int
    with_evidence: bool = True
    further: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Writes the journey, its conftest and the project file."""
        self.home.mkdir(parents=True)
        project = f'name = "bench"\n[application]\nbase_url = "{self.url}"\n'
        for name, text in (
            ("conftest.py", "from bench.colours_conftest import *\n"),
            ("test_colours.py", "from bench.colours_journey import test_colours\n"),
            ("project.toml", project),
        ):
            (self.home / name).write_text(text, encoding="utf-8")

    @property
    def log(self) -> Path:
        return self.home / "pytest.log"

    def start(self) -> subprocess.Popen[bytes]:
        """Starts pytest in a process group of its own; what it prints goes to `log`."""
        plugin = ["--project", "project.toml"] if self.with_evidence else ["-p", "no:stormwalk"]
        command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", ".", *plugin, "."]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command, cwd=self.home, env=self._environ(), stdout=log, stderr=log, start_new_session=True
            )

    def store(self) -> Store:
        return Store.open(self.home / "reports" / "stormwalk.db")

    def _environ(self) -> dict[str, str]:
        environ = {
            **os.environ,
            **self.further,
            "PYTHONPATH": str(_ROOT),
            "PYTEST_BASE_URL": self.url,
            "COLOURS_JOURNEYS": str(self.journeys),
            "STORMWALK_BROWSER": str(find_browser(headed=False).path),
        }
        environ.pop("STORMWALK_STORE", None)
        return environ
