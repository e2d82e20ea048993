"""The runner as it is started from a terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import user_flow_runner

ROOT = Path(__file__).resolve().parent.parent


def runner(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "user_flow_runner.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


def test_help_lists_our_options_from_any_folder(tmp_path: Path) -> None:
    result = runner("--help", cwd=tmp_path)

    assert result.returncode == 0
    for option in ("--project", "--browser-path", "--store", "--headed", "-k EXPRESSION", "--base-url"):
        assert option in result.stdout


def test_nothing_to_run_is_2(tmp_path: Path) -> None:
    elsewhere = ["--rootdir", str(tmp_path), "--store", str(tmp_path / "store.db")]
    result = runner("-k", "nothing_is_called_that", "--project", str(ROOT / "projects" / "demo.toml"), *elsewhere)

    assert result.returncode == 2
    assert "deselected" in result.stdout


def test_a_project_file_that_is_not_there_is_2() -> None:
    result = runner("--project", "projects/nowhere.toml")

    assert result.returncode == 2
    assert "projects/nowhere.toml: there is no such file" in result.stdout + result.stderr


def test_collecting_finds_the_journeys_only() -> None:
    result = runner("--collect-only", "-q")

    assert result.returncode == 0
    assert "journeys/test_shopper.py" in result.stdout
    assert "tests/" not in result.stdout


def test_wrong_usage_is_2() -> None:
    result = runner("--no-such-option")

    assert result.returncode == 2
    assert "--no-such-option" in result.stderr


@pytest.mark.parametrize(("pytests", "ours"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 2), (5, 2)])
def test_exit_codes_of_pytest(monkeypatch: pytest.MonkeyPatch, pytests: int, ours: int) -> None:
    taken: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        taken.append(arguments)
        return pytests

    monkeypatch.setattr(pytest, "main", main)
    monkeypatch.chdir(ROOT)

    assert user_flow_runner.main(["-k", "shopper"]) == ours
    assert taken[0][-2:] == ["-k", "shopper"]
    assert taken[0][:4] == ["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml")]


def test_a_store_elsewhere_does_not_move_the_root_the_second_time_either(tmp_path: Path) -> None:
    store = tmp_path / "there.db"
    store.touch()
    result = runner("--collect-only", "--store", str(store))

    assert result.returncode == 0
    assert f"rootdir: {ROOT}" in result.stdout
    assert "configfile: pyproject.toml" in result.stdout


def test_files_are_named_as_seen_from_where_the_runner_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").touch()
    arguments = ["--project", "mine.toml", "-k", "mine.toml", "--store=mine.toml", "--project", "projects/demo.toml"]
    whole = str(tmp_path / "mine.toml")

    assert user_flow_runner.from_root(arguments) == [
        "--project", whole, "-k", "mine.toml", f"--store={whole}", "--project", "projects/demo.toml",
    ]  # fmt: skip
    unchanged = ["--project", "", "--store=", "--store", "postgresql://h/d"]
    assert user_flow_runner.from_root(unchanged) == unchanged
    assert user_flow_runner.from_root(["--store", "new.db"]) == ["--store", str(tmp_path / "new.db")]
