"""What stands in the way of testing is an error with advice, and what was recorded before it is kept.

Real runs in a subprocess: the application ends, hangs, or the browser is killed in the middle of a journey.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from stormwalk.model import Run, Status
from stormwalk.reading import read_run
from stormwalk.store import Store

APPLICATION = """
import http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/die":
            os._exit(3)
        if self.path == "/hang":
            time.sleep(600)
        body = b"<h1>Front</h1><a href=/die>Die</a> <a href=/hang>Hang</a>"
        self.send_response(200); self.send_header("Content-Type", "text/html"); self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
# One thread, so that a call that hangs makes the whole application hang.
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

JOURNEY = """
import os, re, signal, subprocess, threading
from playwright.sync_api import expect
from stormwalk.journey import step
from stormwalk.page import PageObject

def below(pid, *further):
    found = subprocess.run(["pgrep", "-P", str(pid), *further], capture_output=True, text=True)
    return [int(one) for one in found.stdout.split()]

def kill():
    for child in below(os.getpid()):
        for browser in below(child, "-f", "user-data-dir="):
            # On Debian the browser is the child of a small script.
            for pid in [*below(browser), browser]: os.kill(pid, signal.SIGKILL)

class Front(PageObject):
    @step("Open the front page")
    def visit(self): self.open()

    @step("Follow {name}")
    def follow(self, name):
        self.page.get_by_role("link", name=name).click(timeout=1500)
        expect(self.page.get_by_role("heading", name="Nowhere")).to_be_visible(timeout=500)

    @step("Lose the browser")
    def lose_browser(self):
        self.page.wait_for_timeout(300)  # a picture that is being taken would go with the browser
        kill()
        self.page.goto("/")

    @step("Lose the browser while it is looked for something")
    def lose_browser_while_looking(self):
        threading.Timer(0.7, kill).start()
        expect(self.page.get_by_role("heading", name="Nowhere")).to_be_visible(timeout=20_000)

    @step("Lose Playwright")
    def lose_playwright(self):
        self.page.wait_for_timeout(300)
        for driver in below(os.getpid(), "-f", "run-driver"): os.kill(driver, signal.SIGKILL)
        self.page.goto("/")

    @step("Lose the page")
    def crash(self):
        session = self.page.context.new_cdp_session(self.page)
        try: session.send("Page.crash", timeout=2000)
        except Exception: pass
        expect(self.page.get_by_role("heading")).to_be_visible(timeout=1000)

def test_it(visitor):
    front = Front(visitor.page)
    front.visit()
    ACTION
"""

PROJECT = """
name = "Hard times"
[application]
start = ["{python}", "application.py", "{port}"]
ready = "/"
folder = "."
[budgets]
navigation = "3 s"
"""


@dataclass(frozen=True)
class Ended:
    """What a run came to."""

    code: int
    output: str
    run: Run
    home: Path


def walk(home: Path, action: str) -> Ended:
    (home / "application.py").write_text(APPLICATION)
    (home / "test_it.py").write_text(JOURNEY.replace("ACTION", action))
    (home / "project.toml").write_text(PROJECT)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", "--project", "project.toml", "."]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, start_new_session=True)
    store = Store.open(home / "reports" / "stormwalk.db")
    try:
        run = read_run(store, store.latest_run() or "")
    finally:
        store.close()
    return Ended(done.returncode, done.stdout + done.stderr, run, home)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        pytest.param('front.follow("Die")', ("stopped answering", "still runs"), id="the application ends"),
        pytest.param('front.follow("Hang")', ("stopped answering", "still runs"), id="the application hangs"),
        pytest.param("front.lose_browser()", ("closed", "run it again"), id="the browser is killed"),
        pytest.param("front.lose_browser_while_looking()", ("killed", "run it again"), id="killed in an assertion"),
        pytest.param("front.lose_playwright()", ("closed", "run it again"), id="what drives the browser is killed"),
        pytest.param("front.crash()", ("crashed", "run it again"), id="the page crashes"),
    ],
)
def test_what_stands_in_the_way_is_an_error_with_advice(tmp_path: Path, action: str, words: tuple[str, str]) -> None:
    ended = walk(tmp_path, action)
    first, last, *_ = ended.run.journeys[0].steps
    assert (first.status, last.status) == (Status.PASSED, Status.ERROR), ended.output
    assert all(word in last.reason for word in words)
    assert last.reason in ended.output.replace("\n    ", " ") or words[0] in ended.output
    assert ended.code == 2
    assert first.picture is not None
    assert (ended.home / first.picture.path).stat().st_size > 0


def test_evidence_that_cannot_be_kept_is_an_error_of_the_run_and_the_journey_goes_on(tmp_path: Path) -> None:
    (tmp_path / "screenshots").write_text("a file stands where the folder should be")
    ended = walk(tmp_path, "front.visit()")
    assert [step.status for step in ended.run.steps] == [Status.PASSED, Status.PASSED]
    assert "evidence could not be kept" in ended.output
    assert ended.code == 2


def test_a_store_that_cannot_be_opened_ends_the_run_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands where the folder should be")
    (tmp_path / "project.toml").write_text('name = "x"\n[application]\nbase_url = "http://127.0.0.1:9"\n')
    (tmp_path / "test_it.py").write_text("def test_it(page): pass\n")
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", "--project", "project.toml", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "stormwalk:" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_store_that_refuses_in_the_middle_ends_the_run_in_order(tmp_path: Path) -> None:
    """The table of events goes away, which is for the run what a full disk is."""
    lose = (
        "import sqlite3; there = sqlite3.connect('reports/stormwalk.db', timeout=9)"
        "; there.execute('DROP TABLE stormwalk_events'); there.commit(); front.visit()\n\n"
        "def test_never(visitor): Front(visitor.page).visit()\n"
    )
    (tmp_path / "application.py").write_text(APPLICATION)
    (tmp_path / "test_it.py").write_text(JOURNEY.replace("ACTION", lose))
    (tmp_path / "project.toml").write_text(PROJECT)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", ".", "--project", "project.toml", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, start_new_session=True)
    output = done.stdout + done.stderr
    assert done.returncode == 2, output
    assert "INTERNALERROR" not in output
    assert "Traceback" not in output
    assert output.count("error: The store ") == 1
    assert len(output.splitlines()) < 60
    assert "test_never" not in output
