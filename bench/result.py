"""The last line of every bench: one JSON object, the same keys for all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a bench found. `figure` is the one number that counts: the median of `runs` runs.

    `spread` is the lowest and the highest of the runs. `at_least` says on which side of `target` the figure should
    be. `further` holds figures that explain this one; they become keys of their own.
    """

    bench: str
    figure: float
    unit: str
    target: float
    runs: int
    spread: tuple[float, float]
    at_least: bool = True
    further: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        bench: str,
        figures: Sequence[float],
        *,
        unit: str,
        target: float,
        at_least: bool = True,
        further: Mapping[str, float] | None = None,
    ) -> Self:
        """The result of several runs, one figure each. Raises ValueError without any."""
        if not figures:
            raise ValueError(f"bench {bench} has not measured anything")
        return cls(
            bench=bench,
            figure=median(figures),
            unit=unit,
            target=target,
            runs=len(figures),
            spread=(min(figures), max(figures)),
            at_least=at_least,
            further=further or {},
        )

    @property
    def met(self) -> bool:
        return self.figure >= self.target if self.at_least else self.figure <= self.target

    @property
    def exit_code(self) -> int:
        return 0 if self.met else 1

    def line(self) -> str:
        """The JSON object, numbers with at most four significant digits."""
        keys = {
            "bench": self.bench,
            "figure": _short(self.figure),
            "unit": self.unit,
            "target": _short(self.target),
            "met": self.met,
            "runs": self.runs,
            "spread": [_short(one) for one in self.spread],
        }
        return json.dumps(keys | {name: _short(value) for name, value in self.further.items()})


def _short(value: float) -> float:
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded
