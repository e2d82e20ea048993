from __future__ import annotations

from pathlib import Path

import pytest

from chaos.pattern import UrlPattern
from stormwalk.config import Project, load_project
from stormwalk.errors import ProjectFileError

HEAD = (
    'name = "Shop"\n[application]\nbase_url = "http://127.0.0.1:1"\n[roles.anonymous]\n[roles.shopper]\n'
    'actors.sam = { username = "sam@shop.test", password = "Passw0rd-Sam" }\n'
)
ORDERS = '[[storm.end_state]]\nkind = "order"\nread = "GET /orders"\nrole = "shopper"\n'


@pytest.fixture(autouse=True)
def in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def load(text: str) -> Project:
    Path("shop.toml").write_text(HEAD + text, encoding="utf-8")
    return load_project(Path("shop.toml"), {})


def problems(text: str) -> list[str]:
    with pytest.raises(ProjectFileError) as problem:
        load(text)
    return str(problem.value).splitlines()


def test_without_a_table_nothing_is_counted_and_a_user_waits_a_quarter_of_a_minute() -> None:
    storm = load("").storm

    assert (storm.end_state, storm.background, storm.patience, storm.fail_under) == ((), (), 15_000, None)


def test_what_is_counted_in_the_end() -> None:
    (orders, basket) = load(
        f'{ORDERS}items = "orders"\namount = "total_cents"\nmade_by = "POST /api/orders"\nmade = 2\n'
        '[[storm.end_state]]\nkind = "basket"\nread = "GET /basket"\nrole = "shopper"\nof_session = true'
    ).storm.end_state

    assert (orders.kind, orders.path, orders.items, orders.id) == ("order", "/orders", "orders", "id")
    assert (orders.amount, orders.made_by, orders.made, orders.of_session) == (
        "total_cents",
        "POST /api/orders",
        2,
        False,
    )
    assert (basket.amount, basket.made_by, basket.made, basket.of_session) == (None, None, 1, True)


def test_background_and_patience() -> None:
    storm = load('[storm]\nbackground = ["/api/orders/*/events", "https://cdn.test/**"]\npatience = "8 s"').storm

    assert storm.patience == 8_000
    assert [UrlPattern(one).text for one in storm.background] == ["/api/orders/*/events", "https://cdn.test/**"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            ORDERS.replace("shopper", "anonymous"),
            'storm.end_state[0].role: expected a role that has actors (shopper), got "anonymous"',
        ),
        (ORDERS.replace("shopper", "shoper"), "storm.end_state[0].role: expected a role that has actors (shopper), "),
        (ORDERS.replace("GET", "POST"), 'storm.end_state[0].read: expected a call that only reads, such as "GET /ord'),
        (ORDERS.replace("GET /orders", "/orders"), "storm.end_state[0].read: expected a method and a path such as"),
        (ORDERS.replace('kind = "order"\n', ""), "storm.end_state[0].kind: expected, and missing"),
        (ORDERS + ORDERS, 'storm.end_state[1].kind: expected a kind of its own; "order" is there already'),
        (f"{ORDERS}made = 0", "storm.end_state[0].made: expected a number of at least 1"),
        (f'{ORDERS}made_by = "/orders"', "storm.end_state[0].made_by: expected a method and a path such as"),
        (f'{ORDERS}of_session = "yes"', "storm.end_state[0].of_session: expected true or false, got text"),
        (f'{ORDERS}amont = "total"', "storm.end_state[0].amont: unknown key; did you mean amount?"),
        ('[storm]\nbackground = ["api/**"]', "storm.background[0]: expected a pattern such as"),
        ('[storm]\nbackground = ["/a b"]', "storm.background[0]: expected a pattern such as"),
        ('[storm]\npatience = "long"', "storm.patience: expected"),
        ("[storm]\nfail_under = 101", "storm.fail_under: expected a number of at most 100"),
    ],
)
def test_what_makes_no_sense_is_one_line_that_says_what_is_expected(text: str, line: str) -> None:
    (said,) = problems(text)

    assert said.startswith(f"shop.toml: {line}")


def test_the_shop_counts_orders_and_what_lies_in_the_basket() -> None:
    project = load_project(Path(__file__).parents[2] / "projects" / "demo.toml", {})

    assert [(one.kind, one.read, one.made_by) for one in project.storm.end_state] == [
        ("order", "GET /orders", "POST /api/orders"),
        ("article", "GET /basket", "POST /api/basket/items"),
    ]
