"""Pages as an accessibility snapshot shows them, and what is made of them: pure parts, without a browser."""

from __future__ import annotations

import pytest

from stormwalk.access.matrix import ControlRule, Matrix, PageRule
from stormwalk.access.parity import Walked, judge_pages
from stormwalk.access.results import Expected, Verdict
from stormwalk.access.site import Control, PageSeen, controls_of, controls_seen, lines_of, own_lines, shows

URL = "http://127.0.0.1:5000"
SNAPSHOT = """
- navigation:
  - link "Shop":
    - /url: /
  - link "Elsewhere":
    - /url: https://elsewhere.example/
  - link "Here":
    - /url: "#main"
  - link "Ours, in full":
    - /url: http://127.0.0.1:5000/orders?page=2
- main:
  - heading "Users" [level=1]
  - 'button "Save role of: Kim"'
  - button "Say \\"hello\\""
  - button "Locked" [disabled]
  - text: 3 users
"""
ALLOW, DENY = Expected.ALLOW, Expected.DENY
NAV = ["link Shop", "link Log out"]
REFUSAL = ["heading You do not have access", "text: ask an admin"]


def test_controls_have_a_kind_a_name_and_a_path_within_the_application() -> None:
    assert list(controls_of(SNAPSHOT, URL)) == [
        Control(kind="link", name="Shop", path="/"),
        Control(kind="link", name="Elsewhere"),
        Control(kind="link", name="Here"),
        Control(kind="link", name="Ours, in full", path="/orders"),
        Control(kind="button", name="Save role of: Kim"),
        Control(kind="button", name='Say \\"hello\\"'),
        Control(kind="button", name="Locked"),
    ]


def test_lines_are_cut_and_counted_and_hold_no_addresses() -> None:
    lines = lines_of(SNAPSHOT)
    assert "text: 3 users" in lines
    assert not [one for one in lines if "/url" in one]
    endless = "\n".join(f"- text: {number} {'x' * 5000}" for number in range(5000))
    assert len(lines_of(endless)) == 400
    assert max(map(len, lines_of(endless))) == 200


def seen(role: str, path: str, *own: str, final: str = "", controls: tuple[Control, ...] = ()) -> PageSeen:
    return PageSeen(role=role, path=path, final=final or path, lines=frozenset((*NAV, *own)), controls=controls)


def test_what_tells_a_page_apart_is_what_no_other_page_has() -> None:
    users, audit = seen("ada", "/users", "Kim", "Sam"), seen("ada", "/audit", "Kim", "entry 7")
    assert own_lines(users, {"/users": users, "/audit": audit}) == {"Sam"}
    assert shows(users, frozenset({"Sam", "Lee"}))
    assert not shows(users, frozenset({"Sam", "Lee", "Max"}))
    assert not shows(users, frozenset())


def matrix(*pages: str, controls: tuple[ControlRule, ...] = ()) -> Matrix:
    rules = tuple(PageRule(path=one, expected={"shopper": DENY, "admin": ALLOW}) for one in pages)
    home = PageRule(path="/", expected={"shopper": ALLOW, "admin": ALLOW})
    return Matrix(roles=("shopper", "admin"), endpoints=(), pages=(home, *rules), controls=controls)


def walked(shopper_users: PageSeen, admin_users: PageSeen | None = None) -> Walked:
    admin = {
        "/": seen("admin", "/", "Lanterns"),
        "/users": admin_users or seen("admin", "/users", "Kim", "Sam"),
        "/audit": seen("admin", "/audit", "entry 7"),
    }
    shopper = {
        "/": seen("shopper", "/", "Lanterns"),
        "/users": shopper_users,
        "/audit": seen("shopper", "/audit", *REFUSAL),
    }
    return {"shopper": shopper, "admin": admin}


@pytest.mark.parametrize(
    ("shopper", "verdict"),
    [
        (seen("shopper", "/users", *REFUSAL), Verdict.ENFORCED),
        (seen("shopper", "/users", final="/login"), Verdict.ENFORCED),
        (seen("shopper", "/users"), Verdict.ENFORCED),
        (seen("shopper", "/users", "Kim", "Sam"), Verdict.BYPASSED),
        (seen("shopper", "/users", "Kim"), Verdict.BYPASSED),
        (seen("shopper", "/users", "Kim", "Sam", final="/login"), Verdict.ENFORCED),
    ],
)
def test_a_page_is_judged_by_what_it_shows(shopper: PageSeen, verdict: Verdict) -> None:
    cells, breaches = judge_pages(matrix("/users", "/audit"), walked(shopper))
    judged = {(one.endpoint, one.role): one.verdict for one in cells}
    assert judged["PAGE /users", "shopper"] is verdict
    assert [one.rule for one in breaches] == (["page-opens"] if verdict is Verdict.BYPASSED else [])
    assert judged["PAGE /users", "admin"] is judged["PAGE /", "shopper"] is Verdict.ENFORCED


@pytest.mark.parametrize(
    "admin", [seen("admin", "/users", final="/login/"), seen("admin", "/users", *REFUSAL)], ids=["sent away", "refused"]
)
def test_a_page_that_does_not_open_to_whom_it_is_for(admin: PageSeen) -> None:
    _, breaches = judge_pages(matrix("/users", "/audit"), walked(seen("shopper", "/users", *REFUSAL), admin))
    assert [(one.rule, one.place) for one in breaches] == [("wrongly-denied", "PAGE /users as admin")]


def test_where_nobody_saw_more_nothing_is_known() -> None:
    empty = walked(seen("shopper", "/users", *REFUSAL), seen("admin", "/users"))
    cells, breaches = judge_pages(matrix("/users", "/audit"), empty)
    judged = {(one.endpoint, one.role): one.verdict for one in cells}
    assert judged["PAGE /users", "shopper"] is Verdict.INCONCLUSIVE
    assert breaches == []


def test_a_control_is_shown_or_hidden_on_its_page_and_a_link_on_any() -> None:
    rule = ControlRule(page="/orders/{order}", kind="button", name="^Cancel order \\d+$", endpoint="POST /cancel")
    cancel = Control(kind="button", name="Cancel order 7")
    link = Control(kind="link", name="Users", path="/users")
    pages = {
        "/": seen("admin", "/", controls=(link, cancel)),
        "/orders/7": seen("admin", "/orders/7", controls=(Control(kind="link", name="Cancel order 7"),)),
    }
    told = {(one.name, one.shown) for one in controls_seen(matrix("/users", controls=(rule,)), "admin", pages)}
    assert told == {("Cancel order \\d+", False), ("Users", True), ("/", False)}
    pages["/orders/7"] = seen("admin", "/orders/7", controls=(cancel,))
    told = {(one.name, one.shown) for one in controls_seen(matrix("/users", controls=(rule,)), "admin", pages)}
    assert ("Cancel order 7", True) in told
