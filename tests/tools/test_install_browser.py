"""A browser is installed by the first way that works, and what the user must do himself is said and not tried."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from stormwalk.browser import find_browser
from tools import apt, install_browser
from tools.install_browser import ensure_browser
from tools.stages import Deadline, Outcome, SetUpError

STARTS = "echo '<html></html>'"


def program(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


class Machine:
    """A machine without a browser; apt-get, sudo and Playwright's download do what the test says."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.told_file = folder / "told"
        self.outcome = Outcome()
        self._monkeypatch = monkeypatch
        program(self.bin / "sudo", self._note("sudo"))
        monkeypatch.setenv("PATH", f"{self.bin}{os.pathsep}/nowhere")
        monkeypatch.setenv("HOME", str(folder))
        monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(folder / "pw"))
        monkeypatch.delenv("STORMWALK_BROWSER", raising=False)
        monkeypatch.setattr(sys, "executable", str(self.bin / "python"))
        # Wherever the tests run: a Mac would find the Chrome in its own /Applications.
        monkeypatch.setattr(install_browser, "find_browser", partial(find_browser, platform="linux"))
        self.playwright("exit 1")

    def _note(self, name: str) -> str:
        return f'echo "{name} $*" >> {self.told_file}'

    def playwright(self, body: str) -> None:
        version = 'case "$*" in *--version) exit 0;; esac'
        program(self.bin / "python", f"{version}; {self._note('python')}; {body}")

    def debian(self, *, uid: int, apt_get: str = "true", is_debian: bool = True) -> None:
        program(self.bin / "apt-get", f"{self._note('apt-get')}; {apt_get}")
        self._monkeypatch.setattr(os, "geteuid", lambda: uid)
        self._monkeypatch.setattr(apt, "is_debian", lambda: is_debian)

    def browser(self, body: str, name: str = "chromium-headless-shell") -> Path:
        return program(self.bin / name, body)

    def installs(self, body: str, name: str = "chromium-headless-shell") -> str:
        """The shell words that put a browser in place, for a fake installer to say."""
        ready = program(self.folder / "ready", body)
        return f"/bin/cp {ready} {self.bin / name}"

    def ensure(self, *, headed: bool = False) -> Path:
        memory = self.folder / "memory.json"
        return ensure_browser(headed=headed, deadline=Deadline(20), outcome=self.outcome, memory=memory).path

    def told(self) -> list[str]:
        return self.told_file.read_text().splitlines() if self.told_file.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)


def test_a_browser_that_is_there_and_starts_is_all(machine: Machine) -> None:
    path = machine.browser(STARTS)

    assert machine.ensure() == path
    assert machine.outcome.note == f"{path}, starts"
    assert machine.told() == []


def test_the_second_call_does_not_launch_it_again(machine: Machine) -> None:
    path = machine.browser(f"echo launched >> {machine.told_file}; {STARTS}")
    machine.ensure()
    machine.ensure()

    assert machine.told() == ["launched"]
    assert machine.outcome.note == f"{path}, already there"


def test_an_updated_browser_is_launched_again(machine: Machine) -> None:
    path = machine.browser(f"echo launched >> {machine.told_file}; {STARTS}")
    machine.ensure()
    os.utime(path, (1, 1))
    machine.ensure()

    assert machine.told() == ["launched", "launched"]


def test_a_memory_that_cannot_be_read_only_costs_a_launch(machine: Machine) -> None:
    machine.browser(STARTS)
    (machine.folder / "memory.json").write_text("{")

    machine.ensure()

    assert (machine.outcome.note or "").endswith("starts")


def test_a_refused_sandbox_is_said_once_at_set_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.browser(f'case "$*" in *--no-sandbox*) {STARTS};; *) echo "No usable sandbox!" >&2; exit 1;; esac')

    machine.ensure()

    assert "without its sandbox, which this system refuses: No usable sandbox!" in (machine.outcome.note or "")


LACKS_LIBATOMIC = "echo 'node: error while loading shared libraries: libatomic.so.1' >&2; exit 127"


def test_the_library_that_playwrights_driver_lacks_on_a_slim_debian_is_installed_for_root(machine: Machine) -> None:
    machine.browser(STARTS)
    program(machine.bin / "python", LACKS_LIBATOMIC)
    machine.debian(uid=0)

    machine.ensure()

    assert machine.told()[-1] == "apt-get install -y --no-install-recommends libatomic1"


