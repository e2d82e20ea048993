from __future__ import annotations

import re

import pytest

from stormwalk.experiment import base_of, experiment_id, experiment_of, is_of_plan, slug_of, variant_of

SHOPPER = "journeys/test_shopper.py::test_shopper"
RULE = "http:503 once @ POST /api/orders"
PLANS = ("latency", "lost-reply", "rate", "rate-limited", RULE)


@pytest.mark.parametrize(
    ("parameters", "base", "experiment"),
    [
        ("[chromium-lost-reply]", "[chromium]", "lost-reply"),
        ("[chromium-latency-2]", "[chromium]", "latency-2"),
        ("[chromium-control-1]", "[chromium]", "control-1"),
        ("[lost-reply]", "", "lost-reply"),
        ("[chromium-rate-limited]", "[chromium]", "rate-limited"),
        ("[chromium-big basket-latency]", "[chromium-big basket]", "latency"),
        ("[latency-chromium-7]", "[chromium-7]", "latency"),
        (f"[chromium-{slug_of(RULE)}-3]", "[chromium]", f"{slug_of(RULE)}-3"),
        ("[chromium]", "[chromium]", ""),
        ("[chromium-latencyless]", "[chromium-latencyless]", ""),
        ("", "", ""),
    ],
)
def test_a_name_is_a_journey_and_an_experiment(parameters: str, base: str, experiment: str) -> None:
    assert base_of(SHOPPER + parameters, PLANS) == SHOPPER + base
    assert experiment_of(SHOPPER + parameters, PLANS) == experiment


@pytest.mark.parametrize(
    ("parameters", "variant"),
    [
        ("", ""),
        ("[chromium]", ""),
        ("[chromium-gold-2]", "gold-2"),
        ("[gold-chromium]", "gold"),
        ("[gold]", "gold"),
        ("[a-chromium-b]", "a-chromium-b"),
    ],
)
def test_what_tells_a_journey_from_others_of_its_title(parameters: str, variant: str) -> None:
    assert variant_of(SHOPPER + parameters) == variant


def test_without_the_plans_all_behind_the_browser_is_the_experiment() -> None:
    assert (base_of(f"{SHOPPER}[firefox-mobile-2]"), experiment_of(f"{SHOPPER}[firefox-mobile-2]")) == (
        f"{SHOPPER}[firefox]",
        "mobile-2",
    )
    assert experiment_of(f"{SHOPPER}[chromium-control-3]") == "control-3"


@pytest.mark.parametrize("plan", [*PLANS, "", "control", "(/*]", "ü", "x" * 500, "a b" * 100])
@pytest.mark.parametrize("number", [0, 1, 12])
def test_whatever_a_plan_is_called_its_name_is_found_again(plan: str, number: int) -> None:
    made = experiment_id(plan, number)
    nodeid = f"{SHOPPER}[chromium-{made}]"

    assert (base_of(nodeid, [plan]), experiment_of(nodeid, [plan])) == (f"{SHOPPER}[chromium]", made)
    assert is_of_plan(made, plan)
    assert re.fullmatch(r"[\w-]+", made), "pytest's -k cannot select it"


def test_two_rules_never_have_the_same_name() -> None:
    rules = ("http:503 @ /api/*", "http:503 @ /api/**", "http:503  @ /api/*", "http 503 api")

    assert len({slug_of(one) for one in rules}) == len(rules)


def test_a_plan_is_not_taken_for_another_that_begins_alike() -> None:
    assert not is_of_plan("rate-limited", "rate")
    assert not is_of_plan("latency-2", "")
    assert is_of_plan("control-2", "")
