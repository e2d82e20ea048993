"""A small application with people, figures and notes, and with flaws that only one of several tries shows."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Self

FIGURES = {"sold": 12, "revenue_cents": 90_000, "since": "2026-01-01"}
PROJECT = """name = "Office"
[application]
base_url = "{url}"
[sign_in]
path = "/session"
[roles.clerk]
actors.carl = {{ username = "carl", password = "Passw0rd-carl" }}
actors.cora = {{ username = "cora", password = "{cora}" }}
[roles.admin]
actors.ada = {{ username = "ada", password = "Passw0rd-ada" }}
[safety]
allow_writes = ["127.0.0.1"]
[access]
requests_per_second = 1000
[access.objects.user]
made_by = ["anonymous"]
make = [{{ call = "POST /users", body = {{ name = "{{unique}}", password = "Passw0rd-{{unique}}" }} }}]
account = {{ username = "{{unique}}", password = "Passw0rd-{{unique}}" }}
[access.role_change]
kind = "user"
by = "admin"
ask = {{ call = "PUT /users/{{user}}/role", body = {{ role = "{{role}}" }} }}
to = "admin"
back_to = "clerk"
endpoint = "GET /figures"
[access.pages]
"/board" = "admin"
[access.endpoints]
"GET /figures" = "admin"
"GET /mine" = {{ own = ["clerk"] }}
"GET /notes" = "admin"
"POST /notes" = {{ allow = "admin", before = ["DELETE /drafts"], body = {{ text = "{{unique}}" }}, proof = {{ read = "GET /notes", by = "admin" }} }}
"GET /users" = "admin"
"POST /users" = {{ allow = "everybody", body = {{ name = "{{unique}}", password = "Passw0rd-{{unique}}" }} }}
"PUT /users/{{user}}/role" = {{ allow = "admin", body = {{ role = "admin" }}, proof = {{ read = "GET /users/{{user}}", by = "admin", field = "role", becomes = "admin" }} }}
"GET /users/{{user}}" = "admin"
"""  # noqa: E501


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Office

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"null") or {}
        with self.server.lock:
            status, data = self.answer(f"{self.command} {self.path.removeprefix('/api')}", body)
        if status == 0:
            self.close_connection = True
            return
        text = json.dumps(data).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(text)))):
            self.send_header(name, value)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_DELETE = do_GET

    def answer(self, call: str, body: dict[str, Any]) -> tuple[int, Any]:
        office, token = self.server, self.headers.get("Authorization", "").removeprefix("Bearer ")
        if call == "POST /session":
            name = body.get("email", "")
            return office.signed_in(name) if office.passwords.get(name) == body.get("password") else (401, {})
        if call == "POST /users":
            return office.hired(body)
        if call == "GET /board":
            return 403, {"error": "forbidden", **(FIGURES if office.board else {})}
        who = office.tokens.get(token)
        if who is None:
            return office.forged if token else 401, {"error": "unauthenticated"}
        return office.done(call, body, who, token)

    def log_message(self, *_: Any) -> None:
        return None


class Office(ThreadingHTTPServer):
    """Serves on a free loopback port while the context is open.

    `forged` is the status of the answer to a token that is not known, in place of 401 (0: none at all). `writes_as`
    is somebody who may write notes although their role may not. `board` says that the page of that name refuses
    everybody, and has the figures in its source.
    """

    daemon_threads = True

    def __init__(self, *, forged: int = 401, writes_as: str = "", board: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.lock = threading.Lock()
        self.forged = forged
        self.writes_as = writes_as
        self.board = board
        self.roles = {"carl": "clerk", "cora": "clerk", "ada": "admin"}
        self.passwords = {name: f"Passw0rd-{name}" for name in self.roles}
        self.tokens: dict[str, str] = {}
        self.notes: list[str] = []
        self.numbers = count()

    def signed_in(self, name: str) -> tuple[int, Any]:
        token = f"token-{next(self.numbers)}-of-{name}"
        self.tokens[token] = name
        return 200, {"access_token": token}

    def hired(self, body: dict[str, Any]) -> tuple[int, Any]:
        name = body["name"]
        self.roles[name], self.passwords[name] = "clerk", body["password"]
        return 201, {"id": name}

    def done(self, call: str, body: dict[str, Any], who: str, token: str) -> tuple[int, Any]:
        if call == "GET /mine":
            return (200, {"owner": who, "hours": 40}) if self.roles[who] == "clerk" else (403, {"error": "forbidden"})
        if call == "DELETE /session":
            del self.tokens[token]
            return 200, {}
        if call == "DELETE /drafts":
            return 200, {}
        if self.roles[who] != "admin" and not (call == "POST /notes" and who == self.writes_as):
            return 403, {"error": "forbidden"}
        return self.administered(call, body)

    def administered(self, call: str, body: dict[str, Any]) -> tuple[int, Any]:
        if call == "POST /notes":
            self.notes.append(body["text"])
            return 201, {"id": len(self.notes)}
        if call.startswith("PUT /users/"):
            name = call.split("/")[2]
            if name not in self.roles:
                return 404, {"error": "not found"}
            self.roles[name] = body["role"]
            return 200, {"name": name, "role": body["role"]}
        if call.startswith("GET /users/"):
            name = call.split("/")[2]
            return (200, {"name": name, "role": self.roles[name]}) if name in self.roles else (404, {})
        known = {
            "GET /figures": FIGURES,
            "GET /notes": {"notes": self.notes},
            "GET /users": {"users": self.roles},
        }
        return (200, known[call]) if call in known else (404, {"error": "not found"})

    def handle_error(self, *_: Any) -> None:
        return None

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()
