"""The set-up does nothing twice, recovers from half of itself, ends in time and never reaches for sudo."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools import apt, set_up
from tools.set_up import Checkout, environment_fault
from tools.stages import CommandFailed, Deadline, OutOfTime, SetUpError, last_lines, run

ROOT = Path(__file__).resolve().parents[2]


def plenty() -> Deadline:
    """Counted from now; one for the whole module would run out on a slow machine."""
    return Deadline(60)


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A clone with a virtual environment whose Python answers the probe and writes down everything else."""
    checkout = Checkout(tmp_path / "clone")
    checkout.venv.mkdir(parents=True)
    checkout.lock.write_text("# nothing\n")
    (checkout.root / "pyproject.toml").write_text("[project]\n")
    program(checkout.venv / "bin" / "pip", f'exec {checkout.python} -m pip "$@"')
    environment_with(checkout, "True 3.11")
    return checkout


def environment_with(checkout: Checkout, answer: str, pip: str = "exit 0") -> None:
    heard = f'echo "$*" >> {checkout.root}/heard'
    program(checkout.python, f'case "$1" in -c) echo "{answer}";; *) {heard}; {pip};; esac')


def heard(checkout: Checkout) -> list[str]:
    path = checkout.root / "heard"
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of our own, on which apt-get and sudo only write down what they were told."""
    tools = tmp_path / "machine"
    for name in ("apt-get", "sudo"):
        program(tools / name, f'echo "{name} $*" >> {tools}/told')
    monkeypatch.setenv("PATH", str(tools))
    return tools


def told(machine: Path) -> list[str]:
    path = machine / "told"
    return path.read_text().splitlines() if path.exists() else []


def as_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)


def test_a_good_environment_is_left_alone(checkout: Checkout) -> None:
    assert environment_fault(checkout) is None


@pytest.mark.parametrize(
    ("answer", "fault"),
    [("False 3.9", "its Python is older than 3.11"), ('"; exit 1; echo "', "it is not complete")],
)
def test_an_environment_with_the_wrong_python_is_made_anew(checkout: Checkout, answer: str, fault: str) -> None:
    environment_with(checkout, answer)

    assert environment_fault(checkout) == fault


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Checkout) -> None:
    checkout.python.unlink()
    checkout.python.symlink_to("/nowhere/python3")

    assert environment_fault(checkout) == "its Python does not run"


def test_an_environment_that_came_from_another_folder_is_made_anew(checkout: Checkout) -> None:
    moved = Checkout(checkout.root.with_name("moved"))
    checkout.root.rename(moved.root)

    assert environment_fault(moved) == "it was made in another folder"


def test_an_environment_without_its_pip_program_is_made_anew(checkout: Checkout) -> None:
    (checkout.venv / "bin" / "pip").unlink()

    assert environment_fault(checkout) == "it is not complete"


def test_a_broken_environment_is_replaced_by_a_real_one(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    checkout.python.unlink()
    (checkout.venv / "left-over").touch()

    set_up._virtual_environment(checkout, "[1/3] Virtual environment", plenty())

    assert environment_fault(checkout) is None
    assert not (checkout.venv / "left-over").exists()
    assert "made anew, because its Python does not run … done" in capsys.readouterr().out


def test_packages_come_from_the_lock_file_and_the_project_without_the_network(checkout: Checkout) -> None:
    set_up._packages(checkout, "Packages", plenty())

    pinned, editable = heard(checkout)
    assert pinned.endswith(f"install --require-hashes -r {checkout.lock}")
    assert editable.endswith(f"--no-index --no-deps --no-build-isolation --editable {checkout.root}")


def test_a_second_call_installs_nothing(checkout: Checkout, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        set_up._packages(checkout, "Packages", plenty())

    assert len(heard(checkout)) == 2
    assert capsys.readouterr().out.splitlines()[1] == "Packages … already there"


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_file_installs_again(checkout: Checkout, changed: str) -> None:
    set_up._packages(checkout, "Packages", plenty())
    (checkout.root / changed).write_text("# changed\n")
    set_up._packages(checkout, "Packages", plenty())

    assert len(heard(checkout)) == 4


def test_an_interrupted_installation_is_taken_up_again(checkout: Checkout) -> None:
    set_up._packages(checkout, "Packages", plenty())
    checkout.lock.write_text("# changed\n")
    environment_with(checkout, "True 3.11", pip="exit 1")
    with pytest.raises(CommandFailed):
        set_up._packages(checkout, "Packages", plenty())
    checkout.lock.write_text("# nothing\n")
    environment_with(checkout, "True 3.11")

    set_up._packages(checkout, "Packages", plenty())

    assert len(heard(checkout)) == 5


def test_a_download_that_hangs_ends_with_a_line_that_says_so(checkout: Checkout) -> None:
    environment_with(checkout, "True 3.11", pip="sleep 60 & wait")
    started = time.monotonic()

    with pytest.raises(OutOfTime, match="STORMWALK_SETUP_TIMEOUT=1 make setup"):
        set_up._packages(checkout, "Packages", Deadline(0.5))

    assert time.monotonic() - started < 5


def test_nothing_of_a_command_out_of_time_lives_on(tmp_path: Path) -> None:
    script = program(tmp_path / "hangs", f"(sleep 1; touch {tmp_path}/alive) & wait")
    with pytest.raises(OutOfTime):
        run([script], deadline=Deadline(0.3))
    time.sleep(1.2)

    assert not (tmp_path / "alive").exists()


def test_a_command_that_fails_shows_its_last_lines(tmp_path: Path) -> None:
    script = program(tmp_path / "fails", "echo one; echo; echo two >&2; exit 4")

    with pytest.raises(CommandFailed, match=r"code 4:\n  .*/fails\n    one\n    two"):
        run([script], deadline=plenty())


def test_only_the_end_of_a_long_output_is_shown() -> None:
    assert last_lines("\n".join(map(str, range(100)))).split() == [str(number) for number in range(88, 100)]


@pytest.mark.parametrize("text", ["soon", "0", "-3"])
def test_a_time_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SetUpError, match=f"STORMWALK_SETUP_TIMEOUT={text} is not a number of seconds"):
        Deadline.from_environ({"STORMWALK_SETUP_TIMEOUT": text})


def test_a_missing_venv_module_is_named_to_an_ordinary_user(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(monkeypatch, 1000)
    monkeypatch.setattr(set_up, "venv_module_is_there", lambda: False)
    package = f"python3.{sys.version_info.minor}-venv"

    with pytest.raises(SetUpError, match=f"sudo apt-get install -y {package}"):
        set_up._require_venv_module(plenty())

    assert told(machine) == []


def test_a_missing_venv_module_is_installed_for_root(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(monkeypatch, 0)
    monkeypatch.setattr(set_up, "venv_module_is_there", lambda: False)

    set_up._require_venv_module(plenty())

    package = f"python3.{sys.version_info.minor}-venv"
    assert told(machine) == ["apt-get update", f"apt-get install -y --no-install-recommends {package}"]


def test_without_apt_the_users_own_package_manager_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SetUpError, match="your system's package manager"):
        apt.require(["xvfb"], "A virtual display", plenty())


@pytest.mark.skipif(sys.platform == "darwin", reason="a Mac has a display")
def test_a_virtual_display_is_put_where_there_is_none(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(monkeypatch, 0)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)

    set_up._virtual_display("Virtual display", plenty())

    assert told(machine)[-1] == "apt-get install -y --no-install-recommends xvfb xauth"


@pytest.mark.parametrize(
    ("os_release", "debian"),
    [("ID=debian\n", True), ('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n', False), ("", False)],
)
def test_only_debian_itself_has_a_chromium_of_its_own(tmp_path: Path, os_release: str, debian: bool) -> None:
    (tmp_path / "os-release").write_text(os_release)

    assert apt.is_debian(tmp_path / "os-release") is debian
    assert apt.is_debian(tmp_path / "nowhere") is False


def test_without_a_new_enough_python_make_says_one_line(tmp_path: Path) -> None:
    old = program(tmp_path / "python3", "exit 1")
    make = subprocess.run(["/usr/bin/env", "which", "make"], capture_output=True, text=True, check=True).stdout.strip()
    environ = {"PATH": str(old.parent)}

    result = subprocess.run([make, "-C", ROOT, "setup"], env=environ, capture_output=True, text=True)

    assert result.returncode == 2
    assert result.stderr.splitlines()[0].startswith("Python 3.11 or newer is needed, and none was found.")
