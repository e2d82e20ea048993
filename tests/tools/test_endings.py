"""Scripts that are stopped end with one line and code 2, whatever they were doing."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WAITS = """
import signal, sys, time
from tools.endings import ends_well
if "ignored" in sys.argv: signal.signal(signal.SIGHUP, signal.SIG_IGN)
def main():
    print("ready", flush=True)
    sys.stdin.readline()
    return 7
sys.exit(ends_well(main))
"""


def started(*arguments: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS, *arguments], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_2_and_one_line(number: signal.Signals) -> None:
    process = started()
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert (process.returncode, said.strip()) == (2, "stopped")


def test_what_is_ignored_stays_ignored_and_the_code_is_that_of_the_script() -> None:
    process = started("ignored")
    process.send_signal(signal.SIGHUP)
    assert process.communicate("\n", timeout=30) == ("", "")
    assert process.returncode == 7


@pytest.mark.parametrize(
    ("what", "stopped_in"),
    [
        ("runpy.run_path('user_flow_runner.py', run_name='__main__')", "pytest.main"),
        ("runpy.run_module('tools.set_up', run_name='__main__')", "argparse.ArgumentParser.parse_args"),
    ],
)
def test_the_runner_and_the_set_up_do_so(what: str, stopped_in: str) -> None:
    module, _, name = stopped_in.partition(".")
    script = f"import runpy, {module}\ndef stop(*_, **__): raise KeyboardInterrupt\n{module}.{name} = stop\n{what}\n"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.strip()) == (2, "stopped")
