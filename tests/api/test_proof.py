"""A site whose proof of origin stands in its pages, bound to the session: no cookie holds it, and writes are forms."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from stormwalk.access.expand import matrix_of
from stormwalk.access.ground import Ground
from stormwalk.access.matrix import Ask
from stormwalk.access.people import NotReady
from stormwalk.access.probes.tokens import _log_out
from stormwalk.api import ApiClient
from stormwalk.api.proof import proof_in
from stormwalk.config import Project, load_project
from stormwalk.config.sign_in import CsrfTable
from stormwalk.errors import ApplicationError, ProjectFileError, SignInRefused
from stormwalk.redact import Redactor

PROJECT = r"""name = "Library"
[application]
base_url = "URL"
api_root = ""
[sign_in]
strategy = "cookie"
path = "/enter"
user_field = "user"
encoding = "form"
session_cookie = "sid"
csrf = { field = "proof", header = "X-Proof", page = "/enter", pattern = 'value="(\w+)"' }
sign_out = "POST /leave"
[roles.member.actors]
sam = { username = "sam", password = "Passw0rd-Sam" }
kim = { username = "kim", password = "Passw0rd-Kim" }
[safety]
allow_writes = ["127.0.0.1"]
[access.endpoints]
"GET /loans/{loan}" = { own = "member", shows = ["loan"] }
[access.objects.loan]
made_by = "member"
make = [{ call = "POST /loans", body = { title = "{unique}" }, form = true }, "GET /loans"]
pattern = '/loans/(\d+)">{unique}<'
"""
FORM = '<form method="post"><input type="hidden" name="proof" value="PROOF"></form>'
PROOFS = {"of-nobody": "0123456789abcdef0", "of-sam": "fedcba98765432100"}


class Library(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loans: list[str]

    def do_GET(self) -> None:
        self.form = dict(parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()))
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("sid")
        sid = cookie.value if cookie else ""
        {"GET": self._read, "POST": self._write}[self.command](sid)

    do_POST = do_GET

    def _read(self, sid: str) -> None:
        if self.path == "/nowhere":
            return self._answer(404, "")
        if self.path == "/enter" and sid == "of-sam":
            return self._answer(302, "", Location="/loans")
        if self.path == "/enter":
            return self._answer(200, FORM.replace("PROOF", PROOFS["of-nobody"]), Set_Cookie="sid=of-nobody; Path=/")
        if sid != "of-sam":
            return self._answer(302, "", Location="/enter")
        listed = "".join(f'<a href="/loans/{number}">{title}</a>' for number, title in enumerate(self.loans, 1))
        self._answer(200, listed + FORM.replace("PROOF", PROOFS[sid]))

    def _write(self, sid: str) -> None:
        if not sid or self.form.get("proof") != PROOFS[sid]:
            return self._answer(400, "no proof")
        if self.path == "/enter":
            return self._answer(302, "", Location="/loans", Set_Cookie="sid=of-sam; Path=/")
        if self.path == "/loans":
            self.loans.append(self.form["title"])
        self._answer(302, "", Location="/")

    def _answer(self, status: int, text: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        return None


@pytest.fixture
def url() -> Iterator[str]:
    handler = type("OneLibrary", (Library,), {"loans": ["of somebody else"]})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def project_of(folder: Path, text: str) -> Project:
    path = folder / "library.toml"
    path.write_text(text, encoding="utf-8")
    return load_project(path, {})


@pytest.fixture
def project(tmp_path: Path, url: str) -> Project:
    return project_of(tmp_path, PROJECT.replace("URL", url))


def test_the_api_client_sends_forms_with_the_proof_of_its_session(project: Project, url: str) -> None:
    sam = ApiClient(project, url, project.actors["sam"])

    sam.sign_in()

    assert sam.post("/loans", form={"title": "Storms"}).status_code == 200
    assert ">Storms</a>" in sam.get("/loans").text
    assert sam.sign_out().status_code == 200


def test_the_proof_is_a_secret(project: Project, url: str) -> None:
    redactor = Redactor(project.secrets())
    session = ApiClient(project, url, project.actors["sam"], redactor=redactor).sign_in()

    assert session.proof == PROOFS["of-sam"]
    assert session.proof not in repr(session)
    assert session.proof not in redactor.text(f"it is {session.proof}")


def test_an_object_is_made_by_a_form_and_its_id_found_in_a_page(ground: Ground) -> None:
    thing = ground.make("loan")

    assert thing.id == "2"
    answer = ground.send(Ask(method="GET", path="/loans/{loan}"), thing.owner, {"loan": thing.id}).answer
    assert answer.holds(thing.canary)


def test_reading_a_list_makes_nothing(ground: Ground) -> None:
    ground.make("loan")
    made = len(ground._made)

    ground.send(ground.matrix.objects["loan"].make[-1], ground.people.first("member"), {"unique": "of somebody else"})

    assert len(ground._made) == made


def test_a_page_without_the_object_is_told_of(project: Project, ground: Ground, tmp_path: Path, url: str) -> None:
    other = project_of(tmp_path, PROJECT.replace("URL", url).replace('">{unique}<', "/never"))
    matrix = matrix_of(other)
    assert matrix is not None
    ground.matrix = matrix

    with pytest.raises(NotReady, match=re.escape(r"holds nothing that the pattern /loans/(\d+)/never finds")):
        ground.make("loan")


def test_nobody_has_the_proof_of_a_page_too_and_sessions_end_by_a_form(ground: Ground) -> None:
    asked = Ask(method="POST", path="/loans", body={"title": "Mine"}, form=True)

    assert ground.send(asked, ground.people.nobody, {}).answer.status == 302
    assert ("proof", PROOFS["of-nobody"]) in ground.people.nobody.who.in_form
    _log_out(ground, ground.people.first("member"))


def test_a_pattern_that_finds_nothing_is_told_of(tmp_path: Path, url: str) -> None:
    project = project_of(tmp_path, PROJECT.replace("URL", url).replace(r'value="(\w+)"', r"token:(\w+)"))

    with pytest.raises(ApplicationError, match=r"^the page /enter holds nothing that the pattern finds; see sign_in"):
        ApiClient(project, url, project.actors["sam"]).sign_in()


def test_a_page_of_the_proof_that_is_none_is_told_of(tmp_path: Path, url: str) -> None:
    project = project_of(tmp_path, PROJECT.replace("URL", url).replace('page = "/enter"', 'page = "/nowhere"'))

    with pytest.raises(SignInRefused, match=r"could not sign in: GET /nowhere answered 404; see sign_in"):
        ApiClient(project, url, project.actors["sam"]).sign_in()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('page = "/enter", ', "", "csrf.page: expected the path of the page in which pattern finds it"),
        (r'value="(\w+)"', r'value="\w+"', "csrf.pattern: expected a group around what is meant"),
        (r'/loans/(\d+)">', "/loans/(", "objects.loan.pattern: expected a regular expression"),
    ],
)
def test_a_pattern_that_is_none_is_told_of(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ProjectFileError, match=re.escape(words)):
        project_of(tmp_path, PROJECT.replace("URL", "http://127.0.0.1:1").replace(old, new))


@pytest.mark.parametrize(("pattern", "found"), [(None, "c"), ("a(b)", "b"), ("x(y)", ""), ("a(y)?", "")])
def test_where_the_proof_stands(pattern: str | None, found: str) -> None:
    assert proof_in(CsrfTable(cookie="p", page="/", pattern=pattern), "ab", {"p": "c"}) == found
