"""The traps between a plan and a browser that would make a report false."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

import pytest
from playwright.sync_api import Browser, Error

from chaos.fault import CallFault, Fault
from chaos.injection import Dispatcher
from chaos.injection.escapes import HOP, PREFLIGHT, SERVICE_WORKER, UNROUTED
from chaos.injection.vehicle import GONE
from chaos.plan import Plan
from chaos.rule import Rule
from chaos.storm import Storm
from chaos.trip import Trip
from stormwalk.storm import Outcome, Phase
from tests.chaos.storming import Stormer, plan_of, wait_until
from tests.chaos.town import Town

POST = "() => { fetch('/api/orders', {method: 'POST'}).catch(() => 0) }"


def test_a_control_passes_every_call_through(storming: Stormer, town: Town) -> None:
    stormy = storming()

    assert stormy.call("/api/thing")["status"] == 200
    assert (stormy.storm.decisions, stormy.storm.counts, stormy.storm.problems) == ((), (), ())


def test_a_control_for_a_plan_routes_what_the_plan_would(chromium: Browser, town: Town) -> None:
    """A call that is routed is not served from the cache, so a control without routes would be faster by that."""
    hits = []
    for plans in ((), (plan_of("latency @ /api/**"),), (plan_of("latency @ /elsewhere/**"),)):
        town.forget()
        context = chromium.new_context(base_url=town.url)
        dispatcher = Dispatcher(context, Storm(None, seed=1, journey="j"), plans=plans)
        page = context.new_page()
        page.goto("/")
        for _ in range(2):
            page.evaluate("() => fetch('/api/file?bytes=10').then(one => one.text())")
        hits.append(town.count("GET", "/api/file"))
        dispatcher.close()
        context.close()

    assert hits == [2, 2, 2]


def test_closing_a_page_does_not_send_its_held_call_to_the_server(storming: Stormer, town: Town) -> None:
    for _ in range(3):
        stormy = storming("latency:5s @ POST /api/orders")
        stormy.page.evaluate(POST)
        wait_until(stormy.page, lambda stormy=stormy: stormy.dispatcher.holds == 1)  # type: ignore[misc]

        stormy.page.close()

        other = stormy.context.new_page()
        other.goto("/")
        other.wait_for_timeout(150)
        assert town.count("POST", "/api/orders") == 0
        assert (stormy.decision.outcome, stormy.decision.reason) == (Outcome.ESCAPED, GONE)
        assert stormy.storm.problems == ()


def test_a_page_that_closes_itself_in_the_middle_of_a_delay_makes_no_noise(
    storming: Stormer, town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    stormy = storming("latency:5s @ POST /api/orders")
    with stormy.page.expect_popup() as opened:
        stormy.page.evaluate("() => { window.open('/') }")
    opened.value.wait_for_load_state()
    opened.value.evaluate("() => { fetch('/api/orders', {method: 'POST'}); setTimeout(() => window.close(), 50) }")

    wait_until(stormy.page, lambda: len(stormy.storm.decisions) == 1)

    assert stormy.page.title() == "Town"  # what left a handler would come out here
    assert stormy.decision.outcome is Outcome.ESCAPED
    assert capfd.readouterr().err == ""


def test_a_context_that_closes_with_a_held_call_does_not_hang(storming: Stormer, town: Town) -> None:
    stormy = storming("hang:60s @ /api/**")
    stormy.page.evaluate(POST)
    wait_until(stormy.page, lambda: stormy.dispatcher.holds == 1)
    begun = time.monotonic()

    stormy.context.close()
    stormy.dispatcher.close()

    assert time.monotonic() - begun < 30
    assert town.count("POST", "/api/orders") == 0


def test_a_delay_that_a_blocked_main_thread_makes_longer_is_observed_as_it_was(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1s @ /api/**")
    stormy.page.evaluate("() => { window.first = call('/api/thing') }")
    wait_until(stormy.page, lambda: stormy.dispatcher.holds == 1)
    time.sleep(1.5)
    stormy.page.evaluate("() => window.first")

    observed = stormy.decision.observed_ms
    assert observed is not None
    assert observed >= 1500


def test_lifting_lets_go_what_is_held_and_strikes_nothing_more(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:60s @ /api/**")
    stormy.page.evaluate("() => { window.first = call('/api/orders', {method: 'POST'}) }")
    wait_until(stormy.page, lambda: stormy.dispatcher.holds == 1)

    stormy.storm.lift()

    assert stormy.dispatcher.holds == 0
    assert stormy.page.evaluate("() => window.first")["status"] == 200
    assert stormy.call("/api/thing")["status"] == 200
    assert stormy.count.matched == 1


def test_a_hanging_call_is_cut_when_the_storm_is_lifted_and_never_sent(storming: Stormer, town: Town) -> None:
    stormy = storming("hang:60s @ /api/**")
    stormy.page.evaluate("() => { window.first = call('/api/orders', {method: 'POST'}) }")
    wait_until(stormy.page, lambda: stormy.dispatcher.holds == 1)

    stormy.storm.lift()

    assert stormy.page.evaluate("() => window.first")["status"] == 0
    assert town.count("POST", "/api/orders") == 0


def test_a_storm_that_is_lifted_just_before_a_delay_begins_does_not_delay(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:60s after @ /api/slow")
    stormy.page.evaluate("() => { window.first = call('/api/slow?ms=300') }")
    wait_until(stormy.page, lambda: ("GET", "/api/slow?ms=300") in town.visits)

    stormy.storm.lift()

    assert stormy.page.evaluate("() => window.first")["status"] == 200


def test_a_held_document_is_let_go_by_its_own_timer(storming: Stormer, town: Town) -> None:
    """While a document is held, its page answers nobody: the test could not let it go."""
    stormy = storming("hang:300ms @ /other type=document")

    with pytest.raises(Error, match="ERR_TIMED_OUT"):
        stormy.page.goto("/other")


def test_a_form_that_is_answered_by_a_redirect_ends_where_it_should(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:50ms after @ POST /form", path="/form")

    stormy.page.get_by_role("button").click()
    stormy.page.wait_for_url("**/final")
    stormy.page.reload()

    assert stormy.page.url == f"{town.url}/final"
    assert town.count("POST", "/form") == 1  # following the redirect ourselves would make the reload send it again
    assert [one.get("name") for one in stormy.context.cookies()] == ["came"]


def test_a_redirect_hop_is_counted_as_escaped(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ /api/hopped")

    assert stormy.call("/api/hop")["status"] == 200
    assert [(one.reason, one.calls) for one in stormy.count.escaped] == [(HOP, 1)]
    assert stormy.count.applied == 0


def test_a_redirect_hop_is_struck_where_the_rule_asks_for_it(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 hops @ /api/hopped", "latency:1ms @ /api/hop")

    assert stormy.call("/api/hop")["status"] == 503
    assert town.count("GET", "/api/hopped") == 0
    assert (stormy.count.applied, stormy.count.escaped) == (1, ())


def test_what_a_service_worker_answers_is_counted_as_escaped(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ /api/kept")
    stormy.page.evaluate(
        """async () => { await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready;
        while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20)); }"""
    )

    assert stormy.call("/api/kept")["data"] == {"kept": True}
    wait_until(stormy.page, lambda: bool(stormy.count.escaped))
    assert stormy.count.escaped[0].reason == SERVICE_WORKER
    assert any("service worker" in one.what for one in stormy.storm.blind_spots)


def test_a_call_that_a_route_of_the_journey_answers_is_counted_as_escaped(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ /api/thing")
    stormy.page.route("**/api/thing", lambda route: route.fulfill(json={"mine": True}))

    assert stormy.call("/api/thing")["data"] == {"mine": True}
    assert [(one.reason, one.calls) for one in stormy.count.escaped] == [(UNROUTED, 1)]


def test_a_preflight_is_a_blind_spot(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1ms @ /api/**")

    stormy.call(f"{town.elsewhere}/api/theirs", method="DELETE")

    assert [one.what for one in stormy.storm.blind_spots] == [PREFLIGHT]


def test_popups_frames_and_reloads_are_struck_from_their_first_call(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1ms @ /other", "latency:1ms @ GET /api/framed")
    with stormy.page.expect_popup() as opened:
        stormy.page.evaluate("() => { window.open('/other') }")
    opened.value.wait_for_load_state()
    opened.value.reload()
    stormy.page.evaluate(
        "() => { const frame = document.createElement('iframe'); frame.srcdoc = "
        "'<script>fetch(\"/api/framed\").then(() => parent.framed = true)</script>'; document.body.append(frame) }"
    )
    stormy.page.wait_for_function("() => window.framed")

    assert [one.applied for one in stormy.storm.counts] == [2, 1]


def test_other_peoples_servers_are_routed_without_routing_everything(storming: Stormer, town: Town) -> None:
    stormy = storming("third-party-down")

    seen = [stormy.call(f"{town.elsewhere}/api/theirs")["status"], stormy.call("/api/ours")["status"]]
    stormy.page.goto("/")

    assert seen == [0, 200]
    assert (stormy.count.applied, stormy.count.escaped) == (1, ())


def test_a_plan_can_be_switched_while_the_page_lives(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ /api/thing")
    seen = [stormy.call("/api/thing")["status"]]
    stormy.dispatcher.switch(plan_of("http:500 @ /elsewhere/**"))
    seen += [stormy.call("/api/thing")["status"], stormy.call("/elsewhere/thing")["status"]]
    stormy.dispatcher.switch(None)
    seen.append(stormy.call("/elsewhere/thing")["status"])

    assert seen == [503, 200, 500, 200]


def test_a_rule_for_a_step_and_an_actor_strikes_there_only(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ /api/** step=Pay", "http:500 @ /api/** role=admin")
    seen = [stormy.call("/api/thing")["status"]]
    stormy.storm.enter_step("Pay")
    seen.append(stormy.call("/api/thing")["status"])
    stormy.storm.leave_step()
    seen.append(stormy.call("/api/thing")["status"])

    assert seen == [200, 503, 200]


@pytest.fixture
def broken() -> type[Fault]:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Broken(CallFault):
        name: ClassVar[str] = "broken-for-a-test"
        phases: ClassVar[tuple[Phase, ...]] = (Phase.BEFORE, Phase.AFTER)

        def act(self, trip: Trip, phase: Phase | None) -> None:
            if phase is Phase.AFTER:
                trip.deliver()
            raise ZeroDivisionError("by zero")

    del Fault.registry["broken-for-a-test"]
    return Broken


@pytest.mark.parametrize("phase", list(Phase))
def test_a_fault_that_breaks_is_reported_and_lets_the_call_through_once(
    phase: Phase, broken: type[Fault], storming: Stormer, town: Town
) -> None:
    rule = Rule(id="rule", fault=broken(), phase=phase)
    stormy = storming(plan=Plan(name="test", rules=(rule,)), path="")
    stormy.page.goto("/")

    assert stormy.call("/api/orders", method="POST")["data"]["number"] == 1
    assert town.count("POST", "/api/orders") == 1
    assert stormy.page.title() == "Town"
    assert stormy.storm.problems == (
        "the fault broken-for-a-test of rule rule broke (ZeroDivisionError: by zero); the call was let through",
    )
    assert {one.outcome for one in stormy.storm.decisions} == {Outcome.ESCAPED}


def test_an_application_that_gives_no_answer_is_asked_once(storming: Stormer, town: Town) -> None:
    stormy = storming("lost-reply @ POST **")

    seen = stormy.call("http://127.0.0.1:9/api/orders", method="POST", mode="no-cors")

    assert seen["status"] == 0
    assert stormy.decision.outcome is Outcome.ESCAPED
    assert "the application gave no answer" in stormy.decision.reason


def test_two_faults_that_need_the_servers_answer_share_it(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1ms after @ POST /api/**", "lost-reply @ POST /api/**")

    stormy.call("/api/orders", method="POST")

    assert town.count("POST", "/api/orders") == 1
    assert [one.delivered for one in stormy.storm.decisions] == [True, True]


def test_every_call_is_on_the_record_once(storming: Stormer, town: Town) -> None:
    """Of two rules that end a call, the first does, and the other says that it could not."""
    stormy = storming("http:503 @ /api/**", "abort @ /api/**", "latency:20ms 0.0001% @ /api/**")

    stormy.calls("/api/a", "/api/b")

    assert [(one.matched, one.applied, one.withheld) for one in stormy.storm.counts] == [
        (2, 2, 0),
        (2, 0, 0),
        (2, 0, 2),
    ]
    assert stormy.storm.counts[1].escaped[0].reason == "the rule rule-0 had ended the call"


def test_secrets_of_an_address_are_not_kept(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1ms @ /api/**")

    stormy.call("/api/thing?access_token=hush-hush")

    assert "hush" not in stormy.decision.url


def test_after_closing_no_rule_is_active(storming: Stormer, town: Town) -> None:
    stormy = storming("http:503 @ GET /api/**", "offline:60s @ POST /api/**")
    stormy.page.evaluate(POST)
    stormy.page.wait_for_function("() => !navigator.onLine")

    stormy.dispatcher.close()
    stormy.dispatcher.close()

    stormy.page.wait_for_function("() => navigator.onLine")
    assert stormy.call("/api/thing")["status"] == 200


@pytest.mark.parametrize(
    ("rule", "went_on"),
    [
        ("latency:20ms @ /api/thing", True),
        ("http:503 @ /api/thing", False),
        ("abort @ /api/thing", False),
        ("lost-reply @ /api/thing", False),
    ],
)
def test_it_is_known_whose_answer_the_page_got(storming: Stormer, rule: str, went_on: bool) -> None:
    stormy = storming(rule)
    stormy.call("/api/thing")

    assert stormy.decision.went_on is went_on
