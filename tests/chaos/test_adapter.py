"""The same rules on the API client, above and below retries."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Timer

import pytest
import requests
from urllib3.util.retry import Retry

from chaos.adapter import ChaosAdapter
from chaos.carry import LIFTED
from chaos.storm import Storm, Who
from stormwalk.api import ApiClient
from stormwalk.config import load_project
from stormwalk.errors import ApplicationError
from stormwalk.storm import Layer, Outcome
from tests.chaos.storming import plan_of
from tests.chaos.town import Town

SAM = Who(actor="sam", role="shopper")


def session(town: Town, *rules: str, retries: Retry | int = 0) -> tuple[requests.Session, Storm]:
    storm = Storm(plan_of(*rules) if rules else None, seed=7, journey="j", base_url=town.url)
    storm.enter_step("Pay")
    made = requests.Session()
    made.trust_env = False
    made.mount("http://", ChaosAdapter(storm, SAM, max_retries=retries))
    return made, storm


def test_a_control_passes_calls_through(town: Town) -> None:
    client, storm = session(town)

    assert client.post(f"{town.url}/api/orders", json={"a": 1}, timeout=10).json()["number"] == 1
    assert storm.decisions == ()


def test_latency_delays_and_the_answer_is_the_servers_own(town: Town) -> None:
    client, storm = session(town, "latency:150ms @ /api/**")
    begun = time.monotonic()

    answer = client.get(f"{town.url}/api/thing", timeout=10)

    assert time.monotonic() - begun >= 0.15
    assert answer.json()["number"] == 1
    assert storm.decisions[0].layer is Layer.API
    assert (storm.decisions[0].asked_ms, storm.decisions[0].outcome) == (150, Outcome.APPLIED)


@pytest.mark.parametrize(("phase", "arrived"), [("before", 0), ("after", 1)])
def test_http_error_before_and_after_the_work(phase: str, arrived: int, town: Town) -> None:
    client, storm = session(town, f"http:503,retry_after=9 {phase} @ POST /api/orders")

    answer = client.post(f"{town.url}/api/orders", timeout=10)

    assert (answer.status_code, answer.headers["Retry-After"], answer.json()) == (503, "9", {"error": "unavailable"})
    assert town.count("POST", "/api/orders") == arrived
    assert storm.decisions[0].delivered == bool(arrived)


@pytest.mark.parametrize(
    ("rule", "raised", "arrived"),
    [
        ("abort @ /api/**", requests.ConnectionError, 0),
        ("abort:connectionrefused @ /api/**", requests.ConnectionError, 0),
        ("lost-reply @ /api/**", requests.ConnectionError, 1),
        ("hang:60s @ /api/**", requests.ReadTimeout, 0),
        ("hang:60s after @ /api/**", requests.ReadTimeout, 1),
        ("latency:30s @ /api/**", requests.ReadTimeout, 0),
    ],
)
def test_network_errors_are_those_of_requests(rule: str, raised: type[Exception], arrived: int, town: Town) -> None:
    client, storm = session(town, rule)

    with pytest.raises(raised):
        client.post(f"{town.url}/api/orders", timeout=0.3)
    assert town.count("POST", "/api/orders") == arrived
    assert storm.decisions[0].outcome is Outcome.APPLIED


@pytest.mark.parametrize("fault", ["truncated-body", "malformed-json", "empty-body", "wrong-content-type"])
def test_what_is_no_json_cannot_be_read(fault: str, town: Town) -> None:
    client, _ = session(town, f"{fault} @ /api/**")

    answer = client.get(f"{town.url}/api/thing", timeout=10)

    assert answer.status_code == 200
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_body_that_is_kept_whole_was_not_truncated(town: Town) -> None:
    client, storm = session(town, "truncated-body:100% @ /api/**")

    assert client.get(f"{town.url}/api/thing", timeout=10).json()["number"] == 1
    assert storm.counts[0].applied == 0


def test_duplicate_stale_and_expired(town: Town) -> None:
    client, _ = session(
        town, "duplicate-request @ POST /api/orders", "stale-response @ GET /api/thing", "session-expiry @ /api/me"
    )
    client.post(f"{town.url}/api/orders", timeout=10)
    numbers = [client.get(f"{town.url}/api/thing", timeout=10).json()["number"] for _ in range(2)]
    statuses = [
        client.get(f"{town.url}/api/me", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code
        for token in "aab"
    ]

    assert town.count("POST", "/api/orders") == 2
    assert numbers == [1, 1]
    assert statuses == [401, 401, 200]


def test_retries_do_not_see_what_strikes_a_call_and_see_what_strikes_an_attempt(town: Town) -> None:
    retries = Retry(total=3, status_forcelist=(503,), backoff_factor=0, raise_on_status=False)
    above, _ = session(town, "http:503 once @ /api/thing", retries=retries)
    below, storm = session(town, "http:503 2 times attempt @ /api/thing", retries=retries)

    assert above.get(f"{town.url}/api/thing", timeout=10).status_code == 503
    assert below.get(f"{town.url}/api/thing", timeout=10).status_code == 200
    assert (storm.counts[0].applied, storm.counts[0].withheld) == (2, 1)
    assert town.count("GET", "/api/thing") == 1


def test_a_lost_reply_below_retries_is_sent_again(town: Town) -> None:
    """What no retry policy should do to a POST; that is what this is for."""
    retries = Retry(total=2, allowed_methods=None, backoff_factor=0)
    client, _ = session(town, "lost-reply once attempt @ POST /api/orders", retries=retries)

    assert client.post(f"{town.url}/api/orders", json={"a": 1}, timeout=10).json()["number"] == 2
    assert town.count("POST", "/api/orders") == 2


def test_lifting_ends_a_delay(town: Town) -> None:
    client, storm = session(town, "latency:60s @ /api/**")
    lifting = Timer(0.2, storm.lift)
    lifting.start()

    answer = client.get(f"{town.url}/api/thing")
    lifting.join()

    assert answer.ok
    assert storm.decisions[0].reason == LIFTED
    observed = storm.decisions[0].observed_ms
    assert observed is not None
    assert observed < 60_000


def test_an_application_that_is_gone_raises_what_it_always_does(town: Town) -> None:
    client, storm = session(town, "latency:1ms @ **", "lost-reply @ POST **")

    for ask in (client.get, client.post):
        with pytest.raises(requests.ConnectionError):
            ask("http://127.0.0.1:9/api/x", timeout=5)
    assert storm.decisions[-1].outcome is Outcome.ESCAPED


def test_it_is_mounted_on_the_client_of_an_actor(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(f'name = "Shop"\n[application]\nbase_url = "{town.url}"\n')
    storm = Storm(plan_of("abort @ POST /api/orders", "http:503 @ GET /api/thing"), seed=1, journey="j")
    client = ApiClient(load_project(path, {}), town.url)
    client.mount(ChaosAdapter(storm))

    assert client.get("/thing").status_code == 503
    with pytest.raises(ApplicationError, match="got no answer"):
        client.post("/orders")
    assert [one.applied for one in storm.counts] == [1, 1]
