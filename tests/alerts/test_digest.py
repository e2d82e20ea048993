"""What a message says of a run, and what it never says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from stormwalk.access.results import Access, AccessCoverage
from stormwalk.alerts.alert import Alert, State
from stormwalk.alerts.channels.google_chat import MOST_BYTES, GoogleChat
from stormwalk.alerts.digest import Surroundings, digest, thread_key
from stormwalk.config.alerts import AlertsTable
from stormwalk.gate.results import GateResult, RuleResult
from stormwalk.model import Environment, Run, RunMode, Status
from stormwalk.redact import Redactor
from tests.alerts.chat import misshapen
from tests.reporting.samples import call, journey, plausible, run, step
from tests.reporting.storm_runs import calm, empty, rich, unjudged

ROUND = AlertsTable()
SECRET = "hush-hush-secret"
GATE = GateResult(rules=(RuleResult(rule="slower_than", passed=False, words="1 of 2 steps slower"),))
UNDONE = Access(finished=True, coverage=AccessCoverage(cells=4, judged=1, threshold=0.9))


def told(whole: Run, table: AlertsTable = ROUND, **environ: str) -> Alert:
    return digest(whole, Surroundings(table=table, redactor=Redactor((SECRET,)), environ=environ))


def everything(alert: Alert) -> str:
    return json.dumps(json.loads(GoogleChat().render(alert)), ensure_ascii=False)


def test_figures_and_reasons_with_the_status_of_their_calls() -> None:
    alert = told(plausible())

    assert (alert.project, alert.mode, alert.branch, alert.state) == (
        "Web2 Application", RunMode.NORMAL, "main", State.FAILED
    )  # fmt: skip
    assert alert.headline == "Partial Failure"
    assert alert.subtitle == "on main · 9f3c1e7a5b20 · 22 Nov 2026, 10:15:03 UTC · 21.4 s"
    assert dict(alert.figures) == {"Total Steps": "25", "Passed": "19", "Failed": "1", "Errors": "1", "Skipped": "4"}
    (failed,) = (part for part in alert.parts if part.lines)
    assert failed.title == "What failed"
    order, sales = failed.lines
    assert order.label == "failed · A shopper buys · 9 Place the order"
    assert order.text.startswith("The confirmation was not shown within 5 s")
    assert order.more == ("POST /api/orders: 503",)
    assert sales.more == ("GET /api/reports/sales.csv: timed out",)


def test_a_call_that_was_refused_stands_beside_the_failure_below_those_that_failed() -> None:
    calls = (call("/api/basket", 200), call("/api/orders", 422), call("/api/stock", 503), call("/api/me", 403))
    bad = step(1, "Buy", status=Status.FAILED, reason="no confirmation", calls=calls)

    (line,) = told(run(journey(bad, status=Status.FAILED), exit_code=1)).parts[0].lines

    assert line.more == ("GET /api/stock: 503", "GET /api/orders: 422", "GET /api/me: 403")


def test_a_green_run_has_figures_only() -> None:
    alert = told(run(journey(step(1), step(2)), exit_code=0))

    assert (alert.state, alert.headline) == (State.PASSED, "Passed")
    assert dict(alert.figures)["Total Steps"] == "2"
    assert not any(part.lines for part in alert.parts)


def test_a_storm_has_its_status_and_what_it_showed() -> None:
    alert = told(replace(rich(), exit_code=1))

    assert alert.mode is RunMode.CHAOS
    assert alert.headline.startswith("resilience Weak, ")
    assert alert.headline.endswith(" of 100 before the gate")
    figures = dict(alert.figures)
    assert figures["System Resilience Status"].startswith("Weak (")
    assert figures["Experiments"].startswith("leak 1, broken 3, degraded 2")
    assert {"Timeouts", "Failed Transactions", "Response Degradation", "Recovery"} <= set(figures)
    found, calls, *_ = alert.parts
    assert found.title == "What the storms showed"
    assert any("--chaos-plan" in more for line in found.lines for more in line.more)
    assert any("POST /api/orders" in line.text for line in calls.lines)


def control_failed() -> Run:
    """A storm that held, one control of which failed in its first step."""
    whole = calm()
    first, *others = whole.journeys
    step, *rest = first.steps
    failed = replace(first, status=Status.FAILED, steps=(replace(step, status=Status.FAILED), *rest))
    return replace(whole, exit_code=1, journeys=(failed, *others))


@pytest.mark.parametrize(
    ("whole", "headline"),
    [
        (unjudged(), "the storm was not judged"),
        (replace(calm(), exit_code=0), "resilience Strong, 96 of 100"),
        (replace(calm(), exit_code=2), "resilience Strong, 96 of 100, could not be tested in full"),
        (control_failed(), "resilience Strong, 96 of 100, Partial Failure in fair weather"),
        (empty(), "resilience Inconclusive"),
        (run(exit_code=2), "Failed"),
        (run(journey(step(1)), exit_code=1, gate=GATE), "Failed (the gate: slower than)"),
        (run(journey(step(1)), exit_code=1, access=UNDONE), "Failed (too little of the matrix was judged)"),
        (run(journey(step(1)), exit_code=1), "Failed (a test beside the journeys)"),
        (run(journey(step(1)), exit_code=2), "could not be tested in full"),
        (run(journey(step(1)), exit_code=2, interrupted=True), "Partial Failure, interrupted"),
    ],
)
def test_the_headline(whole: Run, headline: str) -> None:
    assert told(whole).headline == headline


def test_links_that_are_known() -> None:
    table = AlertsTable(
        report_url="https://ci.test/{run}/report.html", dashboard_url="http://127.0.0.1:8080/runs/{run}"
    )
    github = {"GITHUB_SERVER_URL": "https://git.test", "GITHUB_REPOSITORY": "a/shop", "GITHUB_RUN_ID": "7"}

    alert = told(rich(), table, **github)

    assert [(one.text, one.url.replace(rich().id, "RUN")) for one in alert.links] == [
        ("Report", "https://ci.test/RUN/report.html"),
        ("Chaos report", "https://ci.test/RUN/chaos.html"),
        ("Dashboard", "http://127.0.0.1:8080/runs/RUN"),
        ("CI job", "https://git.test/a/shop/actions/runs/7"),
    ]
    assert (
        told(plausible(), ROUND, CI_JOB_URL="https://user:pw@git.test/1", BUILD_URL="javascript:alert(1)").links == ()
    )


def test_a_secret_is_hidden_wherever_it_stands_and_before_anything_is_cut() -> None:
    words = f"{'x' * 290} {SECRET}"
    bad = step(1, name=f"Open {SECRET}", status=Status.FAILED, reason=words, calls=())
    alert = told(run(journey(bad, title=SECRET, status=Status.FAILED), project=f"Shop {SECRET}", exit_code=1))

    assert "hush" not in everything(alert)
    assert alert.project == "Shop [redacted]"


def test_a_hostile_run_is_still_a_message() -> None:
    hostile = '<users/all> </b><a href="https://evil.test">\u202e\x1b[31m' + "\U0001f600" * 3000
    bad = [step(n, name=hostile, status=Status.FAILED, reason=hostile, url=hostile) for n in range(1, 400)]
    whole = run(
        journey(*bad, title=hostile, status=Status.FAILED),
        project=hostile,
        exit_code=1,
        environment=Environment(branch=hostile, commit=hostile),
    )

    message = GoogleChat().render(told(whole))

    assert len(message.encode()) <= MOST_BYTES
    assert misshapen(json.loads(message)) == []
    assert "<a" not in message
    assert "\x1b" not in message


def test_the_key_of_a_thread_is_the_same_for_the_same_and_for_no_others() -> None:
    keys = {
        thread_key(project, mode, branch)
        for project in ("Shop", "shop", "店", "x" * 9000)
        for mode in RunMode
        for branch in ("", "main", "feature/main", "feature-main", "no-branch")
    }

    assert len(keys) == 4 * 2 * 5
    assert all(len(key) <= 4000 and key.isascii() for key in keys)
    assert thread_key("Shop", RunMode.CHAOS, "main") == thread_key("Shop", RunMode.CHAOS, "main")


def test_a_gate_that_failed_is_told_with_its_rule_and_what_broke_it() -> None:
    rule = RuleResult(rule="ratchet", passed=False, words="1 cell green on main and red now", cells=("Buy <b>",))
    for whole, headline in ((run(journey(step())), "Failed (the gate: ratchet)"), (calm(), "resilience Strong, 96 of")):
        alert = told(replace(whole, exit_code=1, gate=GateResult(rules=(rule,))))

        first = alert.parts[0]
        assert alert.headline.startswith(headline)
        assert "the gate: ratchet" in alert.headline
        assert first.title == "The quality gate failed"
        assert [(one.label, one.text, one.more) for one in first.lines] == [
            ("gate · ratchet", "1 cell green on main and red now", ("Buy <b>",))
        ]
