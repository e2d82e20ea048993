"""How much slower the storm was than its controls, and whether that is more than the controls differ by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from chaos.interval import bootstrap
from stormwalk.storm_judgement import Degradation

FEWEST_SAMPLES = 3


def degradation(controls: Sequence[float], storms: Sequence[float]) -> Degradation:
    """The change of the median. No percentage below three samples on a side, or where the controls took no time."""
    base = median(controls) if controls else None
    slow = median(storms) if storms else None
    spread = max(controls) - min(controls) if controls else 0.0
    percent = _percent(controls, storms) if _enough(controls, storms) else None
    interval = bootstrap(controls, storms, _percent) if percent is not None else None
    significant = interval is not None and not _covered(controls, slow, interval)
    return Degradation(
        control_ms=base,
        storm_ms=slow,
        controls=len(controls),
        storms=len(storms),
        control_spread_ms=spread,
        percent=percent,
        interval=interval,
        significant=significant,
        words=_words(base, slow, percent, interval, significant),
    )


def amplification(controls: Sequence[float], storms: Sequence[float], delay_ms: float) -> float | None:
    """What one injected millisecond cost: below 1 it overlapped with other work, above 1 it was paid again and again.

    `delay_ms` is what was delivered on the critical path. None without a delay or with too few samples.
    """
    if delay_ms <= 0 or not _enough(controls, storms):
        return None
    return (median(storms) - median(controls)) / delay_ms


def _enough(controls: Sequence[float], storms: Sequence[float]) -> bool:
    return min(len(controls), len(storms)) >= FEWEST_SAMPLES and min(controls) > 0


def _percent(controls: Sequence[float], storms: Sequence[float]) -> float:
    base = median(controls)
    return 100 * (median(storms) - base) / base


def _covered(controls: Sequence[float], slow: float | None, interval: tuple[float, float]) -> bool:
    """Whether chance can explain the difference: the interval holds zero, or a control was as slow (or as fast)."""
    within = slow is not None and min(controls) <= slow <= max(controls)
    return within or interval[0] <= 0 <= interval[1]


def _words(
    base: float | None,
    slow: float | None,
    percent: float | None,
    interval: tuple[float, float] | None,
    significant: bool,
) -> str:
    if slow is None or base is None:
        return "not measured"
    times = f"{slow:.0f} ms against {base:.0f} ms"
    if percent is None or interval is None:
        return f"{times} (too few samples for a percentage)"
    if not significant:
        return f"n.s. ({times})"
    return f"{percent:+.0f} % ({interval[0]:+.0f} to {interval[1]:+.0f} %; {times})"
