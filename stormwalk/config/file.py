"""Reads the text of a project file. Knows TOML, and nothing of what a project is."""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

from stormwalk.errors import ProjectFileError

LARGEST_BYTES = 1_000_000


def shown(path: Path) -> str:
    """The path as the reader knows it: relative to the current folder where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (OSError, ValueError, RuntimeError):  # the last one is for a link to itself
        return str(path)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of the file. Raises ProjectFileError, one line, where it cannot be read or is no TOML."""
    text = _decode(path, _read(path))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        reason = _in_plain_words(str(problem), text)
    except RecursionError:
        reason = "tables or lists are nested too deeply"
    raise ProjectFileError(f"{shown(path)}: expected valid TOML: {reason}")


def _in_plain_words(problem: str, text: str) -> str:
    """What Python's reader says of a key or table that stands twice is about itself, not about the file."""
    if problem.startswith("Cannot overwrite a value"):
        return problem.replace("Cannot overwrite a value", f"{_key_at(problem, text)} stands twice")
    declared = re.match(r"Cannot declare \((.*?),?\) twice", problem)
    if declared is None:
        return problem
    name = ".".join(one.strip(" '\"") for one in declared[1].split(","))
    return f"the table {name} stands twice{problem[declared.end() :]}"


def _key_at(problem: str, text: str) -> str:
    """The key of the line that is named: the reader tells where the value ends, and not whose it is."""
    line = re.search(r"at line (\d+)", problem)
    lines = text.rstrip().splitlines()
    named = lines[int(line[1]) - 1] if line and int(line[1]) <= len(lines) else lines[-1]
    key = re.match(r"\s*(\"[^\"]{1,80}\"|[\w.-]{1,80})\s*=", named)
    return f"the key {key[1]}" if key else "a key"


def _read(path: Path) -> bytes:
    try:
        with suppress(FileNotFoundError):  # said below, with what is expected
            path.stat()
    except OSError as problem:  # a link to itself, a folder that may not be entered, a name that is too long
        raise ProjectFileError(f"{shown(path)}: cannot be read: {problem.strerror}") from problem
    if path.is_dir():
        raise ProjectFileError(f"{shown(path)}: expected a TOML file, got a folder")
    if not path.exists():
        raise ProjectFileError(
            f"{shown(path)}: there is no such file; expected a project file, which --project FILE names"
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
