"""Both command lines end quietly where nobody listens any more, and say in one line what they could not do."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable

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
