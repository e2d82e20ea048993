"""A storm that is cut off in the middle: by Ctrl-C, by the death of the browser, of the application or of pytest.

Nothing hangs, what was seen is kept, it is said what happened, and the next run finds nothing left over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from stormwalk.model import Run, Status
from stormwalk.storm_judgement import StormVerdict
from tests.chaos.harbour import PROJECT, StormProject
from tests.demo_app.shop import ROOT
from tests.plugged import press_ctrl_c, read_until

WAITS = """
class Pier(Quay):
    @step("Wait for what is held")
    def wait(self): self.page.evaluate("fetch('/api/held').then(one => one.text())")

def test_buys(walk_as):
    quay = Pier(walk_as("sam").page)
    quay.visit()
    quay.buy()
    if "control" not in os.environ["PYTEST_CURRENT_TEST"]: print("in the storm")
    quay.wait()
"""
STEPS = """
import signal, subprocess

def below(pid, *further):
    found = subprocess.run(["pgrep", "-P", str(pid), *further], capture_output=True, text=True)
    return [int(one) for one in found.stdout.split()]

class Wreck(Quay):
    @step("Lose the browser")
    def lose_browser(self):
        self.page.wait_for_timeout(300)  # a picture that is being taken would go with the browser
        for child in below(os.getpid()):
            for browser in below(child, "-f", "user-data-dir="):
                for pid in [*below(browser), browser]: os.kill(pid, signal.SIGKILL)
        self.page.goto("/")

    @step("Lose the application")
    def lose_application(self):
        os.kill(int(self.page.evaluate("fetch('/api/pid').then(one => one.text())").strip('"')), signal.SIGKILL)
        self.page.goto("/")

def test_wreck(walk_as):
    wreck = Wreck(walk_as("sam").page)
    wreck.visit()
    wreck.buy()
    if "control" not in os.environ["PYTEST_CURRENT_TEST"]: wreck.ACTION()
"""
# The harbour in a process of its own, which can be killed.
APPLICATION = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from tests.chaos.harbour import Harbour
with Harbour(int(sys.argv[1])) as harbour:
    harbour.answers["/api/pid"] = str(os.getpid())
    time.sleep(600)
"""
SLOW = "latency:30ms @ /api/**"


def begin(project: StormProject) -> subprocess.Popen[str]:
    """A run that stands in the middle of a storm, with a call that has no end."""
    project.journeys(WAITS)
    process = project.start("journeys", "-s", "--chaos-controls", "1", "--chaos-plan", "hang @ GET /api/held")
    read_until(process, "in the storm")
    return process


def ended(process: subprocess.Popen[str]) -> str:
    """What else it prints until it ends; it must not hang."""
    output, _ = process.communicate(timeout=60)
    return output


def expect_clean(project: StormProject) -> None:
    """The next run is walked as if there had never been another."""
    project.journeys(WAITS.replace("    quay.wait()\n", ""))
    result = project.storm("--chaos-plan", SLOW)
    result.assert_outcomes(passed=2)
    assert result.ret == 0
    assert project.runs[-1].journeys[-1].status is Status.PASSED


def expect_kept(project: StormProject, run: Run) -> None:
    """The steps that were walked are there, with their pictures; the very last picture may have been on its way."""
    control, storm = run.journeys
    for journey in (control, storm):
        assert [(one.name, one.status) for one in journey.steps[:2]] == [
            ("Open the quay", Status.PASSED),
            ("Buy", Status.PASSED),
        ]
    for one in (*control.steps, storm.steps[0]):
        assert one.picture is not None
        assert (project.root / one.picture.path).is_file()


def test_ctrl_c_ends_a_storm_in_order_and_the_next_run_is_clean(storms: StormProject) -> None:
    process = begin(storms)
    press_ctrl_c(process)
    output = ended(process)

    assert process.returncode == 2, output
    assert "INTERNALERROR" not in output
    assert "the run was interrupted" in output
    run = storms.runs[-1]
    assert run.interrupted
    expect_kept(storms, run)
    assert run.storm is not None
    assert run.storm.judgement is not None
    assert [one.verdict for one in run.storm.judgement.experiments] == [StormVerdict.INCONCLUSIVE]
    assert (storms.root / "reports" / run.id / "chaos.html").is_file()
    expect_clean(storms)


@pytest.mark.catalogue
def test_a_run_that_was_killed_has_kept_what_was_walked(storms: StormProject) -> None:
    process = begin(storms)
    os.killpg(process.pid, signal.SIGKILL)
    ended(process)

    expect_kept(storms, storms.runs[-1])
    assert storms.runs[-1].finished_at is None
    judged = subprocess.run(
        [sys.executable, "-m", "chaos", "judge", "--project", "harbour.toml"],
        cwd=storms.root,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert judged.returncode == 2, judged.stderr
    assert "the run ended in the middle of it" in judged.stdout
    expect_clean(storms)


@pytest.mark.catalogue
@pytest.mark.parametrize(
    ("action", "words"),
    [("lose_browser", "run it again"), ("lose_application", "is it running, and at this address?")],
)
def test_what_is_killed_in_the_middle_is_an_error_and_proves_nothing(
    storms: StormProject, action: str, words: str
) -> None:
    start = '["{python}", "application.py", "{port}"]'
    storms.write("application.py", APPLICATION)
    storms.write(
        "harbour.toml",
        PROJECT.format(url="URL").replace('base_url = "URL"', f'start = {start}\nready = "/"\nfolder = "."'),
    )
    storms.journeys(STEPS.replace("ACTION", action))
    result = storms.storm("--chaos-plan", SLOW)

    output = result.stdout.str()
    assert result.ret == 2, output
    assert words in output
    run = storms.runs[-1]
    expect_kept(storms, run)
    assert [one.status for one in run.journeys] == [Status.PASSED, Status.ERROR]
    assert run.storm is not None
    assert run.storm.judgement is not None
    (found,) = run.storm.judgement.experiments
    assert found.verdict is StormVerdict.INCONCLUSIVE
    assert not found.troubles
