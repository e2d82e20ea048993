"""Signals while a run goes on, while it ends, and when somebody insists: in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from stormwalk.interrupts import SIGNALS, Interrupts

RUN = """
import signal, sys, time
from stormwalk.interrupts import Interrupts
watched = Interrupts()
watched.install()
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("ending", flush=True)
sys.stdin.readline()
print("ended", flush=True)
watched.uninstall()
print("leaving", flush=True)
sys.stdin.readline()
sys.exit(7)
"""


@pytest.fixture
def run() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", RUN]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def told(process: subprocess.Popen[str]) -> str:
    """The next line on stderr that says something, so that the signal has been dealt with."""
    assert process.stderr is not None
    while not (line := process.stderr.readline().strip()):
        pass
    return line


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_ends_the_run_and_the_second_does_not_disturb_its_end(
    run: subprocess.Popen[str], number: signal.Signals
) -> None:
    run.send_signal(number)
    assert said(run) == "ending"
    run.send_signal(signal.SIGINT)
    assert "once more stops it at once" in told(run)
    go_on(run)
    assert said(run) == "ended"
    assert said(run) == "leaving"
    run.send_signal(signal.SIGINT)
    go_on(run)
    assert run.wait(20) == 7


def test_who_insists_is_obeyed_at_once_with_code_2(run: subprocess.Popen[str]) -> None:
    run.send_signal(signal.SIGINT)
    assert said(run) == "ending"
    run.send_signal(signal.SIGTERM)
    assert "report is being written" in told(run)
    run.send_signal(signal.SIGTERM)
    assert run.wait(20) == 2
    assert "report is missing" in told(run)


def test_what_the_process_ignores_stays_ignored_and_what_was_there_comes_back() -> None:
    before = signal.getsignal(signal.SIGHUP), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        interrupts = Interrupts()
        interrupts.install()
        os.kill(os.getpid(), signal.SIGHUP)
        assert (signal.getsignal(signal.SIGHUP), interrupts.asked) == (signal.SIG_IGN, 0)
        interrupts.uninstall()
        assert signal.getsignal(signal.SIGTERM) == before[1]
    finally:
        signal.signal(signal.SIGHUP, before[0])


def test_a_run_that_is_ending_only_counts_and_one_that_swallowed_it_is_told_again() -> None:
    interrupts = Interrupts()
    interrupts.install()
    try:
        interrupts.raise_if_asked()
        interrupts.hold()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            interrupts.raise_if_asked()
    finally:
        interrupts.asked = 0
        interrupts.uninstall()
