"""The same seed makes the same storm: with one worker, with four, in whatever order, and when a step is added."""

from __future__ import annotations

import random
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import mean

import pytest

from chaos.decide import Keys, draw, params_of
from chaos.plan import Plan
from chaos.rule import CallFacts
from chaos.shorthand import read_rule
from chaos.storm import Storm, Who
from stormwalk.storm import BACKGROUND, DecisionKey, Layer

SAM = Who(actor="sam", role="shopper")
STEPS = (
    ("Log in", ("POST /api/session", "GET /api/me")),
    ("Look around", tuple(f"GET /api/products?page={page}" for page in range(1, 8)) + ("GET /api/products/17",) * 6),
    ("Pay", ("POST /api/orders", "POST /api/orders", "GET /api/orders/1003", "GET /api/orders/1004")),
)
Log = dict[DecisionKey, bool]


def key(**changed: object) -> DecisionKey:
    whole = {"journey": "j", "actor": "sam", "step": "Pay", "method": "GET", "template": "/", "params": ""}
    return DecisionKey(**{**whole, "occurrence": 1, "rule": "r", **changed})  # type: ignore[arg-type]


def walk(journey: str, steps: tuple[tuple[str, tuple[str, ...]], ...] = STEPS, shuffle: int = 0) -> Log:
    """The decisions of one journey; calls of one step come in another order for each `shuffle`."""
    rules = tuple(read_rule(one, one) for one in ("http:503 40% @ /api/**", "abort 50% once @ GET /api/**"))
    storm = Storm(Plan(name="p", rules=rules), seed="seed", journey=journey)
    for step, calls in steps:
        storm.enter_step(step)
        for call in random.Random(shuffle).sample(calls, len(calls)) if shuffle else calls:
            method, _, path = call.partition(" ")
            facts = CallFacts(method=method, url=f"http://shop.test{path}")
            for strike in storm.strikes(storm.matching(facts, SAM, Layer.ROUTE), facts, SAM, Layer.ROUTE):
                storm.proof.applied(strike)
    log = {one.key: one.fired for one in storm.decisions}
    assert len(log) == len(storm.decisions)  # a key that two calls share would hide what was decided for one
    return log


def test_a_draw_is_the_same_in_every_process_and_version() -> None:
    assert draw("seed", key(), "fire") == pytest.approx(0.1834631626349209)


@pytest.mark.parametrize("part", ["journey", "actor", "step", "method", "template", "params", "rule"])
def test_every_part_of_the_key_counts(part: str) -> None:
    assert draw("seed", key(**{part: "other"}), "fire") != draw("seed", key(), "fire")


def test_seed_label_occurrence_and_repeat_count() -> None:
    draws = [
        draw("seed", key(), "fire"),
        draw("seeds", key(), "fire"),
        draw("seed", key(), "delay"),
        draw("seed", key(occurrence=2), "fire"),
        draw("seed", key(repeat=1), "fire"),
    ]

    assert len(set(draws)) == len(draws)


def test_parts_cannot_run_into_each_other() -> None:
    assert draw("s", key(step="a", method="b"), "x") != draw("s", key(step="ab", method=""), "x")
    assert draw("s", key(step="\ud800"), "x") != draw("s", key(step="\ud801"), "x")  # half a character is a name too


def test_draws_are_spread_evenly() -> None:
    draws = [draw("seed", key(occurrence=number), "fire") for number in range(4000)]

    assert mean(draws) == pytest.approx(0.5, abs=0.02)
    assert mean(one < 0.1 for one in draws) == pytest.approx(0.1, abs=0.02)
    assert 0 <= min(draws) <= max(draws) < 1


def test_the_order_of_arrival_does_not_count() -> None:
    straight = walk("j")

    assert True in straight.values()
    assert False in straight.values()
    assert [walk("j", shuffle=number) for number in (1, 2, 3)] == [straight] * 3


def test_one_worker_and_four_decide_alike() -> None:
    journeys = [f"journey-{number}" for number in range(8)]
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as workers:
        parallel = list(workers.map(walk, journeys))

    assert parallel == [walk(one) for one in journeys]
    assert len({tuple(sorted(map(str, log.items()))) for log in parallel}) > 1


def test_another_step_before_changes_nothing_afterwards() -> None:
    before, after = walk("j"), walk("j", (("Read the news", ("GET /api/products?page=1", "GET /api/me")), *STEPS))

    assert {one: fired for one, fired in after.items() if one.step != "Read the news"} == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/a?x=1&y=2", b""), ("/a?y=2&x=1", b"")),
        (("/a?x=1&_=171", b""), ("/a?x=1&_=172", b"")),
        (("/a?since=1700000000", b""), ("/a?since=1700009999", b"")),
        (("/a", b'{"mail": "sam@x"}'), ("/a", b'{"mail": "sara@y"}')),
        (("/a", b"name=sam&to=x"), ("/a", b"to=y&name=sara")),
        (("/a/17", b""), ("/a/18", b"")),
    ],
)
def test_what_differs_in_every_run_is_not_in_the_digest(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert params_of(CallFacts(method="POST", url=one[0], body=one[1])) == params_of(
        CallFacts(method="POST", url=other[0], body=other[1])
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("/a?page=1", b""), ("/a?page=2", b"")),
        (("/a", b'{"mail": "x"}'), ("/a", b'{"name": "x"}')),
        (("/a", b'{"operationName": "Buy"}'), ("/a", b'{"operationName": "Sell"}')),
        (("/a", b""), ("/a?x", b"")),
    ],
)
def test_what_tells_calls_apart_is_in_the_digest(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert params_of(CallFacts(method="POST", url=one[0], body=one[1])) != params_of(
        CallFacts(method="POST", url=other[0], body=other[1])
    )


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b"[" * 5000, b"{" + b'"a":' * 10, b"x" * 300_000, b"null", b'{"a": ' * 50 + b"1" + b"}" * 50],
)
def test_hostile_bodies_and_addresses_have_a_digest_too(body: bytes) -> None:
    assert isinstance(params_of(CallFacts(method="POST", url="http://[", body=body)), str)
    assert isinstance(params_of(CallFacts(method="GET", url="/a?" + "&".join("x=1" for _ in range(500)))), str)


def test_background_and_what_no_step_causes_belong_to_the_pseudo_step() -> None:
    keys = Keys("j", background=("/api/events/**",))

    assert keys.step_of("http://x/api/events/poll", "Pay") == BACKGROUND
    assert keys.step_of("http://x/api/orders", "") == BACKGROUND
    assert keys.step_of("http://x/api/orders", "Pay") == "Pay"


def test_templates_are_those_that_were_given_before() -> None:
    keys = Keys("j", templates=("/shops/{town}",))
    facts = CallFacts(method="GET", url="http://x/shops/berlin?x=1")

    assert keys.count(facts, actor="sam", step="s", world="route").template == "/shops/{town}"
    assert keys.count(facts, actor="sam", step="s", world="route").occurrence == 2
    assert keys.count(facts, actor="sam", step="s", world="api").occurrence == 1
