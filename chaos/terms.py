"""The five terms of a cell's score, each from 0 (bad) to 1 (good). Durations are milliseconds."""

from __future__ import annotations

from chaos.cell import Cell
from stormwalk.storm_judgement import Recovery

T_NOTICE_MS = 1_000.0
SOON_MS = 2_000.0
LATE_MS = 10_000.0
LONGEST_RECOVERY_MS = 10_000.0
_MANUAL = 0.7
# What each sign takes away from stability.
_UNSTABLE = {"uncaught-exception": 0.5, "endless-spinner": 0.5, "blank-page": 1.0, "layout-broken": 0.25}


def terms_of(cell: Cell) -> dict[str, float]:
    """All five by name, in the order of the formula."""
    return {
        "outcome": outcome_term(cell),
        "recovery": recovery_term(cell),
        "feedback": feedback_term(cell),
        "performance": performance_term(cell),
        "stability": stability_term(cell),
    }


def outcome_term(cell: Cell) -> float:
    """Done by itself: 1. Else, where the fault could have been hidden, how much help it took; where not, how safe the
    stop was."""
    if cell.done:
        return 1.0
    if "false-success" in cell.signs:
        return 0.0
    stop = _safe_stop(cell)
    if cell.maskable:
        return 0.6 if cell.recovery in (Recovery.ALONE, Recovery.RETRY, Recovery.RELOAD) else 0.0
    return stop


def _safe_stop(cell: Cell) -> float:
    """1 with input kept and a way to try again, .5 where one of the two is missing or the control is stuck."""
    kept = cell.input_kept and "input-lost" not in cell.signs
    again = cell.retry_offered and "stuck-control" not in cell.signs
    told = cell.feedback_ms is not None
    if not told or cell.recovery is Recovery.NOT_RECOVERED:
        return 0.0
    return (0.5 if kept or again else 0.0) + (0.5 if kept and again else 0.0)


def recovery_term(cell: Cell) -> float:
    """1 as soon as usual after the fault has ended, falling to 0 at ten seconds or four times the usual time."""
    if cell.done:
        return 1.0
    if cell.recovery in (None, Recovery.NEW_LOGIN, Recovery.NOT_RECOVERED) or cell.recovery_ms is None:
        return 0.0
    base = cell.base_ms or 0.0
    longest = max(LONGEST_RECOVERY_MS, 4 * base)
    soon = base + max(T_NOTICE_MS, 0.25 * base)
    share = _falling(cell.recovery_ms, soon, longest)
    return share * _MANUAL if cell.recovery is Recovery.RELOAD else share


def feedback_term(cell: Cell) -> float:
    """1 where nothing was to be noticed or the user was told soon and clearly, .5 late or vaguely, 0 never."""
    if cell.done and not _noticed(cell):
        return 1.0
    if cell.busy_ms is not None and cell.busy_ms <= T_NOTICE_MS and (cell.done or cell.recovery is Recovery.ALONE):
        return 1.0
    if cell.feedback_ms is not None and cell.feedback_ms <= LATE_MS:
        return 1.0 if cell.feedback_specific and cell.feedback_ms <= SOON_MS else 0.5
    return 0.5 if cell.busy_ms is not None and cell.busy_ms <= LATE_MS and cell.done else 0.0


def _noticed(cell: Cell) -> bool:
    if cell.base_ms is None or cell.fault_ms is None:
        return False
    return cell.fault_ms - cell.base_ms > T_NOTICE_MS


def performance_term(cell: Cell) -> float:
    """As Apdex does: 1 up to 1.25 times what the step must take under this delay, falling to 0 at four times."""
    if cell.fault_ms is None:
        return 0.0
    target = (cell.base_ms or 0.0) + cell.delay_ms
    return _falling(cell.fault_ms, 1.25 * target, 4 * target)


def stability_term(cell: Cell) -> float:
    return 1.0 - min(1.0, sum(_UNSTABLE.get(sign, 0.0) for sign in cell.signs))


def _falling(value: float, full: float, nothing: float) -> float:
    """1 up to `full`, then in a straight line to 0 at `nothing`."""
    if value <= full:
        return 1.0
    return max(0.0, (nothing - value) / (nothing - full)) if nothing > full else 0.0
