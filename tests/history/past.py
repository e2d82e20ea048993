"""Runs of the past, as history finds them: summarised, and oldest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from stormwalk.model import Environment, Journey, JourneyStorm, Run, RunMode, Status, Step
from stormwalk.observations import Call, CallSource
from stormwalk.store import Store

PROJECT = "Shop"
START = 1_790_000_000.0
NODE = "journeys/test_shopper.py::test_shopper"


def call(template: str, ms: float | None, status: int | None = 200, **more: Any) -> Call:
    given = {"method": "GET", "source": CallSource.BROWSER, "resource_type": "fetch", "started_at": START, **more}
    return Call(url=f"http://127.0.0.1{template}", template=template, status=status, duration_ms=ms, **given)


def step(name: str, status: Status | None = Status.PASSED, ms: float | None = 100.0, **more: Any) -> Step:
    return Step(index=1, name=name, status=status, duration_ms=ms, **more)


def journey(*steps: Step, nodeid: str = NODE, key: str = "shopper", **more: Any) -> Journey:
    statuses = [one.status for one in steps]
    bad = next((one for one in (Status.FAILED, Status.ERROR) if one in statuses), Status.PASSED)
    given = {"title": "A shopper buys", "status": bad, "duration_ms": 900.0, **more}
    numbered = tuple(replace(one, index=index) for index, one in enumerate(steps, 1))
    return Journey(key=key, nodeid=nodeid, steps=numbered, **given)


def run(number: int, *journeys: Journey, commit: str = "c1", branch: str = "main", **more: Any) -> Run:
    """The run with this number, one an hour."""
    at = START + 3600 * number
    given = {"project": PROJECT, "mode": RunMode.NORMAL, "base_url": "http://127.0.0.1:1", **more}
    return Run(
        id=f"20261001-{number:06}-beef",
        started_at=at,
        finished_at=at + 30,
        exit_code=0,
        environment=Environment(commit=commit, branch=branch),
        journeys=tuple(replace(one, started_at=at + 1) for one in journeys),
        **given,
    )


def under(plan: str, walk: Journey) -> Journey:
    """The same walk under a plan; a control where the plan is empty."""
    key = f"{walk.key}-{plan or 'control'}"
    return replace(walk, key=key, storm=JourneyStorm(plan=plan, seed="7"))


def keep(store: Store, *runs: Run) -> list[str]:
    """Summarise the runs, and give their ids."""
    for one in runs:
        store.summarise(one)
    return [one.id for one in runs]
