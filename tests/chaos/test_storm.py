from __future__ import annotations

from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from stormwalk.events import from_json, to_json
from stormwalk.reading import decode
from stormwalk.storm import BACKGROUND, FaultDecision, Layer, Outcome, PlanEntry
from stormwalk.storm_events import FaultApplied, RuleCounted, StormPlanned
from tests.chaos.storming import plan_of

SAM = Who(actor="sam", role="shopper")


def strike_all(storm: Storm, *urls: str, method: str = "GET", who: Who = SAM, layer: Layer = Layer.ROUTE) -> int:
    """Lets a call through the storm for each address; how many strikes there were."""
    struck = 0
    for url in urls:
        facts = CallFacts(method=method, url=f"http://shop.test{url}", first_party=storm.is_first_party(url))
        for strike in storm.strikes(storm.matching(facts, who, layer), facts, who, layer):
            storm.proof.applied(strike)
            struck += 1
    return struck


def storm_of(*rules: str) -> Storm:
    storm = Storm(plan_of(*rules), seed=7, journey="j", base_url="http://shop.test")
    storm.enter_step("Pay")
    return storm


def test_once_means_once_for_each_endpoint_in_each_step() -> None:
    storm = storm_of("http once @ /api/**")

    first = strike_all(storm, "/api/a", "/api/a", "/api/b", "/api/orders/1", "/api/orders/2")
    storm.enter_step("Look")
    again = strike_all(storm, "/api/a", "/api/a")

    assert (first, again) == (3, 1)
    assert (storm.counts[0].matched, storm.counts[0].withheld) == (7, 3)


def test_first_means_the_first_step_that_calls_an_endpoint() -> None:
    storm = storm_of("http first @ /api/**")

    struck = [strike_all(storm, "/api/a", "/api/a", "/api/orders/1")]
    for step in ("Look", "Buy"):
        storm.enter_step(step)
        struck.append(strike_all(storm, "/api/a", "/api/b", "/api/orders/2"))

    assert struck == [3, 1, 0]
    assert storm.counts[0].withheld == 5


def test_the_nth_call_of_its_kind_is_the_only_one_that_is_meant() -> None:
    storm = storm_of("http @ /api/a nth=2")

    assert strike_all(storm, "/api/a", "/api/a", "/api/a") == 1
    assert storm.counts[0].matched == 1


def test_actors_are_counted_apart() -> None:
    storm = storm_of("http once @ /api/a")

    assert strike_all(storm, "/api/a") + strike_all(storm, "/api/a", who=Who(actor="sara", role="shopper")) == 2


def test_methods_parties_roles_and_layers_restrict() -> None:
    storm = storm_of("http @ POST /a", "http @ /a role=admin", "http @ /a step=Look", "slow-drip @ /a", "reload @ /a")

    assert strike_all(storm, "/a", layer=Layer.API) == 0
    assert strike_all(storm, "/a", method="POST") == 1
    assert [one.matched for one in storm.counts] == [1, 0, 0, 0, 0]


def test_what_happens_between_steps_is_background() -> None:
    storm = storm_of("http @ /a")
    storm.leave_step()
    strike_all(storm, "/a")

    assert storm.decisions[0].key.step == BACKGROUND


def test_what_polls_in_a_page_is_called_by_a_step_where_the_api_client_asks() -> None:
    storm = Storm(
        plan_of("http @ /api/**"), seed=7, journey="j", base_url="http://shop.test", background=["/api/events"]
    )
    storm.enter_step("Pay")
    strike_all(storm, "/api/events")
    strike_all(storm, "/api/events", layer=Layer.API)

    assert [one.key.step for one in storm.decisions] == [BACKGROUND, "Pay"]


def test_a_lifted_storm_strikes_nothing_and_keeps_its_counts() -> None:
    storm = storm_of("http @ /a")
    told: list[str] = []
    storm.on_change(lambda: told.append("changed"))
    strike_all(storm, "/a")
    storm.lift()

    assert strike_all(storm, "/a") == 0
    assert not storm.is_active
    assert (storm.counts[0].matched, told) == (1, ["changed"])


def test_a_control_has_nothing_to_decide() -> None:
    storm = Storm(None, seed=1, journey="j")

    assert strike_all(storm, "/a") == 0
    assert (storm.is_active, storm.counts, storm.decisions) == (False, (), ())


def test_a_switch_to_another_plan_keeps_what_was_counted() -> None:
    storm = storm_of("http @ /a")
    strike_all(storm, "/a")
    storm.switch(plan_of("abort @ /b", "hang @ /b"))
    strike_all(storm, "/a", "/b")

    assert [one.applied for one in storm.counts] == [2, 1]  # ids are those of the rules, so rule-0 goes on


def test_first_party_is_the_applications_own_origin_also_as_a_socket() -> None:
    storm = storm_of("http @ /a")

    assert storm.is_first_party("http://shop.test/x")
    assert storm.is_first_party("ws://shop.test/x")
    assert not storm.is_first_party("https://shop.test/x")
    assert not storm.is_first_party("http://cdn.test/x")

    own = Storm(None, seed="s", journey="j", base_url="http://shop.test", own_hosts=["api.shop.test"])
    assert own.is_first_party("http://api.shop.test/x")
    assert not own.is_first_party("http://cdn.test/x")


def test_decisions_survive_the_store() -> None:
    storm = storm_of("latency:500ms @ /a")
    heard: list[FaultDecision] = []
    storm = Storm(storm.plan, seed=7, journey="j", on_decision=heard.append)
    strike_all(storm, "/a")
    events = [
        FaultApplied(at=1.0, journey="j", step=2, decision=heard[0]),
        RuleCounted(at=1.0, journey="j", count=storm.counts[0]),
        StormPlanned(at=1.0, seed="7", plans=(PlanEntry(name="p", hypothesis="h"),)),
    ]

    assert heard[0].outcome is Outcome.APPLIED
    assert [from_json(one.kind, to_json(one)) for one in events] == events
    assert [decode(one.kind, to_json(one)) for one in events] == events


def test_a_count_without_anything_applied_says_that_nothing_happened() -> None:
    storm = storm_of("latency:500ms 0.0001% @ /a")
    strike_all(storm, "/a")

    assert not storm.counts[0].happened
    assert storm.decisions[0].fired is False
    assert storm.decisions[0].reason == "chance"
