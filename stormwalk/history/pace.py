"""Whether a step has become slower, or is only as restless as it always was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from stormwalk.cells import step_keys
from stormwalk.history.past import PastRun
from stormwalk.model import Status
from stormwalk.store import Store

FEWEST_SAMPLES = 3
"""With fewer times nobody knows how restless a step is, and nothing is said of it."""

RUNS_FOR_NOISE = 10
"""How many runs, the one that is compared with included, say how restless a step is."""

_AT_LEAST_MS = 50.0
_AT_LEAST_SHARE = 0.10
_DEVIATIONS = 3 * 1.4826
"""Three standard deviations, estimated from the median absolute one, which a single slow run does not move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a step takes, in milliseconds: the median of `samples` times, and the noise around it.

    The noise is three deviations of the times, or the worst time but for one in eight, and never less than 50 ms or a
    tenth of the median: below that a machine that does something else at the moment is the better explanation.
    """

    median_ms: float
    noise_ms: float
    samples: int

    def is_slower(self, ms: float, *, percent: float = 0.0) -> bool:
        """Whether a time is beyond the noise, and by more than `percent` above the median."""
        return ms > self.median_ms + self.noise_ms and ms > self.median_ms * (1 + percent / 100)

    def is_faster(self, ms: float) -> bool:
        return ms < self.median_ms - self.noise_ms


def pace_of(times: Sequence[float]) -> Pace | None:
    """The pace that these times show; None with fewer than three."""
    if len(times) < FEWEST_SAMPLES:
        return None
    middle = median(times)
    away = sorted(abs(one - middle) for one in times)
    # What was seen before is no news, unless it was seen a single time among many.
    seen = away[-1 - len(away) // 8]
    noise = max(_DEVIATIONS * median(away), seen, _AT_LEAST_SHARE * middle, _AT_LEAST_MS)
    return Pace(median_ms=middle, noise_ms=noise, samples=len(times))


def times_of(store: Store, runs: Iterable[PastRun]) -> dict[str, list[float]]:
    """How long each step took that passed in fair weather, in milliseconds, by its key; in order of time."""
    taken = {one.id: one for one in runs}
    times: dict[str, list[float]] = defaultdict(list)
    for walk in store.walks(taken):
        if walk.key in taken[walk.run_id].figures.storm_walks:
            continue
        keys = step_keys(walk.nodeid, (one.name for one in walk.steps))
        for (key, _), step in zip(keys, walk.steps, strict=True):
            if step.status is Status.PASSED and step.duration_ms is not None:
                times[key].append(step.duration_ms)
    return times
