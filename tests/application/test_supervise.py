from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stormwalk.application import supervise

FOREVER = "import time; print('up', flush=True); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOREVER}"
# A command that starts another one, as a reloader or a shell does.
FAMILY = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {FOREVER!r}]).wait()"
Start = Callable[[str], "subprocess.Popen[bytes]"]


def command(code: str) -> list[str]:
    return [sys.executable, "-I", "-S", supervise.__file__, "--", sys.executable, "-c", code]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def run(code: str) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        process = subprocess.Popen(command(code), stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, process_group=0)
        started.append(process)
        return process

    yield run
    for process in started:
        process.communicate(timeout=10)


def closed_at(process: subprocess.Popen[bytes]) -> float:
    """Waits until nobody holds the output any more, which says that every process of the group is gone."""
    assert process.stdout is not None
    begun = time.monotonic()
    process.stdout.read()
    return time.monotonic() - begun


@pytest.mark.parametrize(
    ("code", "expected"), [("pass", 0), ("raise SystemExit(7)", 7), ("import os; os.abort()", 134)]
)
def test_hands_on_the_exit_code(start: Start, code: str, expected: int) -> None:
    process = start(code)
    assert process.wait(10) == expected


def test_a_command_that_is_not_there() -> None:
    run = subprocess.run(
        [sys.executable, supervise.__file__, "--", "no-such-command"],
        stdin=subprocess.PIPE,
        capture_output=True,
        text=True,
        process_group=0,
    )
    assert run.returncode == 127
    assert run.stderr.startswith("cannot start no-such-command: ")


def test_without_a_command() -> None:
    assert supervise.main(["--"]) == 2


@pytest.mark.parametrize("code", [FOREVER, DEAF, FAMILY])
def test_a_closed_pipe_ends_the_whole_group(start: Start, code: str) -> None:
    process = start(code)
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"up\n"
    process.stdin.close()
    assert closed_at(process) < 3
    process.stdin = None  # so that communicate() does not flush it


def test_sigterm_ends_the_command_too(start: Start) -> None:
    process = start(FOREVER)
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    assert closed_at(process) < 3
    assert process.wait(5) == 128 + signal.SIGTERM


@pytest.mark.parametrize("code", [FOREVER, DEAF, FAMILY])
def test_nothing_outlives_an_asker_that_is_killed(tmp_path: Path, code: str) -> None:
    asker = f"import subprocess, time; subprocess.Popen({command(code)!r}, stdin=-1, process_group=0); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.kill()
    assert closed_at(process) < 3
    process.communicate()


def test_a_forked_child_that_keeps_the_pipe_does_not_keep_the_command() -> None:
    asker = (
        f"import os, subprocess, time; subprocess.Popen({command(FOREVER)!r}, stdin=-1, process_group=0)\n"
        "if os.fork() == 0:\n    os.close(1); time.sleep(4); os._exit(0)\ntime.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    process.kill()
    assert closed_at(process) < 3
    process.communicate()


def test_the_group_of_the_asker_is_left_alone() -> None:
    shell = f"{sys.executable} {supervise.__file__} -- true </dev/zero; echo still here"
    # In a group of its own: if the rule is broken, it is not pytest that is killed.
    run = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=10, process_group=0)
    assert run.stdout == "still here\n"
