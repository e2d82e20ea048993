"""Sets this checkout up: virtual environment, pinned packages, a browser. A second call does nothing twice.

python3 -m tools.set_up [--headed] [--virtual-display]
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tools import apt
from tools.endings import ends_well
from tools.stages import TIMEOUT_VARIABLE, Deadline, SetUpError, run, stage

ALREADY_THERE = "already there"
# Asks the virtual environment for what makes it usable; pip is imported because an interrupted creation lacks it.
_PROBE = "import sys, pip; print(sys.version_info >= (3, 11), '%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Checkout:
    """One clone of the project and the files that its set-up reads and makes."""

    root: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def lock(self) -> Path:
        return self.root / "requirements.lock"

    @property
    def stamp(self) -> Path:
        """Written when all packages are in; without it, or with an old one, they are installed (again)."""
        return self.venv / "stormwalk-packages"

    def fingerprint(self) -> str:
        digest = hashlib.sha256()
        for path in (self.lock, self.root / "pyproject.toml"):
            digest.update(path.read_bytes())
        return f"{digest.hexdigest()} {self.root}\n"


def set_up(checkout: Checkout, *, headed: bool, virtual_display: bool, deadline: Deadline) -> None:
    """Bring the checkout to where everything works, also with the network off."""
    stages = 4 if virtual_display else 3
    with _alone(checkout):
        _virtual_environment(checkout, f"[1/{stages}] Virtual environment", deadline)
        _packages(checkout, f"[2/{stages}] Packages", deadline)
    _browser(checkout, f"[3/{stages}] Browser", headed=headed, deadline=deadline)
    if virtual_display:
        _virtual_display(f"[4/{stages}] Virtual display", deadline)


@contextlib.contextmanager
def _alone(checkout: Checkout) -> Iterator[None]:
    """Two set-ups at once would spoil each other's environment: the second one waits."""
    with checkout.lock.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _virtual_environment(checkout: Checkout, title: str, deadline: Deadline) -> None:
    with stage(title) as outcome:
        fault = environment_fault(checkout)
        if fault is None:
            outcome.note = ALREADY_THERE
            return
        if os.path.lexists(checkout.venv):
            print(f"made anew, because {fault} … ", end="", flush=True)
            _remove(checkout.venv)
        _require_venv_module(deadline)
        run([_own_python(), "-m", "venv", checkout.venv], deadline=deadline)


def _own_python() -> str:
    """The Python that we run on; in an activated environment the one it was made from, as that folder may be gone."""
    return getattr(sys, "_base_executable", None) or sys.executable


def environment_fault(checkout: Checkout) -> str | None:
    """Why the virtual environment cannot be used, or None if it can."""
    try:
        probe = subprocess.run(
            [checkout.python, "-c", _PROBE], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return "its Python does not run"
    if probe.returncode != 0:
        return "it is not complete"
    if not probe.stdout.startswith("True"):
        return "its Python is older than 3.11"
    return _moved(checkout)


def _moved(checkout: Checkout) -> str | None:
    """The programs of a virtual environment name its folder in their first lines, and stop working elsewhere."""
    try:
        head = (checkout.venv / "bin" / "pip").read_text(encoding="utf-8", errors="replace")[:1000]
    except OSError:
        return "it is not complete"
    return None if str(checkout.venv) in head else "it was made in another folder"


def _remove(folder: Path) -> None:
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    else:
        shutil.rmtree(folder)


def _require_venv_module(deadline: Deadline) -> None:
    """Debian and Ubuntu keep what `venv` needs in a package of its own."""
    if not venv_module_is_there():
        package = f"python3.{sys.version_info.minor}-venv"
        apt.require([package], f"The venv module of {sys.executable}", deadline)


def venv_module_is_there() -> bool:
    return all(find_spec(module) is not None for module in ("venv", "ensurepip"))


def _packages(checkout: Checkout, title: str, deadline: Deadline) -> None:
    with stage(title) as outcome:
        fingerprint = checkout.fingerprint()
        if checkout.stamp.is_file() and checkout.stamp.read_text(encoding="utf-8") == fingerprint:
            outcome.note = ALREADY_THERE
            return
        checkout.stamp.unlink(missing_ok=True)
        _pip_install(checkout, ["--require-hashes", "-r", str(checkout.lock)], deadline)
        # The build tool is pinned in the lock file as well, so that nothing is fetched behind its back.
        offline = ["--no-index", "--no-deps", "--no-build-isolation"]
        _pip_install(checkout, [*offline, "--editable", str(checkout.root)], deadline)
        checkout.stamp.write_text(fingerprint, encoding="utf-8")


def _pip_install(checkout: Checkout, arguments: list[str], deadline: Deadline) -> None:
    pip = [str(checkout.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    run([*pip, *arguments], deadline=deadline, cwd=checkout.root)


def _browser(checkout: Checkout, title: str, *, headed: bool, deadline: Deadline) -> None:
    """Done by the environment's own Python, because Playwright is only there."""
    command = [str(checkout.python), "-m", "tools.install_browser", "--title", title]
    if headed:
        command.append("--headed")
    environ = {**os.environ, TIMEOUT_VARIABLE: f"{max(1.0, deadline.remaining()):.0f}"}
    if subprocess.run(command, cwd=checkout.root, env=environ, stdin=subprocess.DEVNULL).returncode != 0:
        raise SetUpError("")


def _virtual_display(title: str, deadline: Deadline) -> None:
    with stage(title) as outcome:
        if sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            outcome.note = "not needed, there is a real one"
        elif shutil.which("xvfb-run") and shutil.which("xauth"):
            outcome.note = ALREADY_THERE
        else:
            apt.require(["xvfb", "xauth"], "A virtual display", deadline)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python3 -m tools.set_up", description="Sets this checkout up.")
    parser.add_argument("--headed", action="store_true", help="with a browser that can open a window")
    parser.add_argument("--virtual-display", action="store_true", help="with a display for machines that have none")
    options = parser.parse_args(arguments)
    checkout = Checkout(Path(__file__).resolve().parent.parent)
    try:
        set_up(
            checkout,
            headed=options.headed,
            virtual_display=options.virtual_display,
            deadline=Deadline.from_environ(os.environ),
        )
    except SetUpError as error:
        if str(error):
            print(f"\n{error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(ends_well(main))
