"""Reads the text of a project file. Knows TOML, and nothing of what a project is."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from stormwalk.errors import ProjectFileError

LARGEST_BYTES = 1_000_000


def shown(path: Path) -> str:
    """The path as the reader knows it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (OSError, ValueError):
        return str(path)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of the file. Raises ProjectFileError, one line, where it cannot be read or is no TOML."""
    text = _decode(path, _read(path))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        reason = str(problem)
    except RecursionError:
        reason = "tables or lists are nested too deeply"
    raise ProjectFileError(f"{shown(path)}: expected valid TOML: {reason}")


def _read(path: Path) -> bytes:
    if path.is_dir():
        raise ProjectFileError(f"{shown(path)}: expected a TOML file, got a folder")
    if not path.exists():
        raise ProjectFileError(
            f"{shown(path)}: there is no such file; expected a project file such as projects/demo.toml"
        )
    if not path.is_file():  # reading a device or a pipe might never end
        raise ProjectFileError(f"{shown(path)}: expected a regular file")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as problem:
        raise ProjectFileError(f"{shown(path)}: cannot be read: {problem.strerror}") from problem
    if len(content) > LARGEST_BYTES:
        raise ProjectFileError(f"{shown(path)}: expected a project file of at most {LARGEST_BYTES // 1000} kB")
    return content


def _decode(path: Path, content: bytes) -> str:
    try:
        # Editors on Windows put a byte order mark at the start; TOML does not know it.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
    raise ProjectFileError(f"{shown(path)}: line {line}: expected text in UTF-8")
