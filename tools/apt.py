"""Debian's and Ubuntu's packages: installed for root, named with the exact command for everybody else."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from tools.stages import CommandFailed, Deadline, SetUpError, run


def is_here() -> bool:
    """Whether this system has apt at all."""
    return shutil.which("apt-get") is not None


def may_install() -> bool:
    """Whether we install packages ourselves: only as root; sudo is for the user to say."""
    return is_here() and os.geteuid() == 0


def command(packages: list[str]) -> str:
    """What the user has to type."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install -y {' '.join(packages)}"


def install(packages: list[str], deadline: Deadline) -> None:
    """Install packages as root, without a question."""
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    # One unreachable source of many is enough to fail it; what follows shows whether that mattered.
    with contextlib.suppress(CommandFailed):
        run(["apt-get", "update"], deadline=deadline, extra_environ=quiet)
    run(["apt-get", "install", "-y", "--no-install-recommends", *packages], deadline=deadline, extra_environ=quiet)


def require(packages: list[str], purpose: str, deadline: Deadline) -> None:
    """Install packages, or end with the command that does."""
    if may_install():
        install(packages, deadline)
    elif is_here():
        raise SetUpError(f"{purpose} is missing. Install it, and run make again:\n  {command(packages)}")
    else:
        raise SetUpError(f"{purpose} is missing. Install it with your system's package manager, and run make again.")


def is_debian(os_release: Path = Path("/etc/os-release")) -> bool:
    """Debian itself: Ubuntu's packages of Chromium are only pointers to a snap, which Playwright cannot drive."""
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return any(line in ("ID=debian", 'ID="debian"') for line in lines)
