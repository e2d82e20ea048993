"""The grid: rows in groups, a cell for each role, and what each cell shows."""

from __future__ import annotations

import pytest

from stormwalk.access.results import Access, ControlSeen, Expected, Verdict
from stormwalk.reporting.access_grid import LEGEND, GridCell, control_rows, grid, odd_cells
from tests.reporting.access_samples import ROLES, cell, everything

E = Expected


def only(expected: Expected, verdict: Verdict, **more: str) -> GridCell:
    made = cell("GET /api/a", "shopper", expected, verdict, **more)
    return grid(Access(cells=(made,)), {"GET /api/a as shopper": 7}).groups[0].rows[0].cells[0]


def test_every_role_has_a_cell_in_every_row_of_the_groups() -> None:
    whole = grid(everything(), {})
    assert whole.roles == ROLES
    assert [group.name for group in whole.groups] == [
        "/api/users", "/api/session", "/api/me", "/api/products", "/api/basket", "/api/orders", "/api/reports",
        "/api/admin", "Pages",
    ]  # fmt: skip
    assert all(len(row.cells) == len(ROLES) for group in whole.groups for row in group.rows)
    assert sum(number for _, _, number in whole.legend) == 30 * 5
    assert [key for key, _, _ in whole.legend] == list(LEGEND)


@pytest.mark.parametrize(
    ("endpoints", "names"),
    [
        (["GET /orders", "GET /orders/{id}", "GET /me"], ["/orders", "/me"]),
        (["GET /api/v1/orders", "GET /api/v1/me"], ["/api/v1/orders", "/api/v1/me"]),
        (["GET /api", "GET /api/me"], ["/api"]),
        (["GET /", "GET /api/me"], ["/", "/api"]),
        (["PAGE /admin", "GET /api/me", "GET /api/x"], ["Pages", "/api/me", "/api/x"]),
        (["GET", "GET me", "", "GET //x//y"], ["/", "/me", "/x"]),
    ],
)
def test_endpoints_are_grouped_below_what_all_have_in_common(endpoints: list[str], names: list[str]) -> None:
    cells = tuple(cell(endpoint) for endpoint in endpoints)
    assert [group.name for group in grid(Access(cells=cells), {}).groups] == names


@pytest.mark.parametrize(
    ("expected", "verdict", "key", "word"),
    [
        (E.ALLOW, Verdict.ENFORCED, "in", "allow"),
        (E.OWN, Verdict.OWN_DATA, "in", "own data"),
        (E.DENY, Verdict.PUBLIC, "in", "public"),
        (E.DENY, Verdict.ENFORCED, "out", "deny"),
        (E.CONCEAL, Verdict.ENFORCED, "out", "conceal"),
        (E.UNAUTHENTICATED, Verdict.ENFORCED, "out", "unauthenticated"),
        (E.DENY, Verdict.BYPASSED, "leak", "leak"),
        (E.ALLOW, Verdict.LOCK_OUT, "lock", "wrongly denied"),
        (E.ALLOW, Verdict.SERVER_ERROR, "server", "server error"),
        (E.DENY, Verdict.SUSPECT, "suspect", "suspect"),
        (E.DENY, Verdict.INCONCLUSIVE, "incon", "inconclusive"),
    ],
)
def test_how_a_cell_looks(expected: Expected, verdict: Verdict, key: str, word: str) -> None:
    drawn = only(expected, verdict, observed="let in", reason="the canary")
    assert (drawn.key, drawn.word, drawn.is_good) == (key, word, verdict.is_good)
    assert drawn.says == ("" if verdict.is_good else f"{expected} → let in")
    assert drawn.finding == (0 if verdict.is_good else 7)
    assert drawn.title == f"shopper: {verdict.word}; expected {expected}; let in; the canary"


def test_a_role_that_only_a_cell_names_is_a_column_and_a_gap_is_shown() -> None:
    made = (cell("GET /a", "one"), cell("GET /b", "two"))
    whole = grid(Access(roles=("zero",), cells=made), {})
    assert whole.roles == ("zero", "one", "two")
    assert [one.key for one in whole.groups[0].rows[0].cells] == ["none", "in", "none"]


def test_what_is_odd_is_listed_worst_first() -> None:
    words = [one.verdict.word for one in odd_cells(everything())]
    assert words == ["leak"] * 4 + ["wrongly denied", "server error", "suspect", "inconclusive"]


def test_a_control_is_one_row_with_who_sees_it() -> None:
    seen = [
        ControlSeen(role=role, page="/", kind="link", name="Audit", endpoint="GET /a", shown=shown)
        for role, shown in (("shopper", False), ("manager", False), ("admin", True), ("manager", True))
    ]
    (row,) = control_rows(seen)
    assert (row.shown, row.hidden) == (("manager", "admin"), ("shopper",))
