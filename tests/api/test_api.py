from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread, current_thread
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from requests.adapters import HTTPAdapter

from stormwalk.api import ApiClient
from stormwalk.application import Application
from stormwalk.config import Project, load_project
from stormwalk.errors import ApplicationError, UsageError
from stormwalk.observations import Call, CallSource, TimingSource
from stormwalk.redact import MASK, Redactor

T = TypeVar("T")
KEY = "a key that is long enough for HS256, no secret"
PROJECT = """
name = "Shop"
[application]
base_url = "http://127.0.0.1:1"
url_templates = ["/api/shops/{town}"]
[sign_in]
token_field = "data.access_token"
[roles.shopper]
actors.sam = { username = "sam@shop.test", password = "Passw0rd-Sam" }
actors.mallory = { username = "mallory@shop.test", password = "Passw0rd-Wrong" }
actors.sue = { username = "hurried@shop.test", password = "Passw0rd-Sam" }
actors.tom = { username = "patient@shop.test", password = "Passw0rd-Sam" }
"""


def token(lives_s: float = 60) -> str:
    return jwt.encode({"role": "shopper", "exp": time.time() + lives_s}, KEY, algorithm="HS256")


class Shop(BaseHTTPRequestHandler):
    """Answers what the path asks for: `/api/status/404`, `/api/to/http://elsewhere`; else says what it got."""

    protocol_version = "HTTP/1.1"
    elsewhere = ""
    turned_away: ClassVar[list[float]] = []

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind, _, rest = self.path.removeprefix("/api/").partition("/")
        if kind == "session" and self.command == "POST":
            self._session(json.loads(body))
        elif kind == "to":
            self._answer(307, {}, Location=rest)
        elif kind == "circle":
            self._answer(302, {}, Location=self.path)
        elif kind == "status":
            self._answer(int(rest), {})
        elif kind == "slow":
            time.sleep(1)
            self._answer(200, {})
        elif kind == "drop":
            self.close_connection = True
        else:
            got = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
            self._answer(200, got, **{"Set-Cookie": "visit=a-cookie-that-is-long-enough"})

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _session(self, body: dict[str, str]) -> None:
        if body["email"] == "patient@shop.test":
            self._answer(429, {}, **{"Retry-After": "3600"})
        elif body["email"] == "hurried@shop.test" and not self.turned_away:
            self.turned_away.append(time.monotonic())
            self._answer(429, {}, **{"Retry-After": "1"})
        elif body["password"] != "Passw0rd-Sam":
            self._answer(401, {"error": "no", "password": "is wrong"})
        else:
            tokens = {"access_token": token(), "refresh_token": "opaque-refresh-token-of-sam"}
            self._answer(201, {"data": tokens})

    def _answer(self, status: int, body: dict[str, Any], **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as listening:
        Thread(target=listening.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    Path("shop.toml").write_text(PROJECT)
    return load_project(Path("shop.toml"), {})


@pytest.fixture
def calls() -> list[Call]:
    return []


@pytest.fixture
def sam(project: Project, url: str, calls: list[Call]) -> Iterator[ApiClient]:
    client = ApiClient(project, url, project.actors["sam"], on_call=calls.append, timeout_s=0.5)
    yield client
    client.close()


def test_signs_in_sends_the_token_and_signs_out(sam: ApiClient, calls: list[Call]) -> None:
    assert not sam.is_signed_in()
    sam.sign_in()
    assert sam.is_signed_in()
    assert sam.token_claims()["role"] == "shopper"
    assert sam.get("/me").json()["headers"]["Authorization"].startswith("Bearer eyJ")
    assert sam.sign_out().json()["method"] == "DELETE"
    assert not sam.is_signed_in()
    assert "Authorization" not in sam.get("/me").json()["headers"]
    assert [(call.method, call.template, call.status) for call in calls] == [
        ("POST", "/api/session", 201),
        ("GET", "/api/me", 200),
        ("DELETE", "/api/session", 200),
        ("GET", "/api/me", 200),
    ]


def test_a_call_is_reported_as_one_of_the_page_would_be(sam: ApiClient, calls: list[Call]) -> None:
    before = time.time()
    sam.put("/orders/1003?token=abc&page=2", json={"note": "ü"}, headers={"Idempotency-Key": "k"})
    (call,) = calls
    assert (call.method, call.template, call.status) == ("PUT", "/api/orders/{id}", 200)
    assert call.url.endswith(f"/api/orders/1003?token={MASK}&page=2")
    assert (call.source, call.resource_type, call.timing_source) == (CallSource.API, "api", TimingSource.OWN_CLOCK)
    assert before <= call.started_at <= time.time()
    assert 0 < (call.duration_ms or 0) < 5_000
    assert call.request_bytes == len(json.dumps({"note": "ü"}))
    assert (call.response_bytes or 0) > 50
    assert call.failure is None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_every_method(sam: ApiClient, method: str) -> None:
    call: Callable[..., requests.Response] = getattr(sam, method.lower())
    got = call("/x", headers={"X-Note": "1"}).json()
    assert (got["method"], got["headers"]["X-Note"]) == (method, "1")


def test_declared_templates_are_used(sam: ApiClient, calls: list[Call]) -> None:
    sam.get("/shops/porthaven")
    assert calls[0].template == "/api/shops/{town}"


def test_an_answer_of_any_status_is_an_answer(sam: ApiClient, calls: list[Call]) -> None:
    assert sam.get("/status/503").status_code == 503
    assert calls[0].failed
    assert calls[0].failure is None


def test_a_refused_sign_in_says_where_to_look(project: Project, url: str, calls: list[Call]) -> None:
    mallory = ApiClient(project, url, project.actors["mallory"], on_call=calls.append)
    with pytest.raises(ApplicationError) as problem:
        mallory.sign_in()
    assert str(problem.value) == (
        "mallory (shopper) could not sign in: POST /api/session answered 401; "
        "see sign_in and roles.shopper.actors.mallory in shop.toml"
    )
    assert calls[0].status == 401


def test_who_is_asked_to_come_later_signs_in_later(project: Project, url: str, calls: list[Call]) -> None:
    Shop.turned_away.clear()
    sue = ApiClient(project, url, project.actors["sue"], on_call=calls.append)
    sue.sign_in()
    assert [call.status for call in calls] == [429, 201]
    assert calls[1].started_at - calls[0].started_at >= 1


def test_an_hour_is_not_waited_for(project: Project, url: str, calls: list[Call]) -> None:
    tom = ApiClient(project, url, project.actors["tom"], on_call=calls.append)
    with pytest.raises(ApplicationError, match="answered 429"):
        tom.sign_in()
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("path", "failure"), [("/slow", "timed out"), ("/drop", "connection closed before the answer")]
)
def test_no_answer_is_reported_and_raised(sam: ApiClient, calls: list[Call], path: str, failure: str) -> None:
    line = rf"^GET http://127\.0\.0\.1:\d+/api{path} by sam \(shopper\) got no answer \({failure}\)"
    with pytest.raises(ApplicationError, match=line):
        sam.get(path)
    assert (calls[0].status, calls[0].failure) == (None, failure)


def test_nobody_listens(project: Project, calls: list[Call]) -> None:
    with pytest.raises(ApplicationError, match=r"by anonymous got no answer \(connection refused\)"):
        ApiClient(project, "http://127.0.0.1:1", on_call=calls.append).get("/me?token=abc")
    assert calls[0].failure == "connection refused"


@pytest.mark.parametrize("base_url", ["http://shop.test", "http://127.0.0.1@shop.test", "http://127.0.0.1.shop.test"])
def test_other_hosts_are_refused_before_the_request(project: Project, calls: list[Call], base_url: str) -> None:
    host = urlsplit(base_url).hostname
    with pytest.raises(UsageError) as problem:
        ApiClient(project, base_url, on_call=calls.append).get("/me")
    assert str(problem.value) == f"{host} is not called: it is not in safety.allowed_hosts of shop.toml"
    assert calls == []


@pytest.mark.parametrize("path", ["me", "", "@evil.test/", "http://evil.test/", ".evil.test/"])
def test_a_path_cannot_lead_elsewhere(sam: ApiClient, calls: list[Call], path: str) -> None:
    with pytest.raises(UsageError, match="expected a path below /api"):
        sam.get(path)
    assert calls == []


def test_redirects_within_the_host_are_followed_and_reported(sam: ApiClient, calls: list[Call]) -> None:
    answer = sam.post("/to//api/orders/5", json={"a": 1})
    assert (answer.json()["path"], answer.json()["body"]) == ("/api/orders/5", '{"a": 1}')
    assert [call.status for call in calls] == [307, 200]


@pytest.mark.parametrize("target", ["http://shop.test/x", "//shop.test/x", "http://localhost:1/x", "http://[broken/x"])
def test_redirects_to_another_host_are_not_followed(sam: ApiClient, calls: list[Call], target: str) -> None:
    assert sam.get(f"/to/{target}").status_code == 307
    assert len(calls) == 1


def test_redirects_in_a_circle_end(sam: ApiClient, calls: list[Call]) -> None:
    assert sam.get("/circle").status_code == 302
    assert len(calls) == 11


def test_the_blocking_part_alone_is_run_elsewhere(project: Project, url: str) -> None:
    threads: list[str] = []

    def pumped(blocking: Callable[[], T], /) -> T:
        with ThreadPoolExecutor(1, thread_name_prefix="pump") as pool:
            return pool.submit(blocking).result()

    class Adapter(HTTPAdapter):
        def send(self, *given: Any, **named: Any) -> requests.Response:
            threads.append(current_thread().name)
            return super().send(*given, **named)

    client = ApiClient(project, url, on_call=lambda call: threads.append(current_thread().name), run=pumped)
    client.mount(Adapter())
    assert client.get("/x").ok
    assert threads == ["pump_0", current_thread().name]


def test_tokens_and_cookies_met_on_the_way_are_hidden_from_then_on(project: Project, url: str) -> None:
    redactor = Redactor(project.secrets())
    client = ApiClient(project, url, project.actors["sam"], redactor=redactor)
    client.sign_in()
    client.get("/x")
    seen = "opaque-refresh-token-of-sam a-cookie-that-is-long-enough Passw0rd-Sam"
    assert redactor.text(seen) == f"{MASK} {MASK} {MASK}"
    assert "Passw0rd" not in repr(client)
    assert repr(client) == f"ApiClient(sam (shopper) at {url})"


def test_neither_proxies_nor_netrc(project: Project, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert "Authorization" not in ApiClient(project, url).get("/x").json()["headers"]


def test_a_token_of_the_page_can_be_used(sam: ApiClient) -> None:
    sam.use_token(token(lives_s=-5))
    assert not sam.is_signed_in()
    sam.use_token("an opaque one")
    assert sam.is_signed_in()
    with pytest.raises(ApplicationError, match="the access token is no JSON Web Token"):
        sam.token_claims()


def test_anonymous_has_neither_token_nor_sign_in(project: Project, url: str) -> None:
    anonymous = ApiClient(project, url)
    with pytest.raises(UsageError, match="anonymous cannot sign in"):
        anonymous.sign_in()
    with pytest.raises(UsageError, match=r"anonymous has no token; call sign_in\(\) first"):
        anonymous.token_claims()


def test_a_project_without_sign_in(project: Project, url: str) -> None:
    Path("shop.toml").write_text(PROJECT.replace('[sign_in]\ntoken_field = "data.access_token"\n', ""))
    bare = load_project(Path("shop.toml"), {})
    with pytest.raises(UsageError, match=r"^shop\.toml: sign_in: expected a table, since sam \(shopper\) signs in"):
        ApiClient(bare, url, bare.actors["sam"]).sign_in()


def test_an_answer_without_the_token(project: Project, url: str) -> None:
    Path("shop.toml").write_text(PROJECT.replace("data.access_token", "token"))
    other = load_project(Path("shop.toml"), {})
    with pytest.raises(ApplicationError, match=r'holds no text "token"; see sign_in\.token_field'):
        ApiClient(other, url, other.actors["sam"]).sign_in()


def test_every_actor_of_the_demo_project_signs_in_with_their_role(tmp_path: Path) -> None:
    shop = load_project(Path(__file__).parents[2] / "projects" / "demo.toml", {})
    with Application(shop, log=tmp_path / "application.log") as application:
        for actor in shop.actors.values():
            client = ApiClient(shop, application.base_url, actor)
            client.sign_in()
            assert client.token_claims()["role"] == actor.role
            assert client.delete("/session").ok
            assert client.get("/me").status_code == 401
