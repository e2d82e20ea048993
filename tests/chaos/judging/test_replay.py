from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from chaos.judging.replay import replay_of
from chaos.plan import plan_names, plans_for
from stormwalk.storm import Invocation, PlanEntry
from tests.chaos.tales import plan_of

BASE = "journeys/test_shopper.py::test_shopper[chromium]"


def test_a_command_that_can_be_copied() -> None:
    assert replay_of(BASE, plan_of("lost-reply"), "7") == (
        "pytest 'journeys/test_shopper.py::test_shopper' --chaos-plan 'lost-reply' --chaos-seed 7"
    )


def asked(plan: PlanEntry, seed: str = "7") -> str:
    """What `--chaos-plan` is given, as a shell would give it."""
    words = shlex.split(replay_of(BASE, plan, seed))
    assert words[:2] == ["pytest", "journeys/test_shopper.py::test_shopper"]
    assert words[-2:] == ["--chaos-seed", seed]
    return words[words.index("--chaos-plan") + 1]


@pytest.mark.parametrize("name", [one for one in plan_names() if one != "standard"])
def test_a_named_plan_is_made_again_by_its_name(name: str) -> None:
    (made,) = plans_for(asked(plan_of(name)))

    assert made.entry() == plan_of(name)


@pytest.mark.parametrize(
    "rule",
    [
        "http:503 once @ POST /api/orders",
        'http:503,body="it\'s $HOME" 30% @ POST /api/orders step="Place the order"',
        "offline",
        "latency",
        "lost-reply @ /api/**",
    ],
)
def test_a_rule_is_made_again_word_for_word_because_chance_depends_on_its_words(rule: str) -> None:
    plan = plans_for(rule)[0].entry()

    assert plans_for(asked(plan, "a seed"))[0].entry() == plan


def test_a_plan_of_your_own_is_made_again_from_its_file(tmp_path: Path) -> None:
    own = tmp_path / "my plans" / "weekend.toml"
    own.parent.mkdir()
    own.write_text('[rules]\na = "latency:1s @ /api/**"\nb = "http:503 10% @ /api/**"\n', encoding="utf-8")
    (own.parent / "all.toml").write_text('plans = ["weekend", "latency"]', encoding="utf-8")

    for given in (own, own.parent / "all.toml"):
        plan = plans_for(str(given))[0].entry()
        assert (plan.name, plan.source) == ("weekend", str(own))
        assert plans_for(asked(plan))[0].entry() == plan
    assert plans_for(str(own.parent / "all.toml"))[1].entry().source == ""


def test_parameters_of_the_journey_and_no_seed_are_left_out() -> None:
    assert replay_of("j.py::test_x[a[b]-c]", plan_of("outage"), "") == "pytest 'j.py::test_x' --chaos-plan 'outage'"


def test_a_command_names_the_application_and_the_browser_of_the_run() -> None:
    started = Invocation(patience="4", root="../shop tests", options=("--project=my project.toml", "--browser=firefox"))

    assert replay_of(BASE, plan_of("lost-reply"), "7", started) == (
        "STORMWALK_PATIENCE=4 pytest '../shop tests/journeys/test_shopper.py::test_shopper' --chaos-plan 'lost-reply'"
        " --chaos-seed 7 '--project=my project.toml' --browser=firefox"
    )
