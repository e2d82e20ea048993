"""A failure on a machine that stood still is tried again, and no other."""

from __future__ import annotations

import pytest

from tests.standing_still import ATTEMPTS

TEST = """
import os, signal, subprocess, sys, time
attempts = []

def stand_still():
    own = os.getpid()
    stop = f"os.kill({own}, signal.SIGSTOP); time.sleep(1); os.kill({own}, signal.SIGCONT)"
    subprocess.run([sys.executable, "-c", f"import os, signal, time; {stop}"], check=True)

def test_of_time():
    attempts.append(1)
    if STILL:
        stand_still()
    assert len(attempts) > GOOD_AFTER
"""


@pytest.fixture
def outcome(pytester: pytest.Pytester, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PYTHONPATH", str(request.config.rootpath))
    still, good_after = request.param
    pytester.makeconftest('pytest_plugins = ["tests.standing_still"]')
    pytester.makepyfile(TEST.replace("STILL", still).replace("GOOD_AFTER", good_after))
    result = pytester.runpytest_subprocess("-p", "no:stormwalk", "-p", "no:stormwalk_chaos", timeout=120)
    return result.stdout.str()


@pytest.mark.parametrize("outcome", [("len(attempts) == 1", "1")], indirect=True)
def test_what_failed_while_the_machine_stood_still_is_run_again_and_named(outcome: str) -> None:
    assert "1 passed, 1 rerun" in outcome
    assert "run again, because the machine stood still" in outcome
    assert "test_of_time (call)" in outcome


@pytest.mark.parametrize("outcome", [("True", "9")], indirect=True)
def test_what_fails_each_time_has_failed(outcome: str) -> None:
    assert f"1 failed, {ATTEMPTS} rerun" in outcome


@pytest.mark.parametrize("outcome", [("False", "1")], indirect=True)
def test_what_failed_on_a_machine_that_ran_has_failed_at_once(outcome: str) -> None:
    assert "1 failed in" in outcome
