"""Who may do what in the shop: every role at every endpoint of the matrix in `projects/demo-access.toml`."""

from __future__ import annotations

from stormwalk.access.items import CellItem, RuleItem


def test_cell(access_cell: CellItem) -> None:
    """A role gets in where the matrix says, and nowhere else."""
    access_cell.expect_as_the_matrix_says()


def test_rule(access_rule: RuleItem) -> None:
    """No way around the matrix: tokens, headers, fields and foreign sites."""
    access_rule.expect_unbroken()
