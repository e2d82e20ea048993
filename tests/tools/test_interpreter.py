"""A script that is started by any Python goes on with the virtual environment's own, once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """A runner at the root of a clone, which says what it was started with once it has what it needs."""
    path = tmp_path / "runner.py"
    path.write_text(
        "import os, sys\n"
        "from pathlib import Path\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from tools.interpreter import ensure_interpreter\n"
        "needed = tuple(os.environ['NEEDED'].split(','))\n"
        "ensure_interpreter(needed, root=Path(__file__).parent)\n"
        "print('ready', sys.argv[1:], [name for name in os.environ if 'RESTART' in name])\n"
        "sys.exit(5)\n"
    )
    return path


def start(
    script: Path, *arguments: str, needed: str, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, str(script), *arguments]
    return subprocess.run(command, env={"NEEDED": needed}, capture_output=True, text=True, timeout=20)


def environment(script: Path, body: str) -> Path:
    python = script.parent / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\n{body}\n")
    python.chmod(0o755)
    return python


def test_with_everything_there_the_script_just_goes_on(script: Path) -> None:
    result = start(script, "-k", "shopper", needed="json")

    assert (result.returncode, result.stdout) == (5, "ready ['-k', 'shopper'] []\n")


def test_it_starts_again_with_options_arguments_and_exit_code_kept(script: Path) -> None:
    environment(script, 'for word; do echo "$word"; done; exit 7')

    result = start(script, "-k", "two words", needed="no_such_module", options=("-X", "utf8"))

    assert result.returncode == 7
    assert result.stdout.splitlines() == ["-X", "utf8", str(script), "-k", "two words"]


def test_the_environments_python_finds_what_was_missing(script: Path) -> None:
    environment(script, f'NEEDED=json exec {sys.executable} "$@"')

    result = start(script, needed="no_such_module")

    assert (result.returncode, result.stdout) == (5, "ready [] []\n")


def test_without_an_environment_one_line_and_2(script: Path) -> None:
    result = start(script, needed="json,no_such_module")

    assert result.returncode == 2
    assert result.stderr == (
        "runner.py: no_such_module cannot be imported, and there is no .venv here."
        " Set this checkout up first: make setup\n"
    )


def test_an_incomplete_environment_is_not_started_for_ever(script: Path) -> None:
    environment(script, f'exec {sys.executable} "$@"')

    result = start(script, needed="no_such_module")

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "python lacks no_such_module." in result.stderr


def test_an_environment_that_does_not_run_is_said_so(script: Path) -> None:
    environment(script, "").write_bytes(b"\x7fELF not really")

    result = start(script, needed="no_such_module")

    assert result.returncode == 2
    assert "does not run" in result.stderr


def test_ctrl_c_while_the_other_interpreter_starts_waits_until_the_script_can_take_it(script: Path) -> None:
    environment(script, f'kill -INT $$; exec {sys.executable} "$@"')
    ended = script.read_text().replace("ensure_interpreter(needed, root=Path(__file__).parent)\n", "")
    script.write_text(
        ended.replace("print('ready'", "from tools.endings import ends_well\nprint('ready'").replace(
            "sys.exit(5)", "sys.exit(ends_well(lambda: ensure_interpreter(needed, root=Path(__file__).parent) or 5))"
        )
    )
    result = start(script, needed="no_such_module")

    assert (result.returncode, result.stderr.strip()) == (2, "stopped")
