"""Parameters of faults: fields of a frozen dataclass that know their unit and check what is written.

@dataclass(frozen=True, slots=True, kw_only=True)
class Latency(CallFault):
    ms: float = duration("500 ms", "how long the call is held up")
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields
from typing import Any

from stormwalk.config.durations import milliseconds

Read = Callable[[object], Any]
_KEY = "parameter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What is known of a field beside its name. `read` gives the value or raises ValueError with what it expected."""

    about: str
    unit: str
    default: str
    read: Read


class ParameterProblem(ValueError):
    """A parameter is unknown, or its value is none; `key` is empty where the fault as a whole is wrong."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key}: {expected}" if key else expected)
        self.key = key
        self.expected = expected


def duration(default: str, about: str) -> Any:
    """A duration such as `"500 ms"` or `"2 s"`, a number of milliseconds, or 0."""
    return _field(default, about, "ms", _duration)


def share(default: float, about: str) -> Any:
    """A part of the whole, from 0 to 1, or as in `"10%"`."""
    return _field(default, about, "0 to 1", _share)


def whole(default: int, about: str, *, low: int = 0, high: int = 10**9, unit: str = "") -> Any:
    """A whole number."""
    return _field(default, about, unit, lambda written: _whole(written, low, high))


def number(default: float, about: str, *, low: float, high: float, unit: str = "") -> Any:
    """A number; text may carry the unit behind it, as in `"4x"` or `"50 kB/s"`."""
    return _field(default, about, unit, lambda written: _number(written, low, high, unit))


def choice(default: str, about: str, among: tuple[str, ...]) -> Any:
    """One of a few words."""
    return _field(default, about, " | ".join(among), lambda written: _choice(written, among))


def text(default: str, about: str) -> Any:
    """Any text; empty means that there is none."""
    return _field(default, about, "text", _text)


def parameters_of(kind: type) -> dict[str, Parameter]:
    """The parameters of a fault in the order in which they were written."""
    return {one.name: _of(one) for one in fields(kind)}


def _of(one: Field[Any]) -> Parameter:
    parameter: Parameter = one.metadata[_KEY]
    return parameter


def _field(default: Any, about: str, unit: str, read: Read) -> Any:
    parameter = Parameter(about=about, unit=unit, default=str(default), read=read)
    return field(default=read(default), metadata={_KEY: parameter})


def _duration(written: object) -> float:
    if written in (0, "0", "0 ms", "0 s") and not isinstance(written, bool):
        return 0.0
    if isinstance(written, str) and written.replace(".", "", 1).isdigit():
        written = float(written)
    return milliseconds(written)


def _share(written: object) -> float:
    expected = f'expected a share from 0 to 1, or such as "10%", got {shown(written)}'
    value = _plain(written, "%")
    if value is None:
        raise ValueError(expected)
    percent = isinstance(written, str) and written.rstrip().endswith("%")
    value = value / 100 if percent else value
    if not 0 <= value <= 1:
        raise ValueError(expected)
    return value


def _whole(written: object, low: int, high: int) -> int:
    value = _plain(written, "")
    if value is None or value != int(value) or not low <= value <= high:
        raise ValueError(f"expected a whole number from {low} to {high}, got {shown(written)}")
    return int(value)


def _number(written: object, low: float, high: float, unit: str) -> float:
    value = _plain(written, unit)
    if value is None or not low <= value <= high:
        raise ValueError(
            f"expected a number from {low:g} to {high:g}{f' ({unit})' if unit else ''}, got {shown(written)}"
        )
    return value


def _choice(written: object, among: tuple[str, ...]) -> str:
    if written not in among or not isinstance(written, str):
        raise ValueError(f"expected one of {', '.join(among)}, got {shown(written)}")
    return written


def _text(written: object) -> str:
    if not isinstance(written, str) or len(written) > 10_000:
        raise ValueError(f"expected text of at most 10000 characters, got {shown(written)}")
    return written


def _plain(written: object, unit: str) -> float | None:
    # TOML knows `true`, `nan` and `inf`, and Python takes the first for the number 1.
    if isinstance(written, str):
        try:
            written = float(written.strip().removesuffix(unit).strip())
        except ValueError:
            return None
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return float(written) if abs(written) < 1e15 and math.isfinite(written) else None


def shown(written: object) -> str:
    """What was written, short enough for a line."""
    if isinstance(written, str):
        return f'"{written[:40]}..."' if len(written) > 40 else f'"{written}"'
    return str(written)[:40] if isinstance(written, bool | int | float) else f"a {type(written).__name__}"
