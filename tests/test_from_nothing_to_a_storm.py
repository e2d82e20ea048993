"""A stranger follows `docs/your-own-application.md` with the embedded shop, from its first command to its last."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo_app.shop import ROOT, running_shop
from tests.test_your_own_application import PAGE

INSTALLED = "pip install -e path/to/stormwalk"
WATCHED = "python -m dashboard --store reports/stormwalk.db"
# The exit code of each command. One that the page says and that does not stand here is tried by nobody.
CODES = {
    "python -m stormwalk init e2e --base-url http://127.0.0.1:8000": 0,
    "cd e2e": 0,
    "python -m pytest": 0,
    "python -m stormwalk doctor": 0,
    "python -m stormwalk access draft --project project.toml --run --output access.toml": 0,
    "python -m stormwalk access check --project project.toml": 0,
    "python -m pytest --chaos": 0,
    "python -m pytest --chaos-plan lost-reply": 2,  # a journey that only looks gives it nothing to strike
    "python -m pytest their_tests --project project.toml --chaos-plan outage": 0,
    "python -m pytest -n 2": 0,
}
THEIRS = """
from playwright.sync_api import Page, expect


def test_products(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Storm Lantern")).to_be_visible()
"""


def commands() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_each_command_of_the_page_is_tried() -> None:
    assert {INSTALLED, WATCHED, *CODES} == set(commands())


class Stranger:
    """Somebody at a shell, whose application runs at `url`."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self._url = url
        self._environ = {**os.environ, "PYTHONPATH": str(ROOT)}

    def types(self, command: str) -> tuple[int, str]:
        """Exit code, and what was said."""
        words = [sys.executable if one == "python" else one for one in shlex.split(command)]
        if words[0] == "cd":
            self.folder /= words[1]
            return 0, ""
        words = [one.replace("http://127.0.0.1:8000", self._url) for one in words]
        # What chance spares is inconclusive: the same storm each time.
        words += ["--chaos-seed", "b9c05757"] if "--chaos" in command else []
        done = subprocess.run(
            words, cwd=self.folder, env=self._environ, capture_output=True, text=True, timeout=300, errors="replace"
        )
        return done.returncode, done.stdout + done.stderr

    def watches(self) -> str:
        """The first line of a dashboard that runs."""
        words = [sys.executable, *shlex.split(WATCHED)[1:], "--port", "0"]
        with subprocess.Popen(
            words, cwd=self.folder, env={**self._environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            try:
                return process.stdout.readline()
            finally:
                process.terminate()

    def names_the_matrix(self) -> None:
        """As the draft says that one should."""
        path = self.folder / "project.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r'# (\[access\]\n)# (include = "access.toml"\n)', r"\1\2", text), encoding="utf-8")

    def has_tests_already(self) -> None:
        (self.folder / "their_tests").mkdir()
        (self.folder / "their_tests" / "test_theirs.py").write_text(THEIRS, encoding="utf-8")


@pytest.mark.catalogue
@pytest.mark.timeout(600)
def test_from_nothing_to_a_storm(tmp_path: Path) -> None:
    with running_shop() as (shop, _):
        stranger = Stranger(tmp_path, shop.url)
        for command in commands():
            if command == WATCHED:
                assert "Dashboard: http://127.0.0.1:" in stranger.watches()
            if command not in CODES:
                continue
            if " their_tests " in command:
                stranger.has_tests_already()
            code, said = stranger.types(command)
            assert code == CODES[command], f"{command}\n{said}"
            if "access draft" in command:
                stranger.names_the_matrix()
