"""The items that a run of storms makes of a journey: its experiments, and the controls between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaos.plan import Plan
from stormwalk.experiment import experiment_id

CONTROLS = 3
REPEATS = {"latency": 3}
"""How often a plan is walked where that is not once: a percentage needs at least three samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """A journey under one plan, or a control (no plan): every call is passed through. `repeat` counts from 0."""

    plan: Plan | None
    repeat: int = 0
    repeats: int = 1

    @property
    def id(self) -> str:
        """What stands in the brackets of pytest's node id: `lost-reply`, `latency-2`, `control-1`."""
        number = 0 if self.plan is not None and self.repeats == 1 else self.repeat + 1
        return experiment_id(self.plan_name, number)

    @property
    def plan_name(self) -> str:
        """Empty for a control."""
        return self.plan.name if self.plan else ""

    @property
    def is_control(self) -> bool:
        return self.plan is None


def experiments_for(plans: Sequence[Plan], *, controls: int = CONTROLS, repeats: int = 0) -> list[Experiment]:
    """The items of one journey in their order: a control comes first, and the others stand between the experiments,
    so that both see the same machine. `repeats` is for every plan; 0 leaves it at one, or what `REPEATS` says."""
    storms = [one for plan in plans for one in _of_plan(plan, repeats)]
    if not controls:
        return storms
    order: list[Experiment] = []
    for number in range(controls):
        share = slice(len(storms) * number // controls, len(storms) * (number + 1) // controls)
        order += [Experiment(plan=None, repeat=number, repeats=controls), *storms[share]]
    return order


def _of_plan(plan: Plan, repeats: int) -> list[Experiment]:
    times = repeats or REPEATS.get(plan.name, 1)
    return [Experiment(plan=plan, repeat=number, repeats=times) for number in range(times)]
