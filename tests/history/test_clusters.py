from __future__ import annotations

import pytest

from stormwalk.history import clusters
from stormwalk.history.clusters import pattern_of
from stormwalk.model import Status
from stormwalk.store import Store
from tests.history.past import PROJECT, journey, keep, run, step, under


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("waited 5,021 ms for the heading", "waited 12 ms for the heading"),
        ("http://127.0.0.1:4711/a did not come", "http://127.0.0.1:38211/b?x=1 did not come"),
        ("order 0f3a9c1b77 was not found", "order 9e8d7c6b5a was not found"),
        ("  two\n lines", "two lines"),
    ],
)
def test_what_varies_does_not_tell_two_reasons_apart(one: str, other: str) -> None:
    assert pattern_of(one) == pattern_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("POST /api/orders answered HTTP 503", "POST /api/orders answered HTTP 500"),
        ("the log-in page answered HTTP 302", "the log-in page answered HTTP 200"),
        ('the button "Buy" was not there', 'the button "Pay" was not there'),
    ],
)
def test_a_status_and_the_name_of_a_control_do(one: str, other: str) -> None:
    assert pattern_of(one) != pattern_of(other)


def test_what_fails_for_one_reason_is_one_line(store: Store) -> None:
    first = journey(step("Buy", Status.FAILED, reason="HTTP 503 after 20 ms"))
    again = journey(step("Pay", Status.FAILED, reason="HTTP 503 after 31 ms"), title="A guest pays")
    other = journey(step("Buy", Status.ERROR, reason="the browser is gone"))
    ids = keep(store, run(1, first), run(2, again), run(3, other))

    most, least = clusters(store, PROJECT)

    assert (most.pattern, most.count, most.runs) == ("HTTP 503 after N ms", 2, tuple(ids[:2]))
    assert most.steps == ("A shopper buys > Buy", "A guest pays > Pay")
    assert most.example == "HTTP 503 after 31 ms"
    assert (least.status, least.runs) == (Status.ERROR, (ids[2],))


def test_a_journey_that_failed_in_no_step_counts_by_its_own_reason(store: Store) -> None:
    keep(store, run(1, journey(step("Buy"), status=Status.ERROR, reason="the application is gone")))

    assert [one.pattern for one in clusters(store, PROJECT)] == ["the application is gone"]


def test_what_a_storm_broke_is_told_by_its_judgement_alone(store: Store) -> None:
    keep(store, run(1, under("outage", journey(step("Buy", Status.FAILED, reason="HTTP 503")))))

    assert clusters(store, PROJECT) == ()
