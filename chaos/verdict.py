"""The verdict on a cell and on an experiment: did what was expected hold, and if not, how did it deviate?"""

from __future__ import annotations

from collections.abc import Iterable

from chaos.cell import Cell
from chaos.outcome import outcome_of
from stormwalk.storm_judgement import Outcome, StormVerdict

_BROKEN = (Outcome.STUCK, Outcome.BROKEN_UI, Outcome.CORRUPT)
# One deviation is the verdict of an experiment; without any, one cell that held shows that the storm happened.
_ORDER = (
    StormVerdict.LEAK,
    StormVerdict.BROKEN,
    StormVerdict.DEGRADED,
    StormVerdict.HELD,
    StormVerdict.INCONCLUSIVE,
)


def expected_at_worst(cell: Cell) -> Outcome:
    """The worst outcome that is fair: what the plan says, else a fault hidden or, where nobody can, a safe stop."""
    if cell.at_worst is not None:
        return cell.at_worst
    return Outcome.RECOVERED if cell.maskable else Outcome.GRACEFUL


def verdict_of(cell: Cell) -> StormVerdict:
    outcome = outcome_of(cell)
    if outcome is Outcome.INVALID:
        return StormVerdict.INCONCLUSIVE
    if outcome.rank <= expected_at_worst(cell).rank:
        return StormVerdict.HELD
    if outcome is Outcome.FAIL_OPEN:
        return StormVerdict.LEAK
    return StormVerdict.BROKEN if outcome in _BROKEN else StormVerdict.DEGRADED


def verdict_of_experiment(verdicts: Iterable[StormVerdict]) -> StormVerdict:
    """The verdict on all cells of an experiment together; without a cell it is inconclusive, and never green."""
    return min(verdicts, key=_ORDER.index, default=StormVerdict.INCONCLUSIVE)
