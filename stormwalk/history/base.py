"""What is known of the base branch: the newest colour of each of its cells, its findings, and the pace of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stormwalk.cells import Cell, CellKind, SecondLook
from stormwalk.history.pace import RUNS_FOR_NOISE, Pace, pace_of, times_of
from stormwalk.history.past import PastRun, past_runs
from stormwalk.model import RunMode
from stormwalk.store import Store

RUNS_FOR_CELLS = 20
"""How far back the newest colour of a cell may lie: not every run walks every journey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPace:
    """The pace of a step, by its key."""

    key: str
    pace: Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFinding:
    """A finding of the base branch, by its id, and the names of the cells where it showed."""

    kind: CellKind
    id: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One branch in one mode. `run` is the newest run that it was learned from, `at` its start, UTC in seconds.

    `cells` hold no open ones: what a run could not judge is as the run before left it.
    """

    mode: RunMode
    branch: str
    run: str
    at: float
    cells: tuple[Cell, ...] = ()
    findings: tuple[KnownFinding, ...] = ()
    paces: tuple[StepPace, ...] = ()


def base_of(
    store: Store, project: str, mode: RunMode, branch: str, *, before: str = "", given: Base | None = None
) -> Base | None:
    """The base that the runs of a store make, on top of the one that was `given`; None where neither is there.

    The run with the id `before`, and those that started after it, are left out. Neither steered nor interrupted runs
    count. Raises StoreError.
    """
    past = past_runs(store, project, mode=mode, branch=branch)
    until = next((place for place, one in enumerate(past) if one.id == before), len(past))
    fit = [one for one in past[:until] if not one.figures.steered and not one.summary.interrupted][-RUNS_FOR_CELLS:]
    base = given
    for one in fit:
        base = _with_run(base, one, store.cells(one.id))
    if base is None or not fit:
        return base
    paces = _paces(store, fit[-RUNS_FOR_NOISE:])
    known = {one.key for one in paces}
    return replace(base, paces=(*paces, *(one for one in base.paces if one.key not in known)))


def _with_run(base: Base | None, run: PastRun, cells: tuple[Cell, ...]) -> Base:
    known = base.cells if base else ()
    second = SecondLook(known, cells)
    older = {one.place: one for one in known if not (one.beside and second.at(one.kind, [one.beside]))}
    judged = {one.place: replace(one, words="") for one in cells if one.is_judged}
    return Base(
        mode=run.summary.mode,
        branch=run.summary.branch,
        run=run.id,
        at=run.summary.started_at,
        cells=tuple((older | judged).values()),
        findings=_findings(base, run, second),
        paces=base.paces if base else (),
    )


def _findings(base: Base | None, run: PastRun, second: SecondLook) -> tuple[KnownFinding, ...]:
    """Those of this run, and of those that were known the ones where it has not looked again."""
    here = [KnownFinding(kind=one.kind, id=one.id, places=one.places) for one in run.figures.findings]
    told = {(one.kind, one.id) for one in here}
    kept = [
        one
        for one in (base.findings if base else ())
        if (one.kind, one.id) not in told and not second.at(one.kind, one.places)
    ]
    return tuple(sorted((*here, *kept), key=lambda one: (one.kind, one.id)))


def _paces(store: Store, runs: Iterable[PastRun]) -> tuple[StepPace, ...]:
    paces = ((key, pace_of(times)) for key, times in sorted(times_of(store, runs).items()))
    return tuple(StepPace(key=key, pace=pace) for key, pace in paces if pace is not None)
