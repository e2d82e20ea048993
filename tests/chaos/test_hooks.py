"""Hooks of the application are on while their storm blows, and never longer."""

from __future__ import annotations

import pytest

from chaos.hooks import Hooks, expect_hooks, switched_back
from chaos.plan import Plan, plans_for
from chaos.shorthand import read_rule
from chaos.storm import Storm
from stormwalk.config.storm import HookTable
from stormwalk.errors import PlanError, UsageError
from tests.chaos.harbour import Harbour, StormProject
from tests.chaos.test_steering import IN_STORMS, WAITS, running, storm
from tests.plugged import press_ctrl_c

PLAN = "hook:stock=fail"
TABLES = {"stock": HookTable(set="POST /api/hook", reset="DELETE /api/hook", states={"fail": {"fail": True}})}
PROJECT = """
[storm.hooks.stock]
set = "POST /api/hook"
reset = "DELETE /api/hook"
states.fail = { fail = true }
"""
BUYS = """
def test_buys(walk_as):
    quay = Pier(walk_as("sam").page)
    quay.visit()
    quay.buy()
    if WHERE: quay.wait()
"""


@pytest.fixture
def hooked(storms: StormProject) -> StormProject:
    file = storms.root / "harbour.toml"
    file.write_text(file.read_text() + PROJECT)
    return storms


def plans(rule: str = PLAN) -> tuple[Plan, ...]:
    return plans_for(rule)


def hooks_of(harbour: Harbour) -> list[str]:
    """How the hook was called, in order."""
    return [method for method, path in harbour.visits if path == "/api/hook"]


def test_a_hook_is_called_past_the_proxies_of_the_environment(
    harbour: Harbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    assert switched_back(plans(), TABLES, harbour.url) == []
    assert hooks_of(harbour) == ["DELETE"]


def test_a_rule_names_hook_and_state() -> None:
    rule = read_rule(PLAN)
    assert rule.written() == "hook:stock=fail @ **"
    assert read_rule(rule.written()).fault == rule.fault
    assert read_rule("hook:stock").written() == "hook:stock=fail @ **"
    for wrong in ("hook:sto-ck=fail", "hook:stock=fail,more=1", "hook:stock=fail 50%", "hook:stock=fail @ /api"):
        with pytest.raises(PlanError):
            read_rule(wrong)


@pytest.mark.parametrize(
    ("rule", "tables", "workers", "says"),
    [
        ("hook:stok=fail", TABLES, 1, "there is no hook stok=fail; expected stock=fail"),
        ("hook:stock=slow", TABLES, 1, "there is no hook stock=slow; expected stock=fail"),
        (PLAN, {}, 1, r"shop\.toml has no \[storm\.hooks\]"),
        (PLAN, TABLES, 2, "for everybody: leave -n 2 out"),
    ],
)
def test_what_cannot_be_done_is_refused(rule: str, tables: dict[str, HookTable], workers: int, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        expect_hooks(plans(rule), tables, workers=workers, file="shop.toml")


def test_a_hook_follows_its_storm(harbour: Harbour) -> None:
    problems: list[str] = []
    blowing = Storm(plans()[0], seed=7, journey="j", base_url=harbour.url)
    hooks = Hooks(blowing, TABLES, harbour.url, problems.append)
    blowing.leave_step()
    assert hooks_of(harbour) == []  # what is prepared before the first step is spared

    blowing.enter_step("Buy")
    blowing.leave_step()
    blowing.enter_step("Look")
    assert (hooks_of(harbour), hooks.any_on) == (["POST"], True)
    blowing.lift()
    blowing.lift()
    assert (hooks_of(harbour), hooks.any_on) == (["POST", "DELETE"], False)
    blowing.switch(plans()[0])
    blowing.lift()
    assert hooks_of(harbour) == ["POST", "DELETE"] * 2
    assert (blowing.counts[0].applied, blowing.counts[0].escaped, problems) == (2, (), [])


def test_it_is_told_what_could_not_be_switched(harbour: Harbour) -> None:
    problems: list[str] = []
    blowing = Storm(plans()[0], seed=7, journey="j", base_url=harbour.url)
    hooks = Hooks(blowing, TABLES, harbour.url, problems.append)
    harbour.statuses["/api/hook"] = 404
    blowing.enter_step("Buy")
    assert (blowing.counts[0].applied, blowing.counts[0].escaped[0].reason) == (0, "POST /api/hook answered 404")

    blowing.lift()
    assert problems == [
        "the hook stock could not be switched back: DELETE /api/hook answered 404; restart the application"
    ]
    assert not hooks.any_on
    assert switched_back(plans(), TABLES, harbour.url) == [
        "the hook stock does not work: DELETE /api/hook answered 404; does the application offer it?"
    ]


def test_a_run_switches_it_for_its_storm_only_and_first_of_all_back(hooked: StormProject, harbour: Harbour) -> None:
    hooked.journeys(WAITS + BUYS.replace("WHERE", "False"))
    result = hooked.storm("--chaos-plan", PLAN)

    assert hooks_of(harbour) == ["DELETE", "POST", "DELETE"]
    told = hooked.runs[-1].storm
    assert told is not None
    assert told.judgement is not None
    assert [one.counts[0].applied for one in told.judgement.experiments] == [1]
    assert result.ret == 0


def test_ctrl_c_switches_it_back(hooked: StormProject, harbour: Harbour) -> None:
    harbour.answers["/api/gate"] = {"open": False}
    hooked.journeys(WAITS + BUYS.replace("WHERE", IN_STORMS))
    with running(hooked, *storm(hooked, "--chaos-plan", PLAN)) as watch:
        watch.stands_at("Wait at the gate")
        assert hooks_of(harbour) == ["DELETE", "POST"]
        press_ctrl_c(watch.process)
        code, _ = watch.ended()

    assert hooks_of(harbour) == ["DELETE", "POST", "DELETE"]
    assert code == 2
