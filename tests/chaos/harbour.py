"""A harbour for whole storms: an application that counts its orders, with pages that deal with failure in many ways.

`?as=` says how the page behaves once its order has failed: `plain` says so and offers nothing, `retry` offers to try
again, `asks` asks for it in words, `again` leaves the Buy button as it was, `alone` looks by itself whether the order
is there, `reload` is right after a reload, `login` asks for a new log-in first, `dead` stays as it is, `link` sends the
order as a form.

`/paper` has no script: its form is sent to its own address, and the answer is the page itself. The form of `/slip`
goes to an address that nobody can open.
"""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.plugged import Plugged

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Harbour</title><h1>Harbour</h1>
<button id="buy">Buy</button><p role="status"></p><div role="alert"></div><div id="more"></div>
<form method="post" action="/orders"><button>Send</button></form>
<script>
// What this visitor has bought: all that was not there when they came.
sessionStorage.before ??= BEFORE;
const how = new URLSearchParams(location.search).get('as') || 'plain';
const say = text => document.querySelector('[role=status]').textContent = text;
const alert_ = text => document.querySelector('[role=alert]').textContent = text;
async function look() {
  const answer = await fetch('/api/orders').then(one => one.ok ? one.json() : null).catch(() => null);
  if (answer && answer.orders.length > Number(sessionStorage.before)) say('Ordered');
  return answer;
}
async function order() {
  alert_('');
  try {
    const answer = await fetch('/api/orders', {method: 'POST'});
    if (!answer.ok) throw new Error(answer.status);
    say('Ordered');
  } catch (error) {
    alert_('That did not work' + (how === 'asks' ? '. Please try again.' : ''));
    if (how === 'alone') setInterval(look, 200);
    if (how === 'retry') document.querySelector('#more').innerHTML = '<button onclick="order()">Try again</button>';
    if (how === 'login') document.querySelector('#more').innerHTML =
      '<label>Password <input type="password"></label><button onclick="look()">Log in</button>';
    if (how === 'dead') document.querySelector('#buy').disabled = true;
  }
}
document.querySelector('#buy').onclick = order;
if (how === 'reload') look();
</script></html>"""

PAPER = """<!doctype html><title>Paper</title><h1>Paper</h1><p role="status">ORDERS ordered</p>
<form method="post" action="ACTION"><button>Buy</button></form>"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    harbour: Harbour

    def handle_any(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        self.harbour.visits.append((self.command, address.path))
        if address.path == "/api/slow":
            time.sleep(float(parse_qs(address.query)["seconds"][0]))
        if (self.command, address.path) == ("POST", "/api/orders"):
            self.harbour.orders += 1
            return self._json({"id": self.harbour.orders}, 201)
        if (self.command, address.path) == ("POST", "/orders"):
            self.harbour.orders += 1
            time.sleep(self.harbour.slow_form_s)
        if address.path == "/api/orders":
            return self._json({"orders": [{"id": one, "total": 100} for one in self._ids()]})
        if address.path.startswith("/api/"):
            return self._json(self.harbour.answers.get(address.path, {"access_token": "t"}), self._status(address.path))
        if address.path in ("/paper", "/slip", "/sent"):
            return self._paper(address.path)
        self._reply(PAGE.replace("BEFORE", str(self.harbour.orders)).encode(), "text/html; charset=utf-8", 200)

    do_GET = do_POST = do_DELETE = handle_any

    def _paper(self, path: str) -> None:
        if path == "/sent" and self.command == "GET":
            return self._reply(b"", "text/html", 405)
        self.harbour.orders += self.command == "POST"
        action = "/paper" if path == "/paper" else "/sent"
        text = PAPER.replace("ORDERS", str(self.harbour.orders)).replace("ACTION", action)
        self._reply(text.encode(), "text/html", 200)

    def _ids(self) -> range:
        return range(1, self.harbour.orders + 1)

    def _status(self, path: str) -> int:
        return self.harbour.statuses.get(path, 200)

    def _json(self, value: Any, status: int = 200) -> None:
        self._reply(json.dumps(value).encode(), "application/json", status)

    def _reply(self, content: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        return None  # connections that break are what is tested


class Harbour:
    """Serves on a loopback port, a free one or this one, while it is open. `orders` is what has really been bought."""

    def __init__(self, port: int = 0) -> None:
        self.orders = 0
        self.slow_form_s = 0.0
        self.visits: list[tuple[str, str]] = []
        self.answers: dict[str, Any] = {}
        self.statuses: dict[str, int] = {}
        self._server = _Server(("127.0.0.1", port), type("HarbourHandler", (_Handler,), {"harbour": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


PAGES = """
import os
import threading
import pytest
from playwright.sync_api import expect
from stormwalk.journey import step
from stormwalk.page import PageObject

class Quay(PageObject):
    @step("Open the quay")
    def visit(self, how="plain"): self.page.goto(f"/?as={how}")

    @step("Buy")
    def buy(self): self.page.get_by_role("button", name="Buy").click()

    @buy.confirm
    def is_bought(self): expect(self.page.get_by_role("status")).to_have_text("Ordered", timeout=700)

    @step("Buy, and again")
    def buy_again(self): self.page.get_by_role("button", name="Buy").click()

    @buy_again.confirm
    def is_bought_again(self): expect(self.page.get_by_role("status")).to_have_text("Ordered", timeout=700)

    @buy_again.retry
    def once_more(self): self.page.get_by_role("button", name="Buy").click()
"""

PROJECT = """
name = "Harbour"
[application]
base_url = "{url}"
api_root = "/api"
[sign_in]
strategy = "json-token"
path = "/session"
user_field = "user"
password_field = "password"
token_field = "access_token"
[roles.shopper.actors]
sam = {{ username = "sam", password = "Passw0rd-Sam" }}
kim = {{ username = "kim", password = "Passw0rd-Kim" }}
[[storm.end_state]]
kind = "order"
read = "GET /orders"
items = "orders"
amount = "total"
role = "shopper"
made_by = "POST /api/orders"
"""


class StormProject(Plugged):
    """Somebody's project over a harbour, whose journeys are walked in storms."""

    def __init__(self, pytester: pytest.Pytester, harbour: Harbour) -> None:
        super().__init__(pytester, harbour.url)
        self.write("harbour.toml", PROJECT.format(url=harbour.url))
        self.write(
            "pyproject.toml",
            '[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
            'stormwalk_project = "harbour.toml"\nstormwalk_journeys = ["journeys"]\n',
        )

    def journeys(self, text: str, name: str = "journeys/test_quay.py") -> None:
        self.write(name, PAGES + text)

    def walk_theirs(self, *arguments: str) -> pytest.RunResult:
        """Tests in a folder that nobody has called one of journeys; the project is named by the option."""
        return self.run("their_tests", "--project", "harbour.toml", *arguments)

    def storm(self, *arguments: str) -> pytest.RunResult:
        """One control, the plan or options given, and a fixed seed."""
        return self.run("journeys", "--chaos-controls", "1", "--chaos-seed", "7", *arguments)
