"""A value of which every part is empty: templates print it once, and scripts clone and fill what was printed."""

from __future__ import annotations

from collections.abc import Iterator


class Blank:
    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return ""

    def __getitem__(self, name: str) -> str:
        return ""

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""
