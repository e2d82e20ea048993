"""Every rule is whole, its title reads as a sentence, and it says which breaches are one finding."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from stormwalk.access.results import Severity
from stormwalk.access.rule import Per, Rule
from stormwalk.access.rules import RULES

ONCE = (
    "garbage-token-accepted",
    "signature-not-checked",
    "signature-stripped-accepted",
    "alg-none-accepted",
    "expired-token-accepted",
    "token-after-logout",
    "refresh-after-logout",
    "role-kept",
    "csrf",
    "method-override",
    "url-override",
    "refused-with-success",
)
NAMES = (
    *ONCE,
    "over-permission",
    "missing-authentication",
    "cross-user-read",
    "cross-user-write",
    "not-concealed",
    "wrongly-denied",
    "server-error",
    "forbidden-field",
    "mass-assignment",
    "shown-but-denied",
    "page-opens",
)
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))


def test_every_rule_is_there_once_under_its_name() -> None:
    assert sorted(RULES) == sorted(NAMES)
    assert all(name == rule.name for name, rule in RULES.items())


@every_rule
def test_a_rule_says_why_and_what_to_do_in_sentences(rule: Rule) -> None:
    for text in (rule.why, rule.advice):
        assert re.fullmatch(r"[A-Z“].{20,150}\.", text)
    assert 10 < len(rule.title) < 90
    assert not rule.title.endswith(".")


@every_rule
def test_a_title_names_what_tells_its_findings_apart(rule: Rule) -> None:
    places = {name for _, name, _, _ in Formatter().parse(rule.title) if name}
    assert places <= {"endpoint", "roles", "subject"}
    assert ("endpoint" in places) == (rule.per in (Per.ENDPOINT, Per.ENDPOINT_AND_SUBJECT))
    assert ("subject" in places) == (rule.per in (Per.SUBJECT, Per.ENDPOINT_AND_SUBJECT))


@every_rule
def test_its_numbers_look_like_numbers(rule: Rule) -> None:
    assert re.fullmatch(r"(API\d{1,2}:2023 [A-Z][\w ]+)?", rule.owasp)
    assert re.fullmatch(r"(\d+\.\d+\.\d+(, \d+\.\d+\.\d+)*)?", rule.asvs)
    assert re.fullmatch(r"(WSTG-[A-Z]{4}-\d\d(, WSTG-[A-Z]{4}-\d\d)*)?", rule.wstg)
    assert rule.asvs or rule.name in ("wrongly-denied", "refused-with-success")


@pytest.mark.parametrize("name", ONCE)
def test_what_is_broken_in_one_place_of_the_application_is_one_finding(name: str) -> None:
    assert RULES[name].per is Per.ALL
    assert RULES[name].cause(endpoint="GET /a", subject="x") == RULES[name].cause(endpoint="GET /b", subject="y")


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("over-permission", ("GET /a", "")),
        ("forbidden-field", ("", "x")),
        ("mass-assignment", ("GET /a", "x")),
        ("refused-with-success", ("", "")),
    ],
)
def test_which_breaches_are_one_finding(name: str, cause: tuple[str, str]) -> None:
    assert RULES[name].cause(endpoint="GET /a", subject="x") == cause


@pytest.mark.parametrize(
    ("roles", "headline"),
    [
        ((), "GET /{id} is open to somebody, who should be refused"),
        (("shopper",), "GET /{id} is open to shopper, who should be refused"),
        (("shopper", "support"), "GET /{id} is open to shopper and support, who should be refused"),
        (("a", "{b}", "c"), "GET /{id} is open to a, {b} and c, who should be refused"),
    ],
)
def test_a_headline_lists_the_roles_and_takes_names_as_they_are(roles: tuple[str, ...], headline: str) -> None:
    assert RULES["over-permission"].headline(endpoint="GET /{id}", roles=roles) == headline


def test_what_anybody_can_do_is_worse_than_what_somebody_cannot() -> None:
    assert RULES["missing-authentication"].severity is Severity.CRITICAL
    assert RULES["wrongly-denied"].severity.rank > RULES["over-permission"].severity.rank
