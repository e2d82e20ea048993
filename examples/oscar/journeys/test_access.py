"""Who may do what in the shop: every role at every endpoint of the matrix in `project.toml`."""

from __future__ import annotations

from collections.abc import Callable

from examples.oscar.pages.shop import AccountPage
from stormwalk.access.items import CellItem, RuleItem
from stormwalk.access.rounds import Rounds
from stormwalk.fixtures import Walker


def test_cell(access_cell: CellItem) -> None:
    """A role gets in where the matrix says, and nowhere else."""
    access_cell.expect_as_the_matrix_says()


def test_rule(access_rule: RuleItem) -> None:
    """No way around the matrix."""
    access_rule.expect_unbroken()


def test_pages(rounds: Rounds, visitor: Walker, walk_as: Callable[[str], Walker]) -> None:
    """Every role is shown in the pages what it may do, and nothing else."""
    rounds.look_round(visitor.page)
    for name in ("alice", "partner", "staff", "support", "admin"):
        walker = walk_as(name)
        AccountPage(walker.page).log_in(walker.account)
        rounds.look_round(walker.page, walker.account.role)
    rounds.expect_parity()
