"""Which worker walks what: all walks of a journey on one of them, and what takes longest first.

A journey's controls and storms belong together, or they would not see the same machine. As they are not parted, the
workers end together only if no long journey is left for the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from stormwalk.experiment import CONTROL, base_of

Usual = Callable[[str], float | None]


class LongestFirst(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out one journey after the other. `usual` says how long a walk took when it last passed, in milliseconds;
    a journey of which nobody knows may be the longest, and is begun before all others."""

    def __init__(self, config: pytest.Config, log: Any, plans: Sequence[str], usual: Usual) -> None:
        super().__init__(config, log)
        self._plans = plans
        self._usual = usual
        self._lengths: dict[str, float] = {}

    def _split_scope(self, nodeid: str) -> str:
        return base_of(nodeid, self._plans)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(max(self.workqueue, key=self._length), last=False)
        super()._assign_work_unit(node)

    def _length(self, journey: str) -> float:
        if journey not in self._lengths:
            known = next(filter(None, map(self._usual, (journey, *_controls_of(journey)))), None)
            self._lengths[journey] = known * len(self.workqueue[journey]) if known else float("inf")
        return self._lengths[journey]


def _controls_of(journey: str) -> tuple[str, ...]:
    """How the names of its controls begin, wherever in the parameters pytest has put that they are controls. Who walks
    nothing but storms knows their times alone."""
    head, _, parameters = journey.partition("[")
    behind = (f"{head}[{parameters[:-1]}-{CONTROL}",) if parameters else ()
    return (f"{head}[{CONTROL}", *behind)
