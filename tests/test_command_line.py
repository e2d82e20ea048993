"""Both command lines end quietly where nobody listens any more, and say in one line what they could not do."""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stormwalk.command_line import handled
from stormwalk.errors import UsageError


@pytest.mark.parametrize("command", [("stormwalk", "--help"), ("chaos", "list")])
def test_a_reader_that_has_gone_is_no_reason_for_a_traceback(command: tuple[str, ...]) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert started.stdout is not None
    started.stdout.close()

    assert "Traceback" not in started.communicate(timeout=120)[1]


def raising(error: BaseException) -> Callable[[argparse.Namespace], int]:
    def handle(_: argparse.Namespace) -> int:
        raise error

    return handle


@pytest.mark.parametrize(
    ("error", "said"), [(UsageError("no such plan"), "chaos: no such plan\n"), (KeyboardInterrupt(), "")]
)
def test_what_cannot_be_done_ends_with_two(error: BaseException, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert handled(argparse.Namespace(handle=raising(error)), "chaos") == 2
    assert capsys.readouterr().err == said


def test_a_letter_that_the_console_does_not_know_ends_with_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))

    def handle(_: argparse.Namespace) -> int:
        print("Käufer → Kasse")
        return 0

    assert handled(argparse.Namespace(handle=handle), "stormwalk") == 0
    assert written.getvalue().decode("cp1252").split() == ["Käufer", r"\u2192", "Kasse"]


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no full disk to print to")
def test_what_cannot_be_printed_is_one_line_and_nothing_found() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "chaos", "list"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=120
        )

    assert ended.returncode == 2
    assert ended.stderr == "chaos: what was asked for cannot be printed: No space left on device\n"
