"""A project of somebody else's, with journeys in it, for pytest runs of its own."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stormwalk.browser import BROWSER_VARIABLE, find_browser
from stormwalk.model import Journey, Run
from tests.walking import runs_of
from tests.warm import WarmPytest

JOURNEY = """
import os
import pytest
from playwright.sync_api import expect
from stormwalk.journey import step
from stormwalk.page import PageObject

class Shop(PageObject):
    @step("Open the shop")
    def visit(self): self.open()

    @step("Paint {number}")
    def paint(self, number): self.page.get_by_role("button", name="Next").click()

    @paint.confirm
    def is_painted(self, number): expect(self.page.get_by_role("status")).to_have_text(str(number))

    @step("Buy")
    def buy(self):
        with self.page.expect_event("requestfinished"):
            self.page.get_by_role("button", name="Buy").click()

    @step("Press {button}", role_check=True)
    def press(self, button): self.page.get_by_role("button", name=button).click()

    @step("Read the receipt")
    def read_receipt(self): expect(self.page.get_by_role("heading", name="Receipt")).to_be_visible(timeout=200)
"""


@functools.cache
def warm_pytest() -> WarmPytest:
    """One for each worker; it ends with it."""
    return WarmPytest()


class Plugged:
    """A folder with a project file and journeys, and the pytest runs in it."""

    def __init__(self, pytester: pytest.Pytester, base_url: str) -> None:
        self.pytester = pytester
        self.root = pytester.path
        self.base_url = base_url
        self.write("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n')
        self.write(
            "shop.toml",
            f'name = "Small shop"\n[application]\nbase_url = "{base_url}"\n[roles.shopper.actors]\n'
            'sam = { username = "sam", password = "Passw0rd-Sam" }\n'
            'kim = { username = "kim", password = "Passw0rd-Kim" }\n',
        )

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def journeys(self, text: str, name: str = "test_shop.py") -> None:
        self.write(name, JOURNEY + text)

    def run(self, *arguments: str) -> pytest.RunResult:
        return warm_pytest().run(self.root, *arguments, timeout=240)

    def walk(self, *arguments: str) -> pytest.RunResult:
        return self.run("--project", "shop.toml", *arguments)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A run in a process group of its own, as a shell gives it, so that Ctrl-C can be pressed."""
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    @property
    def runs(self) -> list[Run]:
        return runs_of(self.root)

    @property
    def last(self) -> dict[str, Journey]:
        """The journeys of the newest run by the names of their tests."""
        return {
            journey.nodeid.rpartition("::")[2].removesuffix("[chromium]"): journey for journey in self.runs[-1].journeys
        }


def told(journey: Journey) -> list[tuple[str, str]]:
    return [(one.name, one.status.value if one.status else "") for one in journey.steps]


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGINT)


def read_until(process: subprocess.Popen[str], words: str, seconds: float = 60) -> str:
    """What the process printed until the words came."""
    assert process.stdout is not None
    deadline, said = time.monotonic() + seconds, ""
    while words not in said:
        line = process.stdout.readline()
        assert line, f"it ended without {words!r}:\n{said}"
        assert time.monotonic() < deadline
        said += line
    return said


def playwright_folder() -> Path:
    """Where Playwright has its own browsers and the program that makes videos."""
    usual = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    return Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or usual)


def use_our_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytester gives its runs another home, where Playwright's browsers are not."""
    monkeypatch.setenv(BROWSER_VARIABLE, str(find_browser(headed=False).path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(playwright_folder()))
