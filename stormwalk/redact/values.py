"""Hides secrets in whole values: every text in a frozen dataclass, and in what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")


def hidden(value: T, hide: Callable[[str], str]) -> T:
    """The same value with `hide` applied to each text in it; words of an enumeration are no texts."""
    made: Any = _hidden(value, hide)
    return made  # type: ignore[no-any-return]


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if type(value) is str:
        return hide(value)
    if type(value) is tuple:
        return tuple(_hidden(one, hide) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {one.name: getattr(value, one.name) for one in fields(value) if one.init}
        changed = {name: new for name, part in parts.items() if (new := _hidden(part, hide)) != part}
        return replace(value, **changed) if changed else value
    return value
