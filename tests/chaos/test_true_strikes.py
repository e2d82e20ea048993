"""What counts as applied has really harmed a call, and what could not be harmed goes on unharmed."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
import requests

from chaos.adapter import ChaosAdapter
from chaos.carry import carry
from chaos.injection.hops import HopVehicle
from chaos.injection.proxy import FaultProxy
from chaos.injection.vehicle import RouteVehicle
from chaos.pattern import origin_of
from chaos.rigging import Rigging
from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from chaos.trip import Answer
from stormwalk.storm import Layer, Outcome
from tests.chaos.storming import plan_of

SAM = Who(actor="sam", role="shopper")
URL = "http://a.test/api/orders"


class Quay(BaseHTTPRequestHandler):
    """Answers what the path says: `gz` is compressed, `404`, `204` and `302` are statuses."""

    protocol_version = "HTTP/1.1"

    def go(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = next((one for one in (404, 204, 302) if str(one) in self.path), 200)
        body = b"" if status == 204 else json.dumps({"user": None, "list": []}).encode()
        self.send_response(status)
        if "gz" in self.path:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        if status == 302:
            self.send_header("Location", "/api/final")
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_DELETE = do_HEAD = go

    def log_message(self, *arguments: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def quay() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Quay) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def stormy(rule: str, url: str = URL) -> Storm:
    storm = Storm(plan_of(rule), seed=7, journey="j", base_url=origin_of(url))
    storm.enter_step("Pay")
    return storm


def client(storm: Storm) -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.mount("http://", ChaosAdapter(storm, SAM))
    return made


def strike(storm: Storm, vehicle: Any, layer: Layer = Layer.ROUTE, kind: str = "fetch") -> None:
    facts = CallFacts(method=vehicle.method, url=vehicle.url, resource_type=kind)
    rules = storm.matching(facts, SAM, Layer.API if layer is Layer.API else Layer.ROUTE, Layer.PAGE)
    carry(vehicle, storm.strikes(rules, facts, SAM, layer), storm.proof)


def outcomes(storm: Storm) -> list[Outcome]:
    return [one.outcome for one in storm.decisions]


class TestApiClient:
    @pytest.mark.parametrize("path", ["/api/404", "/api/gz404"])
    def test_a_late_refusal_is_the_answer_of_the_server(self, quay: str, path: str) -> None:
        storm = stormy("latency:20ms @ /api/**", quay)
        answer = client(storm).get(quay + path, timeout=5)

        assert (answer.status_code, answer.reason, answer.json()["list"]) == (404, "Not Found", [])
        assert outcomes(storm) == [Outcome.APPLIED]

    def test_an_old_answer_can_be_read_though_the_server_compresses(self, quay: str) -> None:
        made = client(stormy("stale-response @ /api/**", quay))
        made.get(f"{quay}/api/gz", timeout=5)

        assert made.get(f"{quay}/api/gz", timeout=5).json() == {"user": None, "list": []}

    def test_an_attempt_is_read_though_the_server_compresses(self, quay: str) -> None:
        storm = stormy("wrong-json:huge-text,field=user attempt @ /api/**", quay)

        assert len(client(storm).get(f"{quay}/api/gz", timeout=5).json()["user"]) > 1000
        assert outcomes(storm) == [Outcome.APPLIED]

    @pytest.mark.parametrize("rule", ["wrong-json:null,field=user", "wrong-json:empty-list,field=list"])
    def test_what_is_so_already_is_not_made_so(self, quay: str, rule: str) -> None:
        storm = stormy(f"{rule} @ /api/**", quay)
        client(storm).get(f"{quay}/api/plain", timeout=5)

        assert outcomes(storm) == [Outcome.WITHHELD]

    @pytest.mark.parametrize("fault", ["malformed-json", "empty-body", "truncated-body"])
    @pytest.mark.parametrize(("method", "path"), [("DELETE", "204"), ("HEAD", "plain"), ("POST", "302")])
    def test_a_body_that_nobody_reads_cannot_be_spoilt(self, quay: str, fault: str, method: str, path: str) -> None:
        storm = stormy(f"{fault} @ /api/**", quay)
        answer = client(storm).request(method, f"{quay}/api/{path}", timeout=5, allow_redirects=False)

        assert answer.status_code == int(path.replace("plain", "200"))
        assert outcomes(storm) == [Outcome.WITHHELD]


class Carried:
    """A call that goes where it wants, and remembers what was done to it."""

    method, url = "POST", URL

    def __init__(self, headers: Mapping[str, str] = {}, *, revoked: int = 204) -> None:
        self.headers, self._revoked = dict(headers), revoked
        self.done: list[tuple[str, ...]] = []
        self.browser = SimpleNamespace(forget=lambda cookies, storage: self.done.append(("forget", cookies)))

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        return self._revoked

    def pause(self, ms: float) -> bool:
        return True

    def send(self) -> Answer:
        return Answer(status=200, body=b"1")

    def answer(self, answer: Answer) -> None:
        self.done.append(("answered",))

    def pass_on(self, without: tuple[str, ...]) -> None:
        self.done.append(("passed on", *without))


def test_a_jitter_that_leaves_no_delay_has_delayed_nothing() -> None:
    storm = stormy("latency:100ms,jitter=400ms @ /api/**")
    for _ in range(12):
        strike(storm, Carried())

    applied = [one.asked_ms for one in storm.decisions if one.outcome is Outcome.APPLIED]
    assert all(applied)
    assert 0 < len(applied) < 12


class TestSessions:
    TOKEN: Mapping[str, str] = {"authorization": "Bearer T"}

    def test_a_token_is_the_same_session_with_other_cookies(self) -> None:
        storm = stormy("session-expiry @ POST /api/**")
        first, second = Carried({**self.TOKEN, "cookie": "locale=de"}), Carried(self.TOKEN)
        strike(storm, first)
        strike(storm, second)

        assert outcomes(storm) == [Outcome.APPLIED] * 2
        assert all("authorization" in one.done[-1] for one in (first, second))

    def test_a_session_that_could_not_be_revoked_is_never_called_expired(self) -> None:
        storm = stormy('session-expiry:revoke="DELETE /api/session" @ POST /api/**')
        for _ in range(3):
            strike(storm, Carried(self.TOKEN, revoked=403))

        assert outcomes(storm) == [Outcome.ESCAPED] * 3

    def test_the_api_client_does_not_use_up_what_the_page_is_to_lose(self) -> None:
        storm = stormy("session-expiry @ POST /api/**")
        strike(storm, Carried({"authorization": "Bearer of the client"}), Layer.API)
        strike(storm, Carried(self.TOKEN))

        assert outcomes(storm) == [Outcome.APPLIED] * 2


HOLDING = ("latency:20ms after", "malformed-json", "stale-response", "wrong-json", "lost-reply")


@pytest.mark.parametrize("rule", HOLDING)
def test_a_stream_that_cannot_be_held_back_goes_on(rule: str) -> None:
    storm, done = stormy(f"{rule} @ /api/**"), list[str]()
    strike(storm, _routed(done), kind="eventsource")

    assert done == ["fallback"]
    assert outcomes(storm) == [Outcome.WITHHELD if rule == "stale-response" else Outcome.ESCAPED]


def test_a_redirect_hop_that_cannot_be_held_back_goes_on() -> None:
    storm, sent = stormy("latency:20ms after hops @ /api/**"), list[str]()
    session = SimpleNamespace(send=lambda method, parameters=None: sent.append(method))
    event = {"requestId": "1", "request": {"url": URL, "method": "GET", "headers": {}}}
    strike(storm, HopVehicle(cast(Any, session), event, cast(Any, None), lambda: False), Layer.CDP)

    assert sent == ["Fetch.continueRequest"]
    assert outcomes(storm) == [Outcome.ESCAPED]


def test_a_call_that_nobody_could_send_waits_for_none_to_overtake_it() -> None:
    storm, later = stormy("reordered @ /api/**"), Carried()
    strike(storm, _routed([]))
    strike(storm, later)

    assert Outcome.APPLIED not in outcomes(storm)


def _routed(done: list[str]) -> RouteVehicle:
    """A stream in a browser."""

    def note(name: str) -> Callable[..., None]:
        return lambda *arguments, **options: done.append(name)

    page = SimpleNamespace(is_closed=lambda: False)
    request = SimpleNamespace(
        url=URL, method="POST", headers={}, resource_type="eventsource", frame=SimpleNamespace(page=page)
    )
    route = SimpleNamespace(
        request=request, abort=note("abort"), fallback=note("fallback"), fetch=note("fetch"), fulfill=note("fulfill")
    )
    context = SimpleNamespace(cookies=lambda *urls: [], clear_cookies=lambda **options: None)
    return RouteVehicle(cast(Any, route), cast(Any, context), cast(Any, None), cast(Any, None), lambda: False)


class TestProxy:
    @pytest.mark.parametrize(("path", "outcome"), [("plain", Outcome.WITHHELD), ("204", Outcome.WITHHELD)])
    def test_a_body_that_comes_in_one_piece_does_not_drip(self, quay: str, path: str, outcome: Outcome) -> None:
        storm = stormy("slow-drip:every=20ms @ /api/**", quay)
        with FaultProxy(storm, SAM) as proxy:
            _get(proxy, f"{quay}/api/{path}")

        assert outcomes(storm) == [outcome]

    def test_a_body_of_several_pieces_drips(self, quay: str) -> None:
        storm = stormy("slow-drip:bytes=5,every=10ms @ /api/**", quay)
        with FaultProxy(storm, SAM) as proxy:
            _get(proxy, f"{quay}/api/plain")

        assert outcomes(storm) == [Outcome.APPLIED]

    def test_it_knows_who_calls(self, quay: str) -> None:
        storm = stormy("slow-drip:bytes=5,every=10ms @ /api/** role=shopper", quay)
        assert storm.plan is not None
        rigging = Rigging(storm, [storm.plan], cast(Any, None), lambda url: url)
        options = rigging.context_options()
        proxy = rigging._proxies[-1]
        rigging._proxy_of[cast(Any, "context")] = proxy
        somebody = SimpleNamespace(name="sam", role="shopper", username="sam")
        rigging.somebody_came(cast(Any, SimpleNamespace(context="context")), cast(Any, somebody))
        try:
            assert options["proxy"]["server"] == proxy.server
            _get(proxy, f"{quay}/api/plain")
        finally:
            proxy.close()

        assert [(one.outcome, one.key.actor) for one in storm.decisions] == [(Outcome.APPLIED, "sam")]


def _get(proxy: FaultProxy, url: str) -> None:
    """Makes a call through the proxy, and reads until its end."""
    host, _, port = proxy.server.rpartition("//")[2].partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        line.sendall(f"GET {url} HTTP/1.1\r\nHost: quay\r\nConnection: close\r\n\r\n".encode())
        while line.recv(65536):
            pass
    time.sleep(0.05)  # the strike is told of after the last byte


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Shop.test/x", "https://shop.test"),
        ("https://shop.test:443/x", "https://shop.test"),
        ("http://shop.test:80", "http://shop.test"),
        ("ws://shop.test:80/events", "ws://shop.test"),
        ("http://shop.test:8080/x", "http://shop.test:8080"),
        ("http://[::1]:8000/x", "http://[::1]:8000"),
    ],
)
def test_an_origin_has_one_spelling(url: str, origin: str) -> None:
    assert origin_of(url) == origin
