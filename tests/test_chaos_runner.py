"""The runner of storms as it is started from a terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import chaos_runner
from tests.demo_app.shop import ROOT


def runner(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "chaos_runner.py"), *arguments]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=200
    )


def test_help_names_the_options_of_storms_from_any_folder(tmp_path: Path) -> None:
    result = runner("--help", cwd=tmp_path)
    assert result.returncode == 0
    for option in ("--chaos-plan", "--chaos-seed", "--fail-under", "--i-have-approval", "--project"):
        assert option in result.stdout


def test_without_a_plan_it_walks_the_standard_set_of_every_journey_and_nothing_else() -> None:
    result = runner("--collect-only", "-q")
    assert result.returncode == 0
    lines = [line for line in result.stdout.splitlines() if "::" in line]
    assert all("[control-" in line or "test_" in line for line in lines)
    assert any("test_shopper[lost-reply-chromium]" in line for line in lines)
    assert not any("test_role_access" in line for line in lines)


@pytest.mark.parametrize("arguments", [("--chaos-plan", "no-such-plan"), ("--no-such-option",), ("-k", "nobody")])
def test_what_cannot_be_done_is_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = runner(*arguments, "--store", str(tmp_path / "store.db"))
    assert result.returncode == 2
    assert "Traceback" not in result.stdout + result.stderr


def test_chaos_is_put_before_whatever_pytest_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        taken.append(arguments)
        return 0

    monkeypatch.setattr(pytest, "main", main)
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "argv", ["chaos_runner.py", "journeys/test_shopper.py"])
    assert chaos_runner._from_terminal() == 0
    assert taken[0][-2:] == ["--chaos", "journeys/test_shopper.py"]


def test_the_summary_of_a_storm_in_the_shop(tmp_path: Path) -> None:
    """One short journey, one plan, from another folder: the lines that the README shows."""
    result = runner(
        str(ROOT / "journeys" / "test_hasty_shopper.py"), "--chaos-plan", "latency:50ms @ /api/**",
        "--chaos-controls", "1", "--chaos-seed", "7", "--store", str(tmp_path / "store.db"), "--rootdir", str(tmp_path),
        "--project", str(ROOT / "projects" / "demo.toml"), cwd=tmp_path,
    )  # fmt: skip
    output = result.stdout + result.stderr
    assert result.returncode in (0, 1), output
    for line in (
        "Chaos Mode Enabled", "Injected Latency: 50ms", "Timeouts:", "Delayed Responses:", "Failed Transactions:",
        "Response Degradation:", "API Failure Behaviour:", "Recovery:", "System Resilience Status:", "Chaos report:",
    ):  # fmt: skip
        assert line in output
