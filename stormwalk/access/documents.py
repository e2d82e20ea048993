"""Reads the JSON files that a matrix can be drafted from: OpenAPI documents and HAR files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stormwalk.config.file import shown
from stormwalk.errors import UsageError

LARGEST_BYTES = 200_000_000


def read_json(path: Path, kind: str) -> dict[str, Any]:
    """The object in the file. Raises UsageError, one line, for whatever is none; `kind` is what it should be."""
    name = shown(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        raise UsageError(f"{name}: expected {kind} as JSON; YAML is not read, convert it first")
    try:
        if not path.is_file():  # a device or a pipe might never end
            found = "this is no regular file" if path.exists() else "there is no such file"
            raise UsageError(f"{name}: expected {kind}; {found}")
        if path.stat().st_size > LARGEST_BYTES:
            raise UsageError(f"{name}: expected {kind} of at most {LARGEST_BYTES // 1_000_000} MB")
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as problem:
        raise UsageError(f"{name}: cannot be read: {problem.strerror}") from problem
    except json.JSONDecodeError as problem:
        raise UsageError(f"{name}: line {problem.lineno}: expected {kind} as JSON: {problem.msg}") from problem
    except UnicodeDecodeError as problem:
        raise UsageError(f"{name}: expected {kind} as JSON in UTF-8") from problem
    except RecursionError:
        raise UsageError(f"{name}: expected {kind}; it is nested too deeply") from None
    if not isinstance(document, dict):
        raise UsageError(f"{name}: expected {kind}, got {type(document).__name__}")
    return document


def table(value: Any) -> dict[str, Any]:
    """The value where it is an object, else an empty one: files of others hold anything."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """The value where it is text, else an empty one."""
    return value if isinstance(value, str) else ""
