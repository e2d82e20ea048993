"""Endpoints that the journeys of a run have called, with the roles that got in."""

from __future__ import annotations

from collections.abc import Iterator

from stormwalk.access.coverage import below, existing
from stormwalk.access.har import placed
from stormwalk.access.matrix import ANONYMOUS
from stormwalk.access.sights import Sight
from stormwalk.config import Project
from stormwalk.model import Run
from stormwalk.observations import Call


def run_sights(run: Run, project: Project) -> list[Sight]:
    """What the calls of each step say of the role that walked it; calls of no step say only that they were made.

    Where the API has no root of its own, the pages are endpoints as well. Those under a storm are left out: what was
    answered there may be ours.
    """
    root = project.application.api_root
    made = [(role, call) for role, call in _made(run) if below(root, call) or (not root and _is_page(call))]
    there = existing(call for _, call in made)
    return [_sight(role, call, project) for role, call in made if (call.method, call.template) in there]


def _made(run: Run) -> Iterator[tuple[str | None, Call]]:
    for journey in run.fair_weather:
        yield from ((None, call) for call in journey.background_calls)
        for step in journey.steps:
            yield from ((step.role or ANONYMOUS, call) for call in step.calls)


def _is_page(call: Call) -> bool:
    return call.resource_type == "document" and call.template.startswith("/")


def _sight(role: str | None, call: Call, project: Project) -> Sight:
    path, values = placed(call.url, call.template, project.application.api_root)
    # A page that leads elsewhere has let nobody in: most of them ask to log in like that. A form that was sent has.
    good = 300 if _is_page(call) and call.method == "GET" else 400
    got_in = role is not None and call.status is not None and call.status < good
    known = role == ANONYMOUS or role in project.roles
    return Sight(
        method=call.method,
        path=path,
        let_in=frozenset([role] if got_in and known and role else []),
        params=values,
        seen=(f"{role or 'in the background'} {call.status or 'without answer'}",),
    )
