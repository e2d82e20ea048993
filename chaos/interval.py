"""Intervals that say how much a handful of samples can prove."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

_Z_95 = 1.959964
_ROUNDS = 2_000


def wilson(good: int, total: int) -> tuple[float, float] | None:
    """Bounds of the 95 % interval of a share (Wilson 1927), 0 to 1; None without a sample.

    Raises ValueError where `good` is not between 0 and `total`.
    """
    if not 0 <= good <= total:
        raise ValueError(f"expected between 0 and {total} good ones, got {good}")
    if total == 0:
        return None
    share, z2 = good / total, _Z_95**2
    centre = share + z2 / (2 * total)
    spread = _Z_95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2))
    whole = 1 + z2 / total
    return max(0.0, (centre - spread) / whole), min(1.0, (centre + spread) / whole)


def bootstrap(
    first: Sequence[float], second: Sequence[float], figure: Callable[[Sequence[float], Sequence[float]], float]
) -> tuple[float, float]:
    """Bounds of the 95 % percentile interval of a figure of two samples (Efron 1979); the same for the same samples."""
    chance = random.Random(repr((tuple(first), tuple(second))))
    figures = sorted(
        figure(chance.choices(first, k=len(first)), chance.choices(second, k=len(second))) for _ in range(_ROUNDS)
    )
    cut = round(_ROUNDS * 0.025)
    return figures[cut], figures[-cut - 1]
