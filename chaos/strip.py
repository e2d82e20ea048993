"""What the strips of a storm's pictures say was done to the application: fault, call, and how long ago."""

from __future__ import annotations

import time

from chaos.recovery import Healed
from chaos.storm import Storm
from stormwalk.storm import Outcome


def before(plan: str) -> str:
    """Of the picture that is taken before anything is done."""
    return f"{plan} is about to strike"


def worst(storm: Storm, plan: str, now: float | None = None) -> str:
    """Of the picture of the worst moment: `lost-reply on POST /api/orders, 1.2 s ago`, the newest of all strikes.

    A fault that holds for a whole page strikes no single call: then it is named alone. `now` is UTC in seconds.
    """
    applied = [one for one in storm.decisions if one.outcome is Outcome.APPLIED]
    if applied:
        last = max(applied, key=lambda one: one.at)
        ago = max(0.0, (time.time() if now is None else now) - last.at)
        return f"{last.fault} on {last.key.method} {last.key.template}, {ago:.1f} s ago"
    holding = [one.fault for one in storm.counts if one.applied]
    return f"{holding[-1]} holds" if holding else plan


def recovered(healed: Healed, storm: Storm, plan: str, now: float | None = None) -> str:
    """Of the picture after recovery: what healed it, how long that took, and what had been done."""
    took = f" in {healed.took_ms / 1000:.1f} s" if healed.took_ms is not None else ""
    return f"recovered ({healed.rung}){took}, after {worst(storm, plan, now)}"
