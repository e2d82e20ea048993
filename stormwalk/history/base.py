"""What is known of the base branch: the newest colour of each of its cells, its findings, and the pace of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from stormwalk.cells import Cell, CellKind, SecondLook
from stormwalk.history.pace import RUNS_FOR_NOISE, Pace, pace_of, times_of
from stormwalk.history.past import PastRun, past_runs
from stormwalk.model import Run, RunMode
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
    store: Store, project: str, mode: RunMode, branch: str, *, before: Run | None = None, given: Base | None = None
) -> Base | None:
    """What the runs of a store and the base that was `given` make, the newer on top; None where neither is there.

    The run `before`, and those that started after it, are left out, whether it has ended yet or not. Neither steered
    nor interrupted runs count. Raises StoreError.
    """
    past = past_runs(store, project, mode=mode, branch=branch)
    earlier = [one for one in past if before is None or _start(one) < (before.started_at, before.id)]
    fit = [one for one in earlier if not one.figures.steered and not one.summary.interrupted][-RUNS_FOR_CELLS:]
    newer = [one for one in fit if given is None or _start(one) > (given.at, given.run)]
    told = [_told_by(one, store.cells(one.id)) for one in fit]
    # A store can be older than what was given: it must not make red again what has been mended since.
    layers = [*told[: len(fit) - len(newer)], *([given] if given else []), *told[len(fit) - len(newer) :]]
    base = None
    for layer in layers:
        base = _laid_on(base, layer)
    if base is None:
        return None
    measured = _paces(store, fit[-RUNS_FOR_NOISE:])
    return replace(base, paces=_first(measured, base.paces) if newer else _first(base.paces, measured))


def _start(one: PastRun) -> tuple[float, str]:
    return one.summary.started_at, one.id


def _told_by(run: PastRun, cells: tuple[Cell, ...]) -> Base:
    """What a single run says, its open cells included."""
    return Base(
        mode=run.summary.mode,
        branch=run.summary.branch,
        run=run.id,
        at=run.summary.started_at,
        cells=cells,
        findings=tuple(KnownFinding(kind=one.kind, id=one.id, places=one.places) for one in run.figures.findings),
    )


def _laid_on(base: Base | None, newer: Base) -> Base:
    """What is newer counts, and of what was known before that where nobody has looked again."""
    known = base.cells if base else ()
    second = SecondLook(known, newer.cells)
    older = {one.place: one for one in known if not (one.beside and second.at(one.kind, [one.beside]))}
    judged = {one.place: replace(one, words="") for one in newer.cells if one.is_judged}
    return replace(
        newer,
        cells=tuple((older | judged).values()),
        findings=_findings(base, newer, second),
        paces=_first(newer.paces, base.paces if base else ()),
    )


def _findings(base: Base | None, newer: Base, second: SecondLook) -> tuple[KnownFinding, ...]:
    """The newer ones, and of those that were known the ones where nobody has looked again."""
    told = {(one.kind, one.id) for one in newer.findings}
    kept = [
        one
        for one in (base.findings if base else ())
        if (one.kind, one.id) not in told and not second.at(one.kind, one.places)
    ]
    return tuple(sorted((*newer.findings, *kept), key=lambda one: (one.kind, one.id)))


def _first(paces: tuple[StepPace, ...], others: tuple[StepPace, ...]) -> tuple[StepPace, ...]:
    """The first, and of the others those of steps that the first do not know."""
    known = {one.key for one in paces}
    return (*paces, *(one for one in others if one.key not in known))


def _paces(store: Store, runs: Iterable[PastRun]) -> tuple[StepPace, ...]:
    paces = ((key, pace_of(times)) for key, times in sorted(times_of(store, runs).items()))
    return tuple(StepPace(key=key, pace=pace) for key, pace in paces if pace is not None)
