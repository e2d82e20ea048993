from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from chaos.end_state import Count, Counter
from chaos.known import Endpoint, Known
from chaos.tally import Tally
from stormwalk.config import load_project
from stormwalk.redact import Redactor

PROJECT = """
name = "shop"
[application]
base_url = "http://127.0.0.1:1"
[sign_in]
strategy = "json-token"
path = "/session"
[roles.shopper.actors]
sam = { username = "sam", password = "secret-of-sam" }
"""
READ = 'kind = "order"\nread = "GET /orders"\nrole = "shopper"\n'
ORDERS = READ + 'made_by = "POST /api/orders"\n'
LOOKS: Endpoint = ("GET", "http://shop.test/api/orders", "fetch", "/api/orders")
BUYS: Endpoint = ("POST", "http://shop.test/api/orders", "fetch", "/api/orders")


class Told:
    """A tally of a shop that has one more order at each count, or as many as it should `have`."""

    def __init__(self, folder: Path, known: Known, *tables: str) -> None:
        path = folder / "project.toml"
        path.write_text(PROJECT + "".join(f"[[storm.end_state]]\n{one}" for one in tables), encoding="utf-8")
        project = load_project(path)
        self.read = 0
        self.have: int | None = None
        self.written: list[tuple[int, tuple[str, ...]]] = []
        counter = Counter(project, "http://127.0.0.1:1", Redactor())
        self.tally = Tally(counter, known, self._counts, lambda step, one: self.written.append((step, one.ids)))

    def _counts(self) -> Sequence[Count]:
        self.read += 1
        return [Count(kind="order", ids=tuple(str(one) for one in range(self.have or self.read)))]


def test_the_first_control_keeps_the_count_before_the_step_that_turns_out_to_make_something(tmp_path: Path) -> None:
    told = Told(tmp_path, Known(), ORDERS)

    told.have = 1
    told.tally.before("Look", 1, is_control=True)
    told.tally.after(1, {LOOKS})
    told.tally.before("Buy", 2, is_control=True)
    told.tally.after(2, {LOOKS, BUYS})
    told.have = 2
    told.tally.at_the_end()

    assert told.written == [(2, ("0",)), (0, ("0", "1"))]


def test_what_controls_have_shown_to_make_something_is_counted_before_it_begins(tmp_path: Path) -> None:
    told = Told(tmp_path, Known(calls={"Look": {LOOKS}, "Buy": {BUYS}}), ORDERS)

    for index, step in enumerate(("Look", "Buy"), 1):
        told.tally.before(step, index, is_control=False)

    assert told.written == [(2, ("0",))]
    assert told.read == 1, "nothing is read where nothing is made"


def test_a_storm_counts_nothing_before_a_step_that_no_control_has_shown(tmp_path: Path) -> None:
    told = Told(tmp_path, Known(), ORDERS)

    told.tally.before("Buy", 1, is_control=False)

    assert told.written == []


def test_a_step_that_is_called_otherwise_in_each_walk_is_counted_before_as_well(tmp_path: Path) -> None:
    told = Told(tmp_path, Known(calls={"Look": {LOOKS}, "Buy 4711": {BUYS}}), ORDERS)

    told.tally.before("Buy 4712", 2, is_control=False)

    assert told.written == [(2, ("0",))]


@pytest.mark.parametrize("table", [READ, READ + 'made_by = "POST /api/purchases"\n'], ids=["none", "another"])
def test_what_is_made_by_a_call_that_the_project_does_not_name_is_counted_as_well(tmp_path: Path, table: str) -> None:
    known = Known()
    told = Told(tmp_path, known, table)

    told.have = 1
    told.tally.before("Look", 1, is_control=True)
    told.tally.after(1, {LOOKS})
    told.tally.before("Buy", 2, is_control=True)
    told.tally.after(2, {BUYS})
    told.have = 2
    told.tally.at_the_end()
    assert told.written == [(2, ("0",)), (0, ("0", "1"))]

    known.learn("Look", {LOOKS})
    known.learn("Buy", {BUYS})
    told.tally.before("Look", 1, is_control=False)
    told.tally.before("Buy", 2, is_control=False)
    assert told.written[2:] == [(2, ("0", "1"))], "counted in storms too"


def test_without_anything_to_count_nobody_is_asked(tmp_path: Path) -> None:
    told = Told(tmp_path, Known())

    told.tally.before("Buy", 1, is_control=True)
    told.tally.after(1, {BUYS})

    assert told.read == 0
