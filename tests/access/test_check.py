"""A whole check: its events in order, a probe that breaks, an application that dies, and Ctrl-C in the middle."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from stormwalk.access import caller, check
from stormwalk.access.check import AccessCheck, Checked, expect_answers
from stormwalk.access.matrix import Matrix
from stormwalk.access.probes import Outcome, Probe, Task, probes
from stormwalk.access.results import Verdict
from stormwalk.errors import ApplicationStoppedAnswering, UsageError
from stormwalk.events import AccessBreached, AccessCellJudged, AccessProbed, AccessStarted, Event
from tests.access import shops
from tests.demo_app.shop import Shop, running_shop

USERS = "GET /api/admin/users"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with shops.started() as (shop, _):
        yield shop


@pytest.fixture(scope="module")
def told(shop: Shop) -> tuple[Checked, list[Event]]:
    events: list[Event] = []
    return shops.check(shop.url, events), events


def cells(events: Iterable[Event]) -> list[tuple[str, str, Verdict]]:
    return [(e.cell.endpoint, e.cell.role, e.cell.verdict) for e in events if isinstance(e, AccessCellJudged)]


def left_over(shop: Shop) -> list[str]:
    """What probes made and did not remove: products, and orders that were not refunded."""
    ada, sid = shop.token("Ada"), shop.token("Sid")
    products = shop.json("GET", "/api/products?q=sw", token=ada)["products"]
    orders = shop.json("GET", "/api/support/orders", token=sid)["orders"]
    made = [one["name"] for one in products if one["name"].startswith("sw")]
    kept = ("refunded", "cancelled")
    return made + [
        one["recipient"] for one in orders if one["recipient"].startswith("sw") and one["status"] not in kept
    ]


def test_the_events_come_in_order_and_each_cell_is_judged_once(told: tuple[Checked, list[Event]]) -> None:
    checked, events = told
    first, last = events[0], events[-1]
    assert isinstance(first, AccessStarted)
    assert isinstance(last, AccessProbed)
    assert (last.probes, last.remarks) == (checked.probes, checked.remarks + checked.left)
    judged = [(endpoint, role) for endpoint, role, _ in cells(events)]
    assert sorted(judged) == sorted(first.cells)
    assert [e for e in events if isinstance(e, AccessBreached)] == []


def test_what_writes_comes_last(told: tuple[Checked, list[Event]]) -> None:
    writing = {one.name for one in shops.matrix().endpoints if one.writes}
    kinds = [endpoint in writing for endpoint, _, _ in cells(told[1])]
    assert kinds == sorted(kinds)


def test_what_was_made_is_removed(told: tuple[Checked, list[Event]], shop: Shop) -> None:
    assert told[0].remarks == ()
    assert [one for one in left_over(shop) if one] == []


def test_what_stays_is_told_of_and_nobody_new_keeps_a_role(told: tuple[Checked, list[Event]], shop: Shop) -> None:
    users = shop.json("GET", "/api/admin/users", token=shop.token("Ada"))["users"]
    new = [one["role"] for one in users if one["email"].startswith("sw")]
    assert set(new) == {"shopper"}
    count, of_actors = told[0].left
    assert count == f"{len(new)} user objects that probes have made are left: objects.user has no undo"
    assert of_actors.endswith("is not put back: DELETE /basket, POST /basket/items")


def test_every_probe_says_what_it_is_about() -> None:
    kinds = probes()
    assert [one.writes for one in kinds] == sorted(one.writes for one in kinds)
    assert all(one.about and one.name for one in kinds)


@contextmanager
def only_probe(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Outcome], *, judges: bool) -> Iterator[None]:
    class OnlyProbe(Probe):
        name = "only-this"
        about = "stands in for all"

        def tasks(self) -> Iterable[Task]:
            yield Task(endpoint=USERS, rules=("over-permission",), run=run, judges=judges)

    monkeypatch.setattr(check, "probes", lambda: [OnlyProbe])
    try:
        yield
    finally:
        del Probe.registry["only-this"]


def broken() -> Outcome:
    raise RecursionError("token of sam: Passw0rd-Sam")


@pytest.mark.parametrize(("judges", "count"), [(True, 5), (False, 0)])
def test_a_probe_that_breaks_is_told_of(shop: Shop, monkeypatch: pytest.MonkeyPatch, judges: bool, count: int) -> None:
    events: list[Event] = []
    with only_probe(monkeypatch, broken, judges=judges):
        checked = shops.check(shop.url, events)
    assert [verdict for _, _, verdict in cells(events)] == [Verdict.INCONCLUSIVE] * count
    assert f"the probe of {USERS} broke: RecursionError: token of sam: [redacted]" in checked.remarks
    assert "Passw0rd" not in repr(events)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_of_an_application_that_goes_away_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, how: int) -> None:
    monkeypatch.setattr(caller, "TIMEOUT_S", 1.0)
    matrix, events = shops.matrix(), list[Event]()
    with shops.started() as (shop, process):

        def emit(happened: Sequence[Event]) -> None:
            events.extend(happened)
            if len(cells(events)) >= 20 and process.poll() is None:
                process.send_signal(how)

        checked = AccessCheck(shops.project(), matrix, shop.url, emit=emit).run()
        process.send_signal(signal.SIGCONT)
    writing = {one.name for one in matrix.endpoints if one.writes}
    assert {one.verdict for one in checked.cells if one.endpoint in writing} == {Verdict.INCONCLUSIVE}
    assert {one.verdict for one in checked.cells} <= {
        Verdict.ENFORCED, Verdict.PUBLIC, Verdict.OWN_DATA, Verdict.INCONCLUSIVE
    }  # fmt: skip
    assert checked.breaches == ()
    assert len(checked.cells) == sum(len(one.expected) for one in matrix.endpoints)
    expect_answers(checked)


def test_an_application_that_never_answered_is_an_error() -> None:
    with running_shop() as (shop, process):
        process.kill()
        process.wait()
        checked = shops.check(shop.url)
    with pytest.raises(
        ApplicationStoppedAnswering, match=r"the access check judged nothing: .*could not sign in: POST /session: "
    ):
        expect_answers(checked)


def test_ctrl_c_leaves_nothing_running_and_nothing_made(shop: Shop) -> None:
    def emit(events: Sequence[Event]) -> None:
        writing = {one.name for one in shops.matrix().endpoints if one.writes}
        if any(endpoint in writing for endpoint, _, _ in cells(events)):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        AccessCheck(shops.project(), shops.matrix(), shop.url, emit=emit).run()
    assert [one.name for one in threading.enumerate() if one.name.startswith("stormwalk-access")] == []
    assert left_over(shop) == []


def checked_with(shop: Shop, **changes: object) -> Checked:
    matrix: Matrix = replace(shops.matrix(), **changes)  # type: ignore[arg-type]
    return AccessCheck(shops.project(), matrix, shop.url).run()


def test_nothing_is_written_where_that_is_not_allowed(shop: Shop) -> None:
    ada = shop.token("Ada")
    before = shop.json("GET", "/api/admin/audit", token=ada)["entries"]
    checked = checked_with(shop, writes_allowed=())
    assert shop.json("GET", "/api/admin/audit", token=ada)["entries"] == before
    assert "nothing was written: safety.allow_writes does not name this host" in checked.remarks
    assert left_over(shop) == []
    matrix = shops.matrix()
    taking = {one.name for one in matrix.endpoints if matrix.takes_writing(one)}
    assert {one.endpoint for one in checked.cells} == {one.name for one in matrix.endpoints} - taking
    assert shops.not_good(checked) == []
    assert not checked.breaches


def test_a_host_that_is_not_allowed_is_not_called() -> None:
    with pytest.raises(UsageError, match="is not probed"):
        AccessCheck(shops.project(), shops.matrix(), "http://shop.example.com")
