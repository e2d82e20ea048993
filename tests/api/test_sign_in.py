"""Every strategy of signing in, against a site with forms, cookies and a proof of origin for writes."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from stormwalk.access.caller import Caller
from stormwalk.access.expand import matrix_of
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import Ask
from stormwalk.access.people import NotReady
from stormwalk.api import ApiClient
from stormwalk.config import Project, load_project
from stormwalk.errors import SignInRefused, UsageError
from stormwalk.redact import Redactor

PAGE = """<!doctype html><title>Enter</title><form action="/other"><button>Log in</button></form>
<form method="post" action="/enter"><input type="hidden" name="proof" value="PROOF">
<label>Name <input name="user"></label><label>Password <input type="password" name="password"></label>
<button>Log in</button></form>"""
PROOF, SESSION = "proof-of-a-page-of-ours", "session-of-sam-that-is-secret"
COOKIE = """strategy = "cookie"
path = "/enter"
user_field = "user"
encoding = "form"
session_cookie = "sid"
csrf = { cookie = "proof", header = "X-Proof", field = "proof", page = "/enter" }
sign_out = "POST /leave"
"""
BROWSER = (
    COOKIE.replace('"cookie"', '"browser"', 1) + 'form = { page = "/enter", user = "Name", signed_in = "Leave" }\n'
)
CALLABLE = COOKIE.replace('"cookie"', '"callable"', 1) + 'function = "their_sign_in_STEM:by_code"\n'
PROJECT = """name = "Club"
[application]
base_url = "URL"
api_root = ""
[sign_in]
SIGN_IN
[roles.member.actors]
sam = { username = "sam", password = "Passw0rd-Sam" }
eve = { username = "eve", password = "Passw0rd-Eve" }
[safety]
allow_writes = ["127.0.0.1"]
[access]
login_page = ["/other", "/enter"]
[access.endpoints]
"GET /me" = "member"
"""


class Club(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        cookies = {name: one.value for name, one in SimpleCookie(self.headers.get("Cookie", "")).items()}
        call, inside = f"{self.command} {self.path}", cookies.get("sid") == SESSION
        if call == "GET /enter":
            return self._answer(200, PAGE.replace("PROOF", PROOF), Set_Cookie=f"proof={PROOF}; Path=/")
        if call == "POST /enter":
            return self._enter(dict(parse_qsl(body)), cookies)
        if call == "GET /":
            return self._answer(200, "<a href='/leave'>Leave</a>" if inside else "<p>Nobody")
        if call == "GET /me":
            return self._answer(200 if inside else 403, json.dumps({"name": "sam"} if inside else {}))
        if cookies.get("proof") != PROOF or self.headers.get("X-Proof") != PROOF:
            return self._answer(403, "no proof")
        self._answer(200 if inside else 401, json.dumps({"form": dict(parse_qsl(body))}))

    do_POST = do_GET

    def _enter(self, form: dict[str, str], cookies: dict[str, str]) -> None:
        if form.get("proof") != cookies.get("proof") or "proof" not in form:
            return self._answer(403, "no proof")
        if (form.get("user"), form.get("password")) != ("sam", "Passw0rd-Sam"):
            # With the words of what is wrong, which many keep in a session for whoever is nobody yet.
            return self._answer(200, PAGE, Set_Cookie="sid=of-nobody; Path=/")
        self._answer(302, "", Location="/", Set_Cookie=f"sid={SESSION}; Path=/; HttpOnly")

    def _answer(self, status: int, text: str, **headers: str) -> None:
        self.send_response(status)
        kind = "application/json" if text.startswith("{") else "text/html"
        given = {"Content-Type": kind, "Content-Length": str(len(text)), **headers}
        for name, value in given.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Club) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def project_of(folder: Path, url: str, sign_in: str) -> Project:
    path = folder / "club.toml"
    path.write_text(PROJECT.replace("SIGN_IN", sign_in).replace("URL", url), encoding="utf-8")
    return load_project(path, {})


def theirs(folder: Path, text: str) -> str:
    """A module of the project with `by_code` in it; modules live as long as the process, so each has its own name."""
    stem = "".join(filter(str.isalnum, folder.name))
    (folder / f"their_sign_in_{stem}.py").write_text(f"from stormwalk.api.sign_in import *\n{text}", encoding="utf-8")
    return CALLABLE.replace("STEM", stem)


def by_code(folder: Path) -> str:
    return theirs(
        folder, f"def by_code(visit):\n    return Session(cookies={{'sid': {SESSION!r}, 'proof': {PROOF!r}}})\n"
    )


@pytest.mark.parametrize("strategy", ["cookie", "browser", "callable"])
def test_the_api_client_has_a_session_and_may_write(tmp_path: Path, url: str, strategy: str) -> None:
    table = {"cookie": COOKIE, "browser": BROWSER}.get(strategy) or by_code(tmp_path)
    project = project_of(tmp_path, url, table)
    sam = ApiClient(project, url, project.actors["sam"])
    assert not sam.is_signed_in()

    sam.sign_in()

    assert sam.is_signed_in()
    assert sam.get("/me").json() == {"name": "sam"}
    assert sam.post("/notes").status_code == 200
    sam.sign_out()
    assert sam.get("/me").status_code == 403


@pytest.mark.parametrize("table", [COOKIE, BROWSER], ids=["cookie", "browser"])
def test_who_is_sent_back_to_the_form_is_not_let_in(
    tmp_path: Path, url: str, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormwalk.api.in_browser._PATIENCE_MS", 500)
    project = project_of(tmp_path, url, table)

    with pytest.raises(SignInRefused, match=r"^eve .*could not sign in.*see sign_in"):
        ApiClient(project, url, project.actors["eve"]).sign_in()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('user = "Name"', 'user = "Mail"', 'the form has no field "Mail" that can be filled in; see'),
        ('user = "Name"', 'user = "Name", password = "Code"', 'no form has a field "Code"; see'),
        ('user = "Name"', 'user = "Name", button = "Come in"', 'the form has no button "Come in" that can be pressed'),
        (
            'signed_in = "Leave"',
            'signed_in = "Off"',
            'no link or button "Off" is there then; see username and password',
        ),
        ('form = { page = "/enter"', 'form = { page = "/me"', "it answers 403; see sign_in.form"),
    ],
)
def test_what_the_log_in_page_lacks_is_named(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch, old: str, new: str, words: str
) -> None:
    monkeypatch.setattr("stormwalk.api.in_browser._PATIENCE_MS", 2000)
    project = project_of(tmp_path, url, BROWSER.replace(old, new))

    with pytest.raises(SignInRefused, match=re.escape(words)):
        ApiClient(project, url, project.actors["sam"]).sign_in()


def test_cookies_of_a_page_can_be_taken_over(tmp_path: Path, url: str) -> None:
    project = project_of(tmp_path, url, COOKIE)
    sam = ApiClient(project, url, project.actors["sam"])

    sam.use_cookies({"sid": SESSION})

    assert sam.get("/me").status_code == 200


def test_no_secret_of_a_session_is_shown(tmp_path: Path, url: str) -> None:
    project = project_of(tmp_path, url, COOKIE)
    redactor = Redactor(project.secrets())
    session = ApiClient(project, url, project.actors["sam"], redactor=redactor).sign_in()

    assert SESSION not in repr(session)
    assert SESSION not in redactor.text(f"it is {SESSION}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "cannot be imported"),
        ("def by_code(visit): return 'a token'\n", r"gave no stormwalk\.api\.sign_in\.Session"),
    ],
)
def test_a_function_that_is_none_is_told_of(tmp_path: Path, url: str, text: str, words: str) -> None:
    project = project_of(tmp_path, url, theirs(tmp_path, text))

    with pytest.raises(UsageError, match=words):
        ApiClient(project, url, project.actors["sam"]).sign_in()


# The access check has a caller of its own.


@pytest.fixture
def project(tmp_path: Path, url: str) -> Project:
    return project_of(tmp_path, url, COOKIE)


def test_the_access_check_signs_in_by_cookie_too(ground: Ground) -> None:
    sam = ground.people.first("member")

    assert ground.send(Ask(method="GET", path="/me"), sam, {}).answer.data == {"name": "sam"}
    sent = ground.send(Ask(method="POST", path="/notes", body={"text": "{unique}"}, form=True), sam, {"unique": "x1"})
    assert sent.answer.data == {"form": {"text": "x1", "proof": PROOF}}  # as a page sends it
    assert "could not sign in: POST /enter: 200" in ground.people.kept_away("member")["eve"]


def test_another_cookie_in_its_place_is_no_session(ground: Ground) -> None:
    sam = ground.people.first("member")

    assert sam.token == SESSION
    assert ground.send(Ask(method="GET", path="/me"), sam.with_token("garbage"), {}).answer.status == 403
    assert ground.send(Ask(method="GET", path="/me"), sam.with_token(sam.token), {}).answer.status == 200


def test_nobody_has_the_proof_of_a_page_and_is_refused_for_want_of_a_session(ground: Ground) -> None:
    assert ground.send(Ask(method="POST", path="/notes"), ground.people.nobody, {}).answer.status == 401
    bare = replace(ground.people.nobody, who=replace(ground.people.nobody.who, writing=()))
    assert ground.send(Ask(method="POST", path="/notes"), bare, {}).answer.status == 403


def test_a_ground_without_sign_in_says_so(tmp_path: Path, url: str) -> None:
    project = project_of(tmp_path, url, COOKIE)
    matrix = matrix_of(project)
    assert matrix is not None
    bare = project.model_copy(update={"sign_in": None})
    ground = Ground(bare, matrix, Caller(url, "", allowed=True, per_second=1000, parallel=1), Redactor(()))

    with pytest.raises(NotReady, match="does not say how to sign in"):
        ground.people.sign_in("sam", "x", role="member", name="sam")
