"""`[access] include = "FILE"`: the table of another file, which lies beside the project file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stormwalk.config.file import read_toml, shown
from stormwalk.errors import ProjectFileError


def included(tables: dict[str, Any], path: Path) -> tuple[dict[str, Any], Path]:
    """The tables with `[access]` filled in, and the file that it comes from.

    The other file holds `[access]` as the project file would, so that it can be moved from one into the other.
    Raises ProjectFileError, one line.
    """
    access = tables.get("access")
    if not isinstance(access, dict) or "include" not in access:
        return tables, path
    name, others = access["include"], [key for key in access if key != "include"]
    if not isinstance(name, str) or not name:
        raise ProjectFileError(f'{shown(path)}: access.include: expected the name of a file, such as "access.toml"')
    other = path.parent / name
    if others:
        raise ProjectFileError(
            f"{shown(path)}: access.{others[0]}: expected in {shown(other)}, since access.include names that file"
        )
    return {**tables, "access": _table_of(other)}, other


def _table_of(path: Path) -> Any:
    tables = read_toml(path)
    foreign = next((key for key in tables if key != "access"), None)
    if foreign is not None:
        raise ProjectFileError(f"{shown(path)}: {foreign[:60]}: expected below access; an included file holds [access]")
    table = tables.get("access")
    if isinstance(table, dict) and "include" in table:
        raise ProjectFileError(f"{shown(path)}: access.include: expected in the project file only")
    return {} if table is None else table
