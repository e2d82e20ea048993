"""Who may do what in the shop: every role at every endpoint of the matrix in `projects/demo-access.toml`."""

from __future__ import annotations

from collections.abc import Callable

from pages.login import LoginPage
from stormwalk.access.items import CellItem, RuleItem
from stormwalk.access.rounds import Rounds
from stormwalk.fixtures import Walker

EACH_ROLE = ("sam", "sid", "mia", "ada")


def test_cell(access_cell: CellItem) -> None:
    """A role gets in where the matrix says, and nowhere else."""
    access_cell.expect_as_the_matrix_says()


def test_rule(access_rule: RuleItem) -> None:
    """No way around the matrix: tokens, headers, fields and foreign sites."""
    access_rule.expect_unbroken()


def test_pages(rounds: Rounds, visitor: Walker, walk_as: Callable[[str], Walker]) -> None:
    """Every role is shown in the pages what it may do, and nothing else.

    What must not happen: a page shows somebody what is not for them, or offers what is then refused.
    """
    rounds.look_round(visitor.page)
    for name in EACH_ROLE:
        walker = walk_as(name)
        login = LoginPage(walker.page)
        login.visit()
        login.log_in(walker.account)
        rounds.look_round(walker.page, walker.account.role)
    rounds.expect_parity()
