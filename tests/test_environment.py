"""With what a run is made."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stormwalk.environment import browser_version, command_line, environment_of


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["/x/.venv/bin/pytest", "journeys", "-k", "a or b"], "pytest journeys -k 'a or b'"),
        (["/x/site-packages/pytest/__main__.py", "-q"], "pytest -q"),
        (["/x/user_flow_runner.py", "--headed"], "python3 user_flow_runner.py --headed"),
    ],
)
def test_the_command_as_it_would_be_typed(monkeypatch: pytest.MonkeyPatch, arguments: list[str], command: str) -> None:
    monkeypatch.setattr(sys, "argv", arguments)

    assert command_line() == command


def test_a_run_with_patience_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMWALK_PATIENCE", "4")
    monkeypatch.setattr(sys, "argv", ["pytest", "journeys"])

    assert command_line() == "STORMWALK_PATIENCE=4 pytest journeys"


def test_where_a_commit_is_checked_out_and_no_branch_the_ci_server_knows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_REF_NAME"):
        monkeypatch.delenv(name, raising=False)
    assert environment_of(tmp_path, "pytest", browser="").branch == ""
    monkeypatch.setenv("CI_COMMIT_REF_NAME", "feature/till")

    assert environment_of(tmp_path, "pytest", browser="").branch == "feature/till"


def test_a_name_that_is_no_text_is_no_reason_not_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git and shells know bytes; the store takes characters."""
    tool = tmp_path / "browser"
    tool.write_text("#!/bin/sh\nprintf 'Quay \\377 1'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("GITHUB_HEAD_REF", "till\udcff")

    made = environment_of(tmp_path, "pytest", browser=browser_version(str(tool)))

    assert (made.browser, made.branch) == ("Quay \N{REPLACEMENT CHARACTER} 1", "till?")
