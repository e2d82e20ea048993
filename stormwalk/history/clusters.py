"""Failures by their reason: what fails for one cause in many places and runs is one line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from stormwalk.cells import fair_name
from stormwalk.experiment import titled
from stormwalk.history.past import MOST_RUNS, past_runs
from stormwalk.model import RunMode, Status
from stormwalk.store import Store
from stormwalk.store.summary import JourneySummary, StepSummary

_LONGEST = 300
# In this order: an address holds ids, and an id holds numbers. What stands in quotes stays, since it names the control.
_VARYING = (
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>]+", re.IGNORECASE), "URL"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b", re.IGNORECASE), "ID"),
)
# A status says what is wrong, so that it stays; every other number is only how much.
_STATUS = re.compile(r"(?<=HTTP )[1-5]\d\d\b|\b[45]\d\d\b(?! ?(?:ms|s|%|steps?|calls?)\b)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCluster:
    """Steps that ended for the same reason. `pattern` is the reason without what varies, `example` the newest one.

    `status` is failed or error. `steps` are `journey > step`, `runs` ids oldest first, `first_at` and `last_at` UTC in
    seconds since the epoch.
    """

    pattern: str
    example: str
    status: Status
    count: int
    steps: tuple[str, ...]
    runs: tuple[str, ...]
    first_at: float
    last_at: float


@dataclass(frozen=True, slots=True)
class _Failure:
    walk: JourneySummary
    step: str
    status: Status
    reason: str


def clusters(
    store: Store, project: str, *, mode: RunMode | None = None, branch: str | None = None, limit: int = MOST_RUNS
) -> tuple[FailureCluster, ...]:
    """What failed in fair weather in the newest `limit` runs, the most frequent reason first. Raises StoreError."""
    past = past_runs(store, project, mode=mode, branch=branch, limit=limit)
    stormy = {(one.id, key) for one in past for key in one.figures.storm_walks}
    found: dict[tuple[Status, str], list[_Failure]] = defaultdict(list)
    for walk in store.walks([one.id for one in past], (Status.FAILED, Status.ERROR)):
        if (walk.run_id, walk.key) not in stormy:
            for failure in _failures(walk):
                found[failure.status, pattern_of(failure.reason)].append(failure)
    told = (_told(pattern, failures) for (_, pattern), failures in found.items())
    return tuple(sorted(told, key=lambda one: (-one.count, -one.last_at, one.pattern)))


def pattern_of(reason: str) -> str:
    """A reason without what varies from one failure to the next: addresses, ids, numbers; a status stays."""
    line = " ".join(reason[: 4 * _LONGEST].split())
    for varying, instead in _VARYING:
        line = varying.sub(instead, line)
    kept = {found.start() for found in _STATUS.finditer(line)}
    line = _NUMBER.sub(lambda found: found[0] if found.start() in kept else "N", line)
    return line[:_LONGEST] or "no reason was given"


def _failures(walk: JourneySummary) -> Iterator[_Failure]:
    bad = [one for one in walk.steps if one.status in (Status.FAILED, Status.ERROR)]
    for step in bad or [StepSummary(index=0, name="", status=walk.status, reason=walk.reason)]:
        journey = titled(walk.title, fair_name(walk.nodeid))
        where = f"{journey} > {step.name}" if step.name else journey
        yield _Failure(walk, where, step.status or Status.ERROR, step.reason)


def _told(pattern: str, failures: list[_Failure]) -> FailureCluster:
    ordered = sorted(failures, key=lambda one: (one.walk.started_at, one.walk.run_id))
    return FailureCluster(
        pattern=pattern,
        example=ordered[-1].reason,
        status=ordered[-1].status,
        count=len(ordered),
        steps=tuple(dict.fromkeys(one.step for one in ordered)),
        runs=tuple(dict.fromkeys(one.walk.run_id for one in ordered)),
        first_at=ordered[0].walk.started_at,
        last_at=ordered[-1].walk.started_at,
    )