def test_the_library_that_playwrights_driver_lacks_is_named_to_an_ordinary_user(machine: Machine) -> None:
    machine.browser(STARTS)
    program(machine.bin / "python", LACKS_LIBATOMIC)
    machine.debian(uid=1000)

    with pytest.raises(SetUpError, match="sudo apt-get install -y libatomic1"):
        machine.ensure()


def test_a_driver_that_does_not_start_for_another_reason_is_said_so(machine: Machine) -> None:
    machine.browser(STARTS)
    program(machine.bin / "python", "echo no such machine; exit 1")

    with pytest.raises(SetUpError, match="playwright --version\n    no such machine"):
        machine.ensure()


def test_playwrights_own_download_is_the_first_way(machine: Machine) -> None:
    machine.debian(uid=0)
    machine.playwright(machine.installs(STARTS))

    assert machine.ensure().name == "chromium-headless-shell"
    assert machine.told() == ["python -m playwright install --only-shell chromium"]


@pytest.mark.parametrize(
    ("headed", "name", "packages"),
    [
        (False, "chromium-headless-shell", "chromium-headless-shell fonts-liberation"),
        (True, "chromium", "chromium chromium-sandbox fonts-liberation"),
    ],
)
def test_where_it_cannot_be_had_root_gets_debians_packages(
    machine: Machine, headed: bool, name: str, packages: str
) -> None:
    machine.debian(uid=0, apt_get=machine.installs(STARTS, name))

    assert machine.ensure(headed=headed).name == name
    assert machine.told()[1:] == ["apt-get update", f"apt-get install -y --no-install-recommends {packages}"]


def test_a_download_that_hangs_is_cut_and_the_next_way_is_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_browser, "DOWNLOAD_SECONDS", 0.3)
    machine.playwright("/bin/sleep 60 & wait")
    machine.debian(uid=0, apt_get=machine.installs(STARTS))
    started = time.monotonic()

    assert machine.ensure().name == "chromium-headless-shell"
    assert time.monotonic() - started < 5


def test_a_downloaded_browser_without_its_libraries_gets_them_for_root(machine: Machine) -> None:
    lacks = "echo 'x: error while loading shared libraries: libnss3.so' >&2; exit 127"
    whole = program(machine.folder / "whole", STARTS)
    machine.playwright(
        f'case "$*" in *install-deps*) /bin/cp {whole} {machine.bin}/chromium-headless-shell;;'
        f" *) {machine.installs(lacks)};; esac"
    )
    machine.debian(uid=0)

    assert machine.ensure().name == "chromium-headless-shell"
    assert machine.told()[-1] == "python -m playwright install-deps chromium"


def test_an_ordinary_user_is_told_the_exact_command_and_sudo_is_never_tried(machine: Machine) -> None:
    machine.debian(uid=1000)

    with pytest.raises(SetUpError) as raised:
        machine.ensure()

    message = str(raised.value)
    assert "sudo apt-get install -y chromium-headless-shell fonts-liberation" in message
    assert "three ways" in message
    assert machine.told() == ["python -m playwright install --only-shell chromium"]


def test_ubuntus_package_that_is_only_a_snap_is_not_tried(machine: Machine) -> None:
    machine.debian(uid=0, is_debian=False)

    with pytest.raises(SetUpError, match="three ways"):
        machine.ensure()

    assert machine.told() == ["python -m playwright install --only-shell chromium"]


def test_a_browser_that_does_not_start_and_cannot_be_replaced_is_named(machine: Machine) -> None:
    machine.debian(uid=1000)
    path = machine.browser("echo '[1:FATAL:x.cc] broken' >&2; exit 1")

    with pytest.raises(SetUpError, match=f"{path} does not start: broken"):
        machine.ensure()


def test_the_command_ends_with_2_and_the_message_on_standard_error(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.debian(uid=1000)

    code = install_browser.main(["--title", "[3/3] Browser"])

    assert code == 2
    captured = capsys.readouterr()
    assert captured.out.startswith("[3/3] Browser … Playwright's download … failed")
    assert "three ways" in captured.err
