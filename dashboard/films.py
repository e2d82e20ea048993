"""Makes the film of one journey: its steps with their pictures, and those that it has not reached yet."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.showing import journey_view, step_view, worker_name
from dashboard.state import RunState
from dashboard.steps import JourneyState
from dashboard.views import JourneyView, StepView

LENGTH = 60
"""How many steps of a journey a page shows, the last ones; the others are a page further."""
_EXPECTED = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitView:
    """A step that was not reached yet, as far as the last passed walk knows."""

    key: str
    index: int
    name: str
    look: str = "queued"
    fault: str = ""
    bar: str = "t8"
    long: str = ""
    late: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmView:
    """`worker` is whom the film follows from journey to journey, empty where it stays with one. `before` steps are left
    out at its beginning."""

    worker: str
    heading: str
    journey: JourneyView
    steps: tuple[StepView, ...]
    waiting: tuple[WaitView, ...]
    before: int


def film(run: RunState, worker: str = "", journey: str = "", until: int = 0) -> FilmView | None:
    """The film of a journey or of what a worker walks; else of whoever is at work. None where nothing was walked.

    With `until` it ends with that step.
    """
    chosen = run.journeys.get(journey) or run.at_work.get(worker)
    follows = worker if chosen and not run.journeys.get(journey) else ""
    if chosen is None:
        chosen = default(run)
        follows = chosen.worker if chosen and not chosen.finished else ""
    if chosen is None:
        return None
    steps = [step for _, step in sorted(chosen.steps.items()) if not until or step.index <= until]
    shown = steps[-LENGTH:]
    return FilmView(
        worker=follows,
        heading=f"Steps of {worker_name(follows)}" if follows else f"Steps of journey {chosen.number}",
        journey=journey_view(run, chosen),
        steps=tuple(step_view(run, chosen, step) for step in shown),
        waiting=() if until or chosen.finished else waiting(chosen),
        before=len(steps) - len(shown),
    )


def default(run: RunState) -> JourneyState | None:
    """Whoever is at work, else what failed first, in fair weather before storms, else the first journey."""
    busy = [one for _, one in sorted(run.at_work.items()) if not one.finished]
    red = [one for one in run.journeys.values() if one.reason and not one.skipped]
    ours = sorted(red, key=lambda one: not one.in_fair_weather)
    return next(iter([*busy, *ours, *run.journeys.values()]), None)


def waiting(journey: JourneyState) -> tuple[WaitView, ...]:
    done = max(journey.steps, default=0)
    left = list(enumerate(journey.expected[done:], done + 1))[:_EXPECTED]
    return tuple(
        WaitView(key=f"{journey.key}/{index}", index=index, name=name, says=f"Step {index}, {name}: not reached yet")
        for index, name in left
    )
