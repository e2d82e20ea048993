from __future__ import annotations

from pathlib import Path

import pytest

from chaos.plan import HYPOTHESIS, plan_names, plans_for, read_plans
from stormwalk.errors import PlanError
from stormwalk.storm import Phase

NAMED = {"latency", "flaky-api", "outage", "lost-reply", "mobile", "offline", "expired-session", "rate-limited"}
WHOLE = """
hypothesis = "It works."
[rules]
slow = "latency:500ms @ /api/**"
[rules.lost]
fault = "lost-reply"
with = { code = "timedout" }
target = { url = "/api/orders", method = ["post", "PUT"], step = "Pay", type = "fetch", nth = 2 }
probability = 0.5
limit = 3
phase = "after"
scope = "attempt"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_is_read_with_its_rules(folder: Path) -> None:
    (folder / "bad-day.toml").write_text(WHOLE)

    (plan,) = plans_for("bad-day.toml")

    assert (plan.name, plan.hypothesis) == ("bad-day", "It works.")
    assert [one.id for one in plan.rules] == ["slow", "lost"]
    lost = plan.rules[1]
    assert (lost.probability, lost.limit, lost.phase, lost.scope) == (0.5, 3, Phase.AFTER, "attempt")
    assert (lost.target.methods, lost.target.types, lost.target.nth) == (("POST", "PUT"), ("fetch",), 2)


@pytest.mark.parametrize("name", [*sorted(NAMED), "broken-assets"])
def test_the_named_plans_are_there(name: str) -> None:
    (plan,) = plans_for(name)

    assert plan.rules
    assert plan.hypothesis != HYPOTHESIS
    assert plan.entry().rules[0].text


def test_the_standard_set_is_one_plan_after_the_other() -> None:
    plans = plans_for("standard")

    assert len({plan.name for plan in plans}) == len(plans) >= 7
    assert {plan.name for plan in plans} <= set(plan_names())


def test_a_set_of_ones_own_takes_its_neighbours_before_the_shipped(folder: Path) -> None:
    (folder / "mine.toml").write_text("plans = ['latency', 'outage']")
    (folder / "latency.toml").write_text("rules.slow = 'latency:9ms @ **'")

    assert next(plan.rules[0].written() for plan in plans_for("mine.toml")) == "latency:9ms @ **"


def test_a_rule_in_shorthand_is_a_plan_of_its_own() -> None:
    (plan,) = plans_for("latency:20ms  @  /api/**")

    assert (plan.name, plan.routes()) == ("latency:20ms @ /api/**", frozenset({"*://*/api/**{,?**}"}))
    assert plans_for("double-click")[0].rules[0].fault.name == "double-click"


def test_the_standard_set_does_not_route_everything() -> None:
    """Whatever is routed costs time in every journey, also in a control."""
    routes = {one for plan in plans_for("standard") for one in plan.routes("http://127.0.0.1:8000")}

    assert "**/*" not in routes
    assert "^(?!http://127\\.0\\.0\\.1:8000([/?#]|$))https?:" in routes


def test_a_plan_knows_whether_it_needs_the_proxy() -> None:
    assert plans_for("slow-drip @ /a")[0].needs_proxy
    assert not plans_for("latency")[0].needs_proxy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "p.toml: rules: expected a table of rules"),
        ("rules = 3", "p.toml: rules: expected a table of rules"),
        ("[rules]", "p.toml: rules: expected a table of rules"),
        ("[rules]\n" + "\n".join(f"r{n}='abort'" for n in range(201)), "p.toml: rules: expected at most 200 rules"),
        ("rules.a = 3", "p.toml: rules.a: expected a table or a rule in shorthand, got 3"),
        ("rules.a = 'lat @ /x'", "p.toml: rules.a: rule 'lat @ /x': column 1: unknown fault"),
        ("rules.a.fault = 'lat'", 'p.toml: rules.a.fault: unknown fault "lat"; did you mean latency?'),
        ("rules.a = {}", "p.toml: rules.a.fault: expected the name of a fault"),
        ("rules.a.fualt = 'abort'", "p.toml: rules.a.fualt: unknown key; did you mean fault? expected one of: fault"),
        ("hypothesis = ''\nrules.a = 'abort'", 'p.toml: hypothesis: expected text, got ""'),
        ("rules.a = {fault='http', with={status='x'}}", "p.toml: rules.a.with.status: expected a whole number"),
        ("rules.a = {fault='http', with={status=true}}", "p.toml: rules.a.with.status: expected a whole number"),
        ("rules.a = {fault='http', with={x=1}}", "p.toml: rules.a.with.x: unknown parameter; http has: status"),
        ("rules.a = {fault='http', with=3}", "p.toml: rules.a.with: expected a table, got 3"),
        ("rules.a = {fault='latency', with={ms=-1}}", "p.toml: rules.a.with.ms: expected a duration above zero"),
        ("rules.a = {fault='latency', with={ms=nan}}", "p.toml: rules.a.with.ms: expected a duration"),
        ("rules.a = {fault='http', target={url='x'}}", "p.toml: rules.a.target.url: expected a pattern"),
        ("rules.a = {fault='http', target={method='FETCH'}}", "p.toml: rules.a.target.method: expected GET"),
        ("rules.a = {fault='http', target={nth=0}}", "p.toml: rules.a.target.nth: expected a number from 1"),
        ("rules.a = {fault='http', target={type=[]}}", "p.toml: rules.a.target.type: expected text or a list"),
        ("rules.a = {fault='http', target={url=['/a','/b']}}", "p.toml: rules.a.target.url: expected one text"),
        ("rules.a = {fault='http', target={role=['a','b']}}", "p.toml: rules.a.target.role: expected one text"),
        ("rules.a = {fault='http', target={who='sam'}}", "p.toml: rules.a.target.who: unknown key"),
        ("rules.a = {fault='http', probability=2}", "p.toml: rules.a.probability: expected a number from 0 to 1"),
        ("rules.a = {fault='http', probability=true}", "p.toml: rules.a.probability: expected a number from 0 to 1"),
        ("rules.a = {fault='http', limit=0}", "p.toml: rules.a.limit: expected a whole number from 1"),
        ("rules.a = {fault='http', limit=1.5}", "p.toml: rules.a.limit: expected a whole number from 1"),
        ("rules.a = {fault='http', phase='x'}", "p.toml: rules.a.phase: expected before or after"),
        ("rules.a = {fault='abort', phase='after'}", 'p.toml: rules.a.phase: abort has no phase "after"'),
        ("rules.a = {fault='throttle', target={step='x'}}", "p.toml: rules.a.target.step: throttle cannot be"),
        ("rules.a = {fault='http', hops=1}", "p.toml: rules.a.hops: expected true or false"),
        ("rules.a = {fault='http', scope='x'}", "p.toml: rules.a.scope: expected call or attempt"),
        ("plans = []", "p.toml: plans: expected a list of names"),
        ("plans = ['nope']", 'p.toml: plans: there is no plan "nope"'),
        ("plans = ['../../etc/passwd']", "p.toml: plans: there is no plan"),
        ("plans = ['p']", "p.toml: plans: the set p contains itself"),
        ("plans = ['latency']\nrules.a = 'abort'", "p.toml: rules: unknown key; expected one of: plans"),
        ("rules.a = [", "p.toml: expected valid TOML"),
    ],
)
def test_a_wrong_plan_is_one_line_with_file_rule_and_key(text: str, expected: str, folder: Path) -> None:
    (folder / "p.toml").write_text(text)

    with pytest.raises(PlanError) as raised:
        plans_for("p.toml")

    message = str(raised.value)
    assert message.startswith(expected)
    assert "\n" not in message


@pytest.mark.parametrize("asked", ["latncy", "gone.toml", "..", "", "tls-error", "/etc/passwd"])
def test_what_is_no_plan_says_what_there_is(asked: str, folder: Path) -> None:
    with pytest.raises(PlanError) as raised:
        plans_for(asked)

    assert "\n" not in str(raised.value)
    assert "expected" in str(raised.value) or "not supported" in str(raised.value)


def test_a_folder_or_bytes_are_no_plan(folder: Path) -> None:
    (folder / "a.toml").mkdir()
    (folder / "b.toml").write_bytes(b"\xff\xfe")

    for name in ("a.toml", "b.toml"):
        with pytest.raises(PlanError, match=f"^{name}"):
            read_plans(Path(name))
