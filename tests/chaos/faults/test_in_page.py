"""Each fault that strikes single calls really does in a page what it says."""

from __future__ import annotations

import pytest

from stormwalk.storm import Layer, Outcome, Phase
from tests.chaos.storming import Stormer
from tests.chaos.town import Town


def test_latency_holds_the_call_up_and_lets_it_go_on(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:200ms @ /api/**")

    seen = stormy.call("/api/orders", method="POST")

    assert (seen["status"], seen["data"]["number"]) == (200, 1)
    assert seen["ms"] >= 200
    decision = stormy.decision
    assert (decision.outcome, decision.phase, decision.layer) == (Outcome.APPLIED, Phase.BEFORE, Layer.ROUTE)
    assert decision.asked_ms == 200
    assert decision.observed_ms is not None
    assert decision.observed_ms >= 200


def test_latency_after_delays_the_answer_of_work_that_is_done(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:200ms after @ /api/**")

    seen = stormy.call("/api/orders", method="POST")

    assert seen["data"]["number"] == 1
    assert stormy.decision.server_status == 200
    assert town.count("POST", "/api/orders") == 1


def test_concurrent_delays_stay_concurrent(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:1s @ /api/**")

    took = stormy.page.evaluate(
        """async () => { const begun = performance.now();
        const all = await Promise.all(Array.from({length: 10}, (_, n) => call('/api/thing?n=' + n)));
        return {whole: performance.now() - begun, each: all.map(one => one.ms)}; }"""
    )

    assert min(took["each"]) >= 1_000
    assert took["whole"] < 10 * 1_000 * 0.8  # one after the other it would be ten times as much


def test_delays_of_two_rules_add_up(storming: Stormer, town: Town) -> None:
    stormy = storming("latency:100ms @ /api/**", "latency:150ms @ GET /**")

    assert stormy.call("/api/thing")["ms"] >= 250
    assert [one.asked_ms for one in stormy.storm.decisions if "api" in one.url] == [100, 150]


def test_hang_ends_as_timed_out_and_the_server_never_sees_the_call(storming: Stormer, town: Town) -> None:
    stormy = storming("hang:150ms @ /api/**")

    kind = stormy.page.evaluate(
        """() => new Promise(done => { const xhr = new XMLHttpRequest(); xhr.open('POST', '/api/orders');
        for (const kind of ['load', 'error', 'abort', 'timeout']) xhr['on' + kind] = () => done(kind); xhr.send(); })"""
    )

    assert kind == "timeout"
    assert town.count("POST", "/api/orders") == 0


@pytest.mark.parametrize(("phase", "arrived"), [("before", 0), ("after", 1)])
def test_http_answers_with_the_status_before_or_after_the_work(
    phase: str, arrived: int, storming: Stormer, town: Town
) -> None:
    stormy = storming(f"http:503,retry_after=7 {phase} @ POST /api/orders")

    seen = stormy.call("/api/orders", method="POST")

    assert (seen["status"], seen["headers"]["retry-after"], seen["data"]) == (503, "7", {"error": "unavailable"})
    assert town.count("POST", "/api/orders") == arrived
    assert stormy.decision.delivered == bool(arrived)


def test_abort_is_a_network_error_and_the_server_never_sees_the_call(storming: Stormer, town: Town) -> None:
    stormy = storming("abort @ /api/**")

    assert stormy.call("/api/orders", method="POST")["error"] == "TypeError"
    assert town.count("POST", "/api/orders") == 0


@pytest.mark.parametrize("before", ["", "before"])
def test_an_answer_that_is_lost_has_set_no_cookie(storming: Stormer, town: Town, before: str) -> None:
    stormy = storming("lost-reply once @ POST /form", path="/form")
    stormy.context.add_cookies([{"name": "kept", "value": "1", "url": town.url}])
    if before:
        stormy.context.add_cookies([{"name": "came", "value": before, "url": town.url}])

    with stormy.page.expect_event("requestfailed"):
        stormy.page.get_by_role("button", name="Send").click()

    assert town.count("POST", "/form") == 1
    cookies = {one.get("name"): one.get("value") for one in stormy.context.cookies()}
    assert cookies == {"kept": "1", **({"came": before} if before else {})}


def test_lost_reply_does_the_work_exactly_once_and_loses_the_answer(storming: Stormer, town: Town) -> None:
    stormy = storming("lost-reply once @ POST /api/orders")

    first, second = stormy.call("/api/orders", method="POST"), stormy.call("/api/orders", method="POST")

    assert (first["status"], second["status"]) == (0, 200)
    assert town.count("POST", "/api/orders") == 2  # the second by the page, none by us
    assert [one.outcome for one in stormy.storm.decisions] == [Outcome.APPLIED, Outcome.WITHHELD]
    assert stormy.storm.decisions[0].server_status == 200


def test_truncated_body_is_a_good_answer_that_is_no_json(storming: Stormer, town: Town) -> None:
    seen = storming("truncated-body:50% @ /api/**").call("/api/thing")

    assert (seen["status"], seen["wrong"]) == (200, "SyntaxError")
    assert len(seen["text"]) == len('{"number": 1, "items": [{"price": 12}], "name": "lantern"}') // 2


@pytest.mark.parametrize("fault", ["malformed-json", "empty-body", "wrong-content-type"])
def test_what_is_no_json_cannot_be_read(fault: str, storming: Stormer, town: Town) -> None:
    seen = storming(f"{fault} @ /api/**").call("/api/thing")

    assert (seen["status"], seen["wrong"]) == (200, "SyntaxError")


def test_wrong_content_type_says_that_it_is_a_page(storming: Stormer, town: Town) -> None:
    seen = storming("wrong-content-type:503 @ /api/**").call("/api/thing")

    assert (seen["status"], seen["headers"]["content-type"]) == (503, "text/html; charset=utf-8")


@pytest.mark.parametrize(("change", "value"), [("null", None), ("other-type", {"wrong": True}), ("empty-list", [])])
def test_wrong_json_changes_the_field_that_is_named(change: str, value: object, storming: Stormer, town: Town) -> None:
    seen = storming(f"wrong-json:{change},field=items.0.price @ /api/**").call("/api/thing")

    assert seen["data"] == {"number": 1, "items": [{"price": value}], "name": "lantern"}


def test_stale_response_serves_the_first_answer_again(storming: Stormer, town: Town) -> None:
    stormy = storming("stale-response @ GET /api/**")

    numbers = [stormy.call("/api/thing")["data"]["number"] for _ in range(3)]

    assert numbers == [1, 1, 1]
    assert town.count("GET", "/api/thing") == 1
    assert (stormy.count.applied, stormy.count.withheld) == (2, 1)


def test_duplicate_request_reaches_the_server_twice_and_the_page_once(storming: Stormer, town: Town) -> None:
    seen = storming("duplicate-request @ POST /api/orders").call("/api/orders", method="POST")

    assert seen["data"]["number"] == 1
    assert town.count("POST", "/api/orders") == 2


def test_reordered_answers_come_in_the_other_order(storming: Stormer, town: Town) -> None:
    stormy = storming("reordered @ GET /api/search")

    order = stormy.page.evaluate(
        """async () => { const order = [];
        const ask = async text => { await call('/api/search?q=' + text); order.push(text); };
        const first = ask('a'); await new Promise(done => setTimeout(done, 150)); await Promise.all([first, ask('ab')]);
        return order; }"""
    )

    assert order == ["ab", "a"]
    assert [path for _, path in town.visits if "search" in path] == ["/api/search?q=a", "/api/search?q=ab"]


def test_an_answer_that_nobody_overtakes_is_withheld_with_the_reason(storming: Stormer, town: Town) -> None:
    stormy = storming("reordered:60ms @ GET /api/search")

    assert stormy.call("/api/search?q=a")["status"] == 200
    assert (stormy.decision.outcome, stormy.decision.reason) == (Outcome.WITHHELD, "no later call came to overtake it")


def test_offline_moves_navigator_online_and_comes_back(storming: Stormer, town: Town) -> None:
    stormy = storming("offline:300ms @ POST /api/orders")

    seen = stormy.call("/api/orders", method="POST")
    beside = stormy.call("/api/unmatched")
    stormy.page.wait_for_function("() => navigator.onLine")

    assert (seen["status"], seen["online"]) == (0, False)
    assert beside["status"] == 0  # everything is offline, not only what the rule means
    assert stormy.call("/api/unmatched")["status"] == 200
    assert town.count("POST", "/api/orders") == 0


def test_flapping_follows_the_seed(storming: Stormer, town: Town) -> None:
    def walk() -> list[int]:
        stormy = storming("flapping:0.5,heals=0.5 @ /api/**")
        return [stormy.call("/api/thing")["status"] for _ in range(8)]

    first = walk()

    assert walk() == first
    assert {0, 200} == set(first)


def test_packet_loss_costs_retransmissions(storming: Stormer, town: Town) -> None:
    stormy = storming("packet-loss:100%,timeout=20ms,resets_after=3 @ /api/**")

    seen = stormy.call("/api/thing")

    assert seen["status"] == 0
    assert seen["ms"] >= 20 + 40 + 80
    assert stormy.decision.asked_ms == 140


def test_session_expiry_by_revoking_it_at_the_server(storming: Stormer, town: Town) -> None:
    stormy = storming('session-expiry:revoke="DELETE /api/session" @ /api/me')

    seen = [stormy.call("/api/me", headers={"Authorization": f"Bearer {token}"})["status"] for token in "aab"]

    assert seen == [401, 401, 200]  # the third is a new session
    assert "a" in town.revoked


def test_session_expiry_without_a_hook_takes_the_token_away(storming: Stormer, town: Town) -> None:
    stormy = storming("session-expiry @ /api/me")

    seen = [stormy.call("/api/me", headers={"Authorization": f"Bearer {token}"})["status"] for token in "ab"]

    assert seen == [401, 200]
    assert ("GET", "/api/me") in town.visits  # it is the server that refuses


def test_session_expiry_loses_the_cookie_before_the_call_is_sent(storming: Stormer, town: Town) -> None:
    stormy = storming("session-expiry:sid @ /api/me")
    stormy.context.add_cookies([{"name": "sid", "value": "1", "url": town.url}])

    assert stormy.call("/api/me")["status"] == 401
    assert stormy.context.cookies() == []


def test_session_expiry_forgets_what_the_page_has_stored(storming: Stormer, town: Town) -> None:
    stormy = storming("session-expiry:storage=token @ /api/me")
    stormy.page.evaluate("() => { localStorage.token = 'a'; sessionStorage.token = 'a'; localStorage.other = 'b' }")

    stormy.call("/api/me", headers={"Authorization": "Bearer a"})

    kept = stormy.page.evaluate("() => [localStorage.token, sessionStorage.token, localStorage.other]")
    assert kept == [None, None, "b"]


def test_rate_limit_lets_through_who_has_waited(storming: Stormer, town: Town) -> None:
    stormy = storming("rate-limit:1 @ /api/**")

    first, at_once = stormy.call("/api/thing"), stormy.call("/api/thing")
    stormy.page.wait_for_timeout(1000 * int(first["headers"]["retry-after"]))
    later, other = stormy.call("/api/thing"), stormy.call("/api/other")

    assert [one["status"] for one in (first, at_once, later, other)] == [429, 429, 200, 429]
    assert town.count("GET", "/api/thing") == 1


def test_asset_failure_strikes_the_types_that_are_named(storming: Stormer, town: Town) -> None:
    stormy = storming("asset-failure:404 @ ** type=stylesheet", path="/assets")

    assert town.count("GET", "/style.css") == 0
    assert town.count("GET", "/picture.svg") == 1
    assert stormy.count.applied == 1


def test_third_party_down_spares_the_application_itself(storming: Stormer, town: Town) -> None:
    stormy = storming("third-party-down")

    assert stormy.call(f"{town.elsewhere}/api/theirs")["status"] == 0
    assert stormy.call("/api/ours")["status"] == 200


def test_reload_in_the_middle_of_a_call_that_is_done_once(storming: Stormer, town: Town) -> None:
    stormy = storming("reload @ POST /api/orders")
    stormy.page.evaluate("() => { window.before = true; fetch('/api/orders', {method: 'POST'}).catch(() => 0) }")

    stormy.page.wait_for_function("() => !window.before && document.readyState === 'complete'")

    assert town.count("POST", "/api/orders") == 1
    assert stormy.storm.problems == ()


def test_back_leaves_the_page_in_the_middle_of_a_call(storming: Stormer, town: Town) -> None:
    stormy = storming("back @ POST /api/orders")
    stormy.page.goto("/other")
    stormy.page.evaluate("() => { fetch('/api/orders', {method: 'POST'}).catch(() => 0) }")

    stormy.page.wait_for_url(town.url + "/")

    assert town.count("POST", "/api/orders") == 1


def test_second_tab_shows_the_same_page(storming: Stormer, town: Town) -> None:
    stormy = storming("second-tab @ POST /api/orders")

    stormy.call("/api/orders", method="POST")

    assert [page.url for page in stormy.context.pages] == [f"{town.url}/", f"{town.url}/"]


def test_double_click_is_a_real_second_click(storming: Stormer, town: Town) -> None:
    stormy = storming("double-click:10ms")

    stormy.page.click("#buy")
    stormy.page.wait_for_function("() => window.clicks === 2")
    stormy.page.wait_for_timeout(100)

    assert stormy.page.evaluate("window.clicks") == 2
    assert stormy.count.applied == 1


def test_a_button_that_is_disabled_at_once_gets_no_second_click(storming: Stormer, town: Town) -> None:
    stormy = storming("double-click:10ms")

    stormy.page.click("#once")
    stormy.page.wait_for_timeout(150)

    assert stormy.page.evaluate("window.clicks") == 1


def test_clock_skew_is_wrong_in_the_page_and_right_after_the_storm(storming: Stormer, town: Town) -> None:
    stormy = storming("clock-skew:60min")
    skew = "now => [Date.now() - now, new Date().getTime() - now, new Date(5).getTime()]"

    by_now, by_new, fixed = stormy.page.evaluate(skew, stormy.page.evaluate("performance.timeOrigin"))
    stormy.storm.lift()

    assert abs(by_now - 3_600_000) < 60_000
    assert abs(by_new - 3_600_000) < 60_000
    assert fixed == 5
    assert stormy.page.evaluate("Date.now() - performance.timeOrigin") < 600_000
    assert stormy.count.applied == 1
