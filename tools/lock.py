"""Pins what pyproject.toml asks for, with hashes for every platform and without addresses: requirements.lock.

python3 -m tools.lock, or make lock. Needs the network, and nothing else: uv is put into a folder that is thrown away.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = "# Made by `make lock` from pyproject.toml: Linux and macOS, Python 3.11 and newer.\n"
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"]
# An address would tie everybody to the registry, or the mirror, of whoever made the file.
NO_ADDRESSES = ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "--quiet"]


def build_requirements(pyproject: Path = ROOT / "pyproject.toml") -> list[str]:
    """What builds the editable install: pinned too, because it is built with the network off."""
    requires: list[str] = tomllib.loads(pyproject.read_text(encoding="utf-8"))["build-system"]["requires"]
    return requires


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="stormwalk-lock-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([f"{folder}/bin/pip", "install", "--quiet", "uv"], check=True)
        command = [f"{folder}/bin/uv", "pip", "compile", "pyproject.toml", "-", "--extra", "dev"]
        compiled = subprocess.run(
            [*command, *OPTIONS, *NO_ADDRESSES],
            cwd=ROOT,
            input="\n".join(build_requirements()),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    LOCK.write_text(HEADER + compiled.stdout, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
