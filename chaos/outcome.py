"""The outcome of a cell: the worst thing that was seen, or else how well the step came through."""

from __future__ import annotations

from chaos.cell import Cell
from stormwalk.storm_judgement import Outcome, Recovery

# What each sign makes of a step that was done, and of one that was not. A sign that is not named here spoils the step
# without taking it away.
_ALWAYS = {
    "access-opened": Outcome.FAIL_OPEN,
    "duplicate-order": Outcome.CORRUPT,
    "lost-order": Outcome.CORRUPT,
    "false-success": Outcome.CORRUPT,
    "wrong-total": Outcome.CORRUPT,
    "leaked-internals": Outcome.BROKEN_UI,
    "blank-page": Outcome.BROKEN_UI,
    "not-recovered": Outcome.STUCK,
}
_NOT_DONE = {
    "uncaught-exception": Outcome.BROKEN_UI,
    "layout-broken": Outcome.BROKEN_UI,
    "endless-spinner": Outcome.STUCK,
    "stuck-control": Outcome.STUCK,
    "silent-failure": Outcome.NO_FEEDBACK,
    "untold-order": Outcome.NO_FEEDBACK,
}


def outcome_of(cell: Cell) -> Outcome:
    """Where the cell stands between `transparent` and `access opened`; `invalid` where nothing was tested."""
    if cell.invalid_because:
        return Outcome.INVALID
    of_signs = [_of_sign(sign, cell.done) for sign in cell.signs]
    return max([_of_step(cell), *of_signs], key=lambda one: one.rank)


def _of_sign(sign: str, done: bool) -> Outcome:
    grave = _ALWAYS.get(sign)
    if grave is None and not done:
        grave = _NOT_DONE.get(sign)
    return grave or Outcome.DEGRADED_SILENT


def _of_step(cell: Cell) -> Outcome:
    if cell.done:
        return Outcome.RECOVERED if cell.repeated else Outcome.TRANSPARENT
    told = cell.feedback_ms is not None
    if cell.recovery is Recovery.NOT_RECOVERED:
        return Outcome.STUCK
    if cell.recovery is Recovery.ALONE and (told or cell.busy_ms is not None):
        return Outcome.RECOVERED
    if not told:
        return Outcome.NO_FEEDBACK
    return Outcome.GRACEFUL if cell.input_kept else Outcome.DEGRADED_SILENT
