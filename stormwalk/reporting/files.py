"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from stormwalk.errors import EvidenceError


def write_whole(path: Path, content: bytes) -> None:
    """Write the file under another name and rename it, so that no reader ever meets half of it."""
    _appear(path, lambda temporary: temporary.write_bytes(content))


def copy_whole(source: Path, path: Path) -> None:
    """Give the file a second name, or copy it where the file system cannot."""
    if path.exists() and path.samefile(source):
        return
    _appear(path, lambda temporary: _link_or_copy(source, temporary))


def _appear(path: Path, make: Callable[[Path], object]) -> None:
    temporary = path.with_name(f".{path.name[:100]}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        make(temporary)
        temporary.replace(path)
    except OSError as error:
        raise EvidenceError(
            f"{path} cannot be written: {error}. Make room, or see that you may write there."
        ) from error
    finally:
        with suppress(OSError):  # what is in the way of writing may be in the way of tidying up
            temporary.unlink()


def _link_or_copy(source: Path, path: Path) -> None:
    try:
        os.link(source, path)
    except OSError:
        shutil.copyfile(source, path)


def inside(path: str, folder: PurePosixPath) -> PurePosixPath | None:
    """The path relative to the folder; None when it leads out of it."""
    pure = PurePosixPath(path)
    if ".." in pure.parts or not pure.is_relative_to(folder):
        return None
    return pure.relative_to(folder)
