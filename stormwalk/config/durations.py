"""Durations as people write them: `"5 s"`, `"500 ms"`, `"2 min"`, or a number of milliseconds."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import BeforeValidator

_WRITTEN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|min)\s*", re.ASCII)
_IN_MS = {"ms": 1.0, "s": 1_000.0, "min": 60_000.0}
_LONGEST_MS = 24 * 60 * _IN_MS["min"]


def milliseconds(written: object) -> float:
    """The duration in milliseconds, above zero and at most a day. Raises ValueError with what was expected."""
    amount = _amount(written)
    if amount is None:
        raise ValueError(f'expected a duration such as "5 s" or "500 ms", got {_shown(written)}')
    if not 0 < amount <= _LONGEST_MS:
        raise ValueError(f'expected a duration above zero and up to "1440 min", got {_shown(written)}')
    return amount


def _amount(written: object) -> float | None:
    if isinstance(written, str):
        match = _WRITTEN.fullmatch(written)
        return float(match[1]) * _IN_MS[match[2]] if match else None
    # TOML knows `true`, `nan` and `inf`, and Python takes the first for the number 1.
    if isinstance(written, bool) or not isinstance(written, int | float):
        return None
    return float(written) if abs(written) < 1e15 and math.isfinite(written) else None


def _shown(written: object) -> str:
    if isinstance(written, str):
        return f'"{written[:40]}"' if len(written) <= 40 else f'"{written[:40]}..."'
    return str(written)[:40] if isinstance(written, bool | int | float) else f"a {type(written).__name__}"


Milliseconds = Annotated[float, BeforeValidator(milliseconds)]
