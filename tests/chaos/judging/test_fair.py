from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chaos.fault import Fault
from chaos.judging.fair import FAMILIES, family_of, is_maskable, rule_of
from chaos.seen import SeenCall
from stormwalk.storm import RuleEntry
from tests.chaos.scenes import call, failed
from tests.chaos.tales import Told, decision

PATIENCE = 15_000.0


def entry(text: str) -> RuleEntry:
    rule = rule_of(text)
    assert rule is not None
    return rule.entry()


def struck(endpoint: str = "GET /api/basket", status: int | None = 503, **more: Any) -> SeenCall:
    return call(endpoint, status=status, **{"fault": "http", **more})


@pytest.mark.parametrize(
    ("rule", "hit", "expected"),
    [
        ("http:503 once @ GET /api/**", struck(), True),
        ("http:503 @ GET /api/**", struck(), False),
        ("http:503 2 times @ GET /api/**", struck(), False),
        ("http:500 once @ GET /api/**", struck(status=500), False),
        ("http:404 once @ GET /api/**", struck(status=404), False),
        ("abort:connectionreset once @ GET /api/**", struck(status=None), True),
        ("http:503 once @ PUT /api/**", struck("PUT /api/me"), True),
        ("http:503 once @ POST /api/**", struck("POST /api/orders"), False),
        ("lost-reply once @ DELETE /api/**", struck("DELETE /api/basket", None, fault="lost-reply"), False),
        ("http:503 once @ DELETE /api/**", struck("DELETE /api/basket"), True),
        ("malformed-json once @ GET /api/**", struck(status=200, fault="malformed-json"), False),
        ("session-expiry once @ GET /api/**", struck(status=401, fault="session-expiry"), False),
        ("offline:2s once @ GET /api/**", struck(status=None, fault="offline"), False),
        ("http:503 once @ GET /**", struck(kind="document"), False),
        ("rate-limit:1 @ GET /**", struck(status=429, kind="document", fault="rate-limit"), False),
        ("rate-limit:1 @ GET /**", struck(status=429, fault="rate-limit"), True),
        ("latency:500ms @ GET /**", struck(status=200, kind="document", fault="latency"), True),
        ("asset-failure:404 @ ** type=image", struck("GET /lamp.png", 404, kind="image"), True),
        ("asset-failure:404 @ ** type=script", struck("GET /app.js", 404, kind="script"), False),
        ("abort @ https://ads.test/**", struck(status=None, third_party=True), True),
        ("http:503 once @ /api/**", struck("GET /api/orders/{id}/events", background=True), True),
        ("latency:500ms @ /api/**", None, True),
        ("http:503 once @ GET /api/**", None, False),
    ],
)
def test_what_a_good_application_can_hide(rule: str, hit: SeenCall | None, expected: bool) -> None:
    assert is_maskable(entry(rule), hit, (), PATIENCE) is expected


@pytest.mark.parametrize(("asked_ms", "expected"), [(500.0, True), (20_000.0, False)])
def test_slowness_can_be_hidden_within_patience_only(asked_ms: float, expected: bool) -> None:
    rule = entry("latency:500ms @ /api/**")
    held = decision("GET /api/basket", Told(name="Open", seen=None, asked_ms=asked_ms), rule.id, "latency")

    assert is_maskable(rule, struck(status=200, fault="latency"), (held,), PATIENCE) is expected


def test_nor_can_what_a_busy_machine_has_made_longer_than_was_asked() -> None:
    rule = entry("latency:500ms @ /api/**")
    told = decision("GET /api/basket", Told(name="Open", seen=None, asked_ms=14_000.0), rule.id, "latency")

    assert not is_maskable(rule, struck(status=200), (replace(told, observed_ms=16_500.0),), PATIENCE)
    assert is_maskable(rule, struck(status=200), (replace(told, observed_ms=14_010.0),), PATIENCE)


def test_of_a_rule_that_cannot_be_read_little_is_asked() -> None:
    unknown = RuleEntry(id="x", fault="quantum", text="quantum once @ GET /api/**")

    assert not is_maskable(unknown, failed("GET /api/basket"), (), PATIENCE)


def test_every_fault_has_a_family_or_is_one() -> None:
    named = {one for members in FAMILIES.values() for one in members}

    assert named <= set(Fault.registry), "a family names a fault that is not there"
    assert family_of(frozenset({"http"})) == family_of(frozenset({"abort"})) == "failed calls"
    assert family_of(frozenset({"clock-skew"})) == "clock-skew"
    assert family_of(frozenset({"http", "latency"})) == "failed calls and slow calls"
