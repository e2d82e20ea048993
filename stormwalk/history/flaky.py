"""Flaky steps: the same code let them pass once and fail another time. Measured, not guessed: from recorded runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from stormwalk.cells import fair_name, step_keys
from stormwalk.experiment import titled
from stormwalk.history.past import MOST_RUNS, past_runs
from stormwalk.model import RunMode, Status
from stormwalk.store import Store
from stormwalk.store.summary import JourneySummary


@dataclass(frozen=True, slots=True, kw_only=True)
class FlakyStep:
    """A step that both passed and failed on one commit at least. Counts are over those commits alone.

    `flips` is how often its result changed from one walk to the next on the same commit; `last_at` is when it failed
    last, UTC in seconds since the epoch, in `last_run`, for `reason`.
    """

    nodeid: str
    journey: str
    step: str
    passed: int
    failed: int
    flips: int
    commits: tuple[str, ...]
    last_run: str
    last_at: float
    reason: str

    @property
    def failure_rate(self) -> float:
        """0 to 1."""
        return self.failed / (self.passed + self.failed)


@dataclass(frozen=True, slots=True)
class _Walked:
    """One outcome of a step: a walk of its journey on a commit."""

    failed: bool
    reason: str
    walk: JourneySummary


@dataclass(slots=True)
class _Outcomes:
    """The outcomes of one step on one commit, in order of time."""

    journey: str
    nodeid: str
    step: str
    commit: str
    walked: list[_Walked] = field(default_factory=list)

    @property
    def mixed(self) -> bool:
        return len({one.failed for one in self.walked}) == 2

    @property
    def flips(self) -> int:
        return sum(one.failed is not next_.failed for one, next_ in zip(self.walked, self.walked[1:], strict=False))


def flaky(
    store: Store, project: str, *, mode: RunMode | None = None, branch: str | None = None, limit: int = MOST_RUNS
) -> tuple[FlakyStep, ...]:
    """Flaky steps of the newest `limit` runs, the one that changes most often first. Raises StoreError.

    Only walks in fair weather count, and only passed against failed: an error says nothing of the application. Runs
    whose commit is not known are left out.
    """
    past = [one for one in past_runs(store, project, mode=mode, branch=branch, limit=limit) if one.summary.commit]
    commit_of = {one.id: one.summary.commit for one in past}
    stormy = {(one.id, key) for one in past for key in one.figures.storm_walks}
    failed = (one for one in store.walks(commit_of, (Status.FAILED,)) if (one.run_id, one.key) not in stormy)
    suspects = {(commit_of[one.run_id], fair_name(one.nodeid)) for one in failed}
    # On a commit where nothing failed nothing is flaky, and most runs need not be read.
    runs = [run for run, commit in commit_of.items() if any(commit == suspect for suspect, _ in suspects)]
    walks = (
        one
        for one in store.walks(runs)
        if (commit_of[one.run_id], fair_name(one.nodeid)) in suspects and (one.run_id, one.key) not in stormy
    )
    mixed = (one for one in _by_step(walks, commit_of) if one.mixed)
    found = defaultdict(list)
    for one in mixed:
        found[one.nodeid, one.step].append(one)
    return tuple(sorted((_told(some) for some in found.values()), key=_rank))


def _by_step(walks: Iterable[JourneySummary], commit_of: dict[str, str]) -> Iterable[_Outcomes]:
    outcomes: dict[tuple[str, str], _Outcomes] = {}
    for walk in walks:
        commit, nodeid = commit_of[walk.run_id], fair_name(walk.nodeid)
        for key, name, result in _results(walk):
            known = outcomes.setdefault(
                (commit, key), _Outcomes(journey=titled(walk.title, nodeid), nodeid=nodeid, step=name, commit=commit)
            )
            known.walked.append(result)
    return outcomes.values()


def _results(walk: JourneySummary) -> Iterator[tuple[str, str, _Walked]]:
    keys = step_keys(walk.nodeid, (one.name for one in walk.steps))
    for (key, label), step in zip(keys, walk.steps, strict=True):
        if step.status in (Status.PASSED, Status.FAILED):
            yield key, label, _Walked(step.status is Status.FAILED, step.reason, walk)


def _told(some: list[_Outcomes]) -> FlakyStep:
    walked = [one for outcomes in some for one in outcomes.walked]
    failed = [one for one in walked if one.failed]
    last = max(failed, key=lambda one: one.walk.started_at)
    return FlakyStep(
        nodeid=some[0].nodeid,
        journey=some[0].journey,
        step=some[0].step,
        passed=len(walked) - len(failed),
        failed=len(failed),
        flips=sum(one.flips for one in some),
        commits=tuple(one.commit for one in some),
        last_run=last.walk.run_id,
        last_at=last.walk.started_at,
        reason=last.reason,
    )


def _rank(one: FlakyStep) -> tuple[int, int, str, str]:
    return -one.flips, -min(one.passed, one.failed), one.nodeid, one.step
