"""What two runs differ in: new, fixed, still failing, no longer judged, slower beyond the noise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from stormwalk.cells import Cell, CellKind, Colour, SecondLook
from stormwalk.errors import StoreError
from stormwalk.figures import RunFigures
from stormwalk.history.pace import RUNS_FOR_NOISE, Pace, pace_of, times_of
from stormwalk.history.past import PastRun, past_runs
from stormwalk.store import Store
from stormwalk.store.summary import RunSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell in both runs; `before` or `after` is None where a run did not have it."""

    kind: CellKind
    key: str
    name: str
    before: Colour | None
    after: Colour | None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slower:
    """A step whose time left the noise of the runs before. `percent` is above zero where it is slower."""

    key: str
    pace: Pace
    ms: float

    @property
    def percent(self) -> float:
        return 100 * (self.ms - self.pace.median_ms) / self.pace.median_ms if self.pace.median_ms else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """`new` cells are red and were not, `unjudged` were red or green and nobody knows now.

    `unmeasured` counts the steps of which fewer than three times are known before, so that nothing is said of their
    pace. `remark` says why the two runs can be compared only in part, be it that they are of different kinds or that
    one was cut off or steered; empty where they can.
    """

    before: RunSummary
    after: RunSummary
    new: tuple[Change, ...] = ()
    fixed: tuple[Change, ...] = ()
    still_failing: tuple[Change, ...] = ()
    unjudged: tuple[Change, ...] = ()
    slower: tuple[Slower, ...] = ()
    faster: tuple[Slower, ...] = ()
    unmeasured: int = 0
    remark: str = ""


def compare(store: Store, before: str, after: str) -> Comparison:
    """Lay two runs beside each other, by their ids. How restless a step is is learned from up to ten runs that end with
    `before`, of the same project, mode and branch.

    Raises StoreError for an id that is not known, or of a run that never ended.
    """
    one, other = _ended(store, before), _ended(store, after)
    changes = tuple(changed(store.cells(before), store.cells(after)))
    slower, faster, unmeasured = _paces(store, one, other)
    return Comparison(
        before=one,
        after=other,
        new=tuple(change for change in changes if change.after is Colour.RED and change.before is not Colour.RED),
        fixed=tuple(change for change in changes if change.after is Colour.GREEN),
        still_failing=tuple(change for change in changes if change.before is change.after is Colour.RED),
        unjudged=tuple(change for change in changes if change.after in (Colour.OPEN, None)),
        slower=slower,
        faster=faster,
        unmeasured=unmeasured,
        remark=" ".join(_remarks(store, one, other)),
    )


def changed(before: Iterable[Cell], after: Iterable[Cell]) -> Iterator[Change]:
    """The cells that are not as they were, and those that are red in both, in the order of the later run."""
    old, new = {one.place: one for one in before}, {one.place: one for one in after}
    second = SecondLook(old.values(), new.values())
    # A journey that failed in a step of its own has no cell for itself.
    told_by_step = {(one.kind, one.key.partition(" > ")[0]) for one in new.values() if one.colour is Colour.RED}
    for place in dict.fromkeys((*new, *old)):
        was, now = old.get(place), new.get(place)
        told = now or was
        if told is None:
            continue
        gone = now is None and bool(told.beside) and second.at(told.kind, [told.beside])
        colour = now.colour if now else Colour.GREEN if gone else None
        change = Change(
            kind=told.kind,
            key=told.key,
            name=told.name,
            before=was.colour if was else None,
            after=colour,
            words=told.words,
        )
        if _worth_telling(change) and not (colour is None and place in told_by_step):
            yield change


def _worth_telling(change: Change) -> bool:
    red = Colour.RED in (change.before, change.after)
    lost = change.before is Colour.GREEN and change.after in (Colour.OPEN, None)
    return red or lost


def _ended(store: Store, run_id: str) -> RunSummary:
    found = next((one for one in store.runs() if one.id == run_id), None)
    if found is None:
        raise StoreError(f"There is no run {run_id} in the store. See them all: python -m stormwalk report --list")
    if found.totals is None:
        raise StoreError(f"Run {run_id} has not ended, so that there is nothing to compare. Choose another one.")
    return found


def _remarks(store: Store, before: RunSummary, after: RunSummary) -> Iterator[str]:
    """What stands between the two runs, a sentence for each thing."""
    for what, one, other in (("project", before.project, after.project), ("mode", before.mode, after.mode)):
        if one != other:
            yield f"The runs are of different {what}s, {one} and {other}: much of this is no change of the application."
            break
    if before.started_at > after.started_at:
        yield "The first of the two runs is the later one: what is new here was fixed, and the other way round."
    figures = store.figures([before.id, after.id])
    for run in dict.fromkeys((before, after)):
        yield from _by_hand(run, figures.get(run.id, RunFigures()))


def _by_hand(run: RunSummary, figures: RunFigures) -> Iterator[str]:
    """What a hand in the run, or its end before its time, takes away from the comparison."""
    if run.interrupted or figures.stopped:
        how = "interrupted" if run.interrupted else "stopped by hand"
        yield f"Run {run.id} was {how}: of what it did not come to nothing is known, and it is neither new nor gone."
    if figures.steered:
        yield f"Run {run.id} was steered by hand: its storms prove nothing, and are left out."


def _paces(store: Store, before: RunSummary, after: RunSummary) -> tuple[tuple[Slower, ...], tuple[Slower, ...], int]:
    """Slower, faster, and the number of steps of which too little is known."""
    known = times_of(store, _runs_until(store, before))
    now = times_of(store, _only(store, after))
    measured = [(key, pace_of(known.get(key, [])), median(times)) for key, times in now.items()]
    told = [Slower(key=key, pace=pace, ms=ms) for key, pace, ms in measured if pace is not None]
    slower = sorted((one for one in told if one.pace.is_slower(one.ms)), key=lambda one: -one.percent)
    faster = sorted((one for one in told if one.pace.is_faster(one.ms)), key=lambda one: one.percent)
    return tuple(slower), tuple(faster), len(measured) - len(told)


def _runs_until(store: Store, last: RunSummary) -> tuple[PastRun, ...]:
    past = past_runs(store, last.project, mode=last.mode, branch=last.branch)
    upto = [one for one in past if (one.summary.started_at, one.id) <= (last.started_at, last.id)]
    return tuple(upto[-RUNS_FOR_NOISE:])


def _only(store: Store, run: RunSummary) -> tuple[PastRun, ...]:
    past = past_runs(store, run.project, mode=run.mode, branch=run.branch)
    return tuple(one for one in past if one.id == run.id)
