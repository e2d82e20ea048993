"""How long a user waits, and how many times as long on a machine that is slower than the users' ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from stormwalk.config.durations import Milliseconds
from stormwalk.config.tables import Table
from stormwalk.errors import UsageError

PATIENCE_VARIABLE = "STORMWALK_PATIENCE"
_MOST = 100.0


class BudgetsTable(Table):
    """How long a user waits, in milliseconds: for what a step should show, for a control, for a page."""

    expect: Milliseconds = 5_000.0
    action: Milliseconds = 10_000.0
    navigation: Milliseconds = 15_000.0

    def times(self, patience: float) -> Self:
        """So many times as long."""
        return self.model_copy(update={name: value * patience for name, value in self})


def patience_of(environ: Mapping[str, str]) -> float:
    """What the environment says: 1 where it says nothing. Raises UsageError for what is no number from 1 to 100."""
    given = environ.get(PATIENCE_VARIABLE, "").strip()
    try:
        patience = float(given or 1)
    except ValueError:
        patience = 0.0
    if not 1 <= patience <= _MOST:
        raise UsageError(f"{PATIENCE_VARIABLE}: expected a number from 1 to {_MOST:g}, got {given[:80]!r}")
    return patience
