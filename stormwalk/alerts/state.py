"""Whether a run is worth a message: what state it is in, and in which state the one before it was."""

from __future__ import annotations

from typing import Protocol

from stormwalk.alerts.alert import State
from stormwalk.config.alerts import When
from stormwalk.history.state import State as Baseline
from stormwalk.model import Run
from stormwalk.store import Store
from stormwalk.store.summary import RunSummary

_STATES = {0: State.PASSED, 1: State.FAILED}


class Previous(Protocol):
    """Knows the state before a run; None where no run of the same project, mode and branch came to an end."""

    def state_before(self, run: Run, /) -> State | None: ...


class StoredRuns:
    """The runs of a store. One that was killed, interrupted, stopped or steered has no state: the one before counts."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def state_before(self, run: Run, /) -> State | None:
        one = self.before(run)
        return None if one is None else state_of(one)

    def before(self, run: Run) -> RunSummary | None:
        """The newest run before this one that has a state."""
        before = (one for one in self._store.runs() if _is_before(one, run))  # newest first
        return next((one for one in before if not self._was_by_hand(one)), None)

    def _was_by_hand(self, one: RunSummary) -> bool:
        figures = self._store.figures([one.id]).get(one.id)
        return figures is not None and figures.by_hand


class WithBaseline(StoredRuns):
    """The same on a machine that starts empty, or has not seen the newest runs: what the store does not know stands in
    the file of `--baseline`."""

    def __init__(self, store: Store, baseline: Baseline | None) -> None:
        super().__init__(store)
        self._baseline = baseline

    def state_before(self, run: Run, /) -> State | None:
        known = self.before(run)
        last = self._baseline.last_run(run.mode, run.environment.branch) if self._baseline else None
        if last is None or (known is not None and (known.started_at, known.id) >= (last.at, last.run)):
            return None if known is None else state_of(known)
        return _STATES.get(last.exit_code, State.ERROR)


def state_of(run: Run | RunSummary) -> State:
    """The exit code in words: it already weighs journeys, access, storms and gates against each other."""
    return _STATES.get(2 if run.exit_code is None else run.exit_code, State.ERROR)


def worth_telling(run: Run, when: When, previous: Previous) -> bool:
    """Whether somebody should be told.

    The first run of a project, mode and branch is always a change: until then nobody knew. A run in which somebody had
    a hand says nothing of the application unless something was found until then.
    """
    state = state_of(run)
    if when is When.ALWAYS:
        return True
    judgement = run.storm.judgement if run.storm else None
    by_hand = run.interrupted or run.stopped or (judgement is not None and judgement.steered)
    if by_hand and state is not State.FAILED:
        return False
    if when is When.ON_FAILURE:
        return state.is_bad
    return previous.state_before(run) is not state


def _is_before(one: RunSummary, run: Run) -> bool:
    same = (one.project, one.mode, one.branch) == (run.project, run.mode, run.environment.branch)
    ended = one.finished_at is not None and not one.interrupted
    return same and ended and (one.started_at, one.id) < (run.started_at, run.id)
