"""Which rows of a long matrix a page shows: what must be seen is never left out for what is well."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.matrix_views import RowView
from stormwalk.reporting.words import count

ROWS = 120
_CALM = frozenset({"x-in", "x-out", "x-none", "v-held", "v-none", "v-skipped", "v-queued", "v-walked"})


def shown_rows(rows: Sequence[RowView]) -> tuple[RowView, ...]:
    """As many as fit, in their order."""
    wanted = sorted(range(len(rows)), key=lambda at: _is_calm(rows[at]))[:ROWS]
    return tuple(rows[at] for at in sorted(wanted))


def _is_calm(row: RowView) -> bool:
    return all(cell.look in _CALM for cell in row.cells)


def rest_of(rows: Sequence[RowView]) -> str:
    """What is said of those that do not fit; empty where all do."""
    left = len(rows) - ROWS
    return f"{count(left, 'more row')} in the report" if left > 0 else ""
