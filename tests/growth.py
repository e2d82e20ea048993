"""How much longer something takes for more of it, where the machine adds to any one measurement as it likes."""

from __future__ import annotations

import time
from collections.abc import Callable

ATTEMPTS = 20


def grows_by_less_than(most: float, few: Callable[[], object], many: Callable[[], object]) -> bool:
    """Whether `many` takes less than `most` times as long as `few`, each at its quickest of so many attempts.

    What a machine adds to a measurement is never negative, so the quickest is the nearest to the truth; a run that
    grows by more does so each time.
    """
    short = long = float("inf")
    for _ in range(ATTEMPTS):
        short = min(short, _seconds(few), _seconds(few))
        long = min(long, _seconds(many))
        if long < most * short:
            return True
    return False


def _seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
