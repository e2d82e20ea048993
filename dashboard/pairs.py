"""Which step of a control is the same step: what a step under a fault is compared with."""

from __future__ import annotations

from dashboard.state import RunState
from dashboard.steps import JourneyState, StepState


def step_named(journey: JourneyState, name: str) -> StepState | None:
    """The step of that name; of several the one that was struck, else the first."""
    same = [one for _, one in sorted(journey.steps.items()) if one.name == name]
    return next((one for one in same if one.fault), next(iter(same), None))


def control_of(run: RunState, journey: JourneyState, step: StepState) -> tuple[JourneyState, StepState] | None:
    """The same step in the newest control of the journey that has a picture of it; None outside of a storm."""
    if journey.in_fair_weather:
        return None
    same = _same(journey, step.name)
    turn = same.index(step) if step in same else 0
    for other in reversed(run.journeys.values()):
        if other.storm and other.in_fair_weather and run.base(other.nodeid) == run.base(journey.nodeid):
            theirs = _same(other, step.name)
            if turn < len(theirs) and theirs[turn].picture:
                return other, theirs[turn]
    return None


def _same(journey: JourneyState, name: str) -> list[StepState]:
    """A step may be walked again and again; they go by their turn."""
    return [one for _, one in sorted(journey.steps.items()) if one.name == name]
