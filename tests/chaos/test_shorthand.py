from __future__ import annotations

import pytest

from chaos.faults.http_error import HttpError
from chaos.faults.latency import Latency
from chaos.pattern import UrlPattern
from chaos.rule import Rule, Target
from chaos.shorthand import read_rule
from stormwalk.errors import PlanError
from stormwalk.storm import Phase


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("latency:500ms @ /api/**", Rule(id="x", fault=Latency(), target=Target(url=UrlPattern("/api/**")))),
        (
            "http:503 once @ POST /api/orders",
            Rule(id="x", fault=HttpError(), limit=1, target=Target(url=UrlPattern("/api/orders"), methods=("POST",))),
        ),
        (
            'http:status=429,retry_after=3,body="a, b" 3 times 12.5% after @ get,POST /a?b=* step="Pay now" nth=2',
            Rule(
                id="x",
                fault=HttpError(status=429, retry_after=3, body="a, b"),
                limit=3,
                probability=0.125,
                phase=Phase.AFTER,
                target=Target(url=UrlPattern("/a?b=*"), methods=("GET", "POST"), step="Pay now", nth=2),
            ),
        ),
        ("latency", Rule(id="x", fault=Latency())),
        (
            "latency:1s @ ** type=fetch,xhr party=third actor=sam role=shopper",
            Rule(
                id="x",
                fault=Latency(ms=1000),
                target=Target(types=("fetch", "xhr"), party="third", actor="sam", role="shopper"),
            ),
        ),
        (
            "http hops attempt @ /x",
            Rule(id="x", fault=HttpError(), hops=True, scope="attempt", target=Target(url=UrlPattern("/x"))),
        ),
    ],
)
def test_a_rule_is_read_and_written(written: str, rule: Rule) -> None:
    assert read_rule(written, "x") == rule
    assert read_rule(rule.written(), "x") == rule


@pytest.mark.parametrize(
    ("written", "column", "expected"),
    [
        ("", 1, "expected a fault"),
        ("lat:5 @ /a", 1, 'unknown fault "lat"; did you mean latency?'),
        ("zzz", 1, "expected one of: abort"),
        ("tls-error @ /a", 1, "tls-error is not supported: the certificate"),
        ("http:900 @ /a", 6, "status: expected a whole number from 200 to 599"),
        ("http:503,404 @ /a", 10, "expected KEY=VALUE, got 404; http has: status"),
        ("http:nonsense=1 @ /a", 6, "nonsense: unknown parameter; http has: status"),
        ("http: @ /a", 6, "expected a value behind http:"),
        ("reload:1 @ /a", 8, "reload has no parameters"),
        ("latency:x @ /a", 9, 'ms: expected a duration such as "5 s" or "500 ms"'),
        ("latency twice @ /a", 9, "expected once, N times, N%"),
        ("latency 101% @ /a", 9, "expected at most 100%"),
        ("latency 0% @ /a", 1, "probability: expected more than 0 %"),
        ("latency 3 @ /a", 9, "expected once, N times"),
        ("latency 0 times @ /a", 9, "expected once, N times"),
        ("latency @", 10, "expected a pattern such as /api/**"),
        ("latency @ FETCH /a", 11, "expected a method (GET"),
        ("latency @ api", 11, "expected a method (GET"),
        ("latency @ /a/{b{c}}", 11, "{} around one name"),
        ("latency @ /a colour=red", 14, "expected type, party, actor, role, step, nth with ="),
        ("latency @ /a type=picture", 14, "type: expected document"),
        ("latency @ /a nth=0", 14, "nth: expected a number from 1"),
        ("latency @ /a step=", 14, "step: expected text that is not empty"),
        ('latency @ /a step="x', 19, "expected a second double quote"),
        ("lost-reply before @ /a", 1, 'phase: lost-reply has no phase "before"; it has: after'),
        ("throttle 20% @ /a", 1, "probability: throttle holds for all calls"),
        ("throttle @ POST /a", 1, "target.method: throttle cannot be restricted by it; it can by: the address only"),
        ("slow-drip hops @ /a", 1, "hops: only faults of single calls"),
        ("x" * 5000, 2000, "expected at most 2000 characters"),
    ],
)
def test_an_error_points_at_the_place(written: str, column: int, expected: str) -> None:
    with pytest.raises(PlanError) as raised:
        read_rule(written)

    message = str(raised.value)
    assert f"column {column}: " in message
    assert expected in message
    assert "\n" not in message
    assert len(message) < 1200
