"""A small town to storm: an application of a few addresses that writes down what has really reached it."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Town</title>
<h1>Town</h1><button id="buy" onclick="window.clicks = (window.clicks ?? 0) + 1">Buy</button>
<button id="once" onclick="this.disabled = true; window.clicks = (window.clicks ?? 0) + 1">Buy once</button>
<a href="/other">Other</a>
<script>
window.call = async (url, options) => {
  const begun = performance.now();
  try {
    const answer = await fetch(url, options);
    const text = await answer.text();
    let data = null, wrong = '';
    try { data = JSON.parse(text); } catch (error) { wrong = error.name; }
    return {status: answer.status, text, data, wrong, ms: performance.now() - begun,
            headers: Object.fromEntries(answer.headers), redirected: answer.redirected, url: answer.url};
  } catch (error) {
    return {status: 0, error: error.name, ms: performance.now() - begun, online: navigator.onLine};
  }
};
</script></html>"""
FORM = """<!doctype html><title>Form</title><form method="post" action="/form"><button>Send</button></form>"""
ASSETS = """<!doctype html><title>Assets</title><link rel="stylesheet" href="/style.css"><img src="/picture.svg">"""
WORKER = """self.addEventListener('install', e => self.skipWaiting());
self.addEventListener('activate', e => e.waitUntil(clients.claim()));
self.addEventListener('fetch', e => { if (e.request.url.includes('/api/kept'))
  e.respondWith(new Response('{"kept": true}', {headers: {'content-type': 'application/json'}})); });"""
_WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    town: Town

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urlsplit(self.path)
        self.town.note(self.command, self.path, dict(self.headers), body)
        query = {key: values[0] for key, values in parse_qs(address.query).items()}
        name = address.path.strip("/").replace("/", "_").replace(".", "_") or "home"
        answer: Callable[[dict[str, str]], None] = getattr(self, f"on_{name}", self.on_else)
        answer(query)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = handle_any

    def log_message(self, *_: Any) -> None:
        return None

    def reply(self, body: str | bytes, kind: str = "application/json", status: int = 200, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        given = {"Content-Type": kind, "Content-Length": str(len(content)), "Access-Control-Allow-Origin": "*"}
        given["Access-Control-Allow-Headers"] = "*"
        for key, value in {**given, **{key.replace("_", "-"): one for key, one in headers.items()}}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(content)

    def on_home(self, query: dict[str, str]) -> None:
        self.reply(PAGE, "text/html")

    on_other = on_home

    def on_form(self, query: dict[str, str]) -> None:
        if self.command == "POST":
            return self.reply("", status=302, Location="/final", Set_Cookie="came=by-form")
        self.reply(FORM, "text/html")

    def on_final(self, query: dict[str, str]) -> None:
        self.reply("<!doctype html><title>Final</title><h1>Done</h1>", "text/html")

    def on_assets(self, query: dict[str, str]) -> None:
        self.reply(ASSETS, "text/html")

    def on_api_hop(self, query: dict[str, str]) -> None:
        self.reply("", status=302, Location="/api/hopped")

    def on_api_slow(self, query: dict[str, str]) -> None:
        time.sleep(float(query["ms"]) / 1000)
        self.reply('{"slow": true}')

    def on_api_me(self, query: dict[str, str]) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        known = bool(token) and token not in self.town.revoked
        status = 200 if known or "sid=" in self.headers.get("Cookie", "") else 401
        self.reply(json.dumps({"status": status}), status=status)

    def on_api_session(self, query: dict[str, str]) -> None:
        self.town.revoked.add(self.headers.get("Authorization", "").removeprefix("Bearer "))
        self.reply("{}")

    def on_api_file(self, query: dict[str, str]) -> None:
        self.reply(b"x" * int(query["bytes"]), "application/octet-stream", Cache_Control="max-age=600")

    def on_sw_js(self, query: dict[str, str]) -> None:
        self.reply(WORKER, "text/javascript")

    def on_api_stream(self, query: dict[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for number in range(100):
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.05)

    def on_socket(self, query: dict[str, str]) -> None:
        key = self.headers.get("Sec-WebSocket-Key", "").encode()
        accept = base64.b64encode(hashlib.sha1(key + _WEBSOCKET).digest()).decode()
        self.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        while (frame := self._frame()) is not None:
            opcode, text = frame
            if opcode == 8:
                self.town.socket_closed.set()
                return
            self.wfile.write(bytes([0x81, len(text)]) + text)
            self.wfile.flush()

    def _frame(self) -> tuple[int, bytes] | None:
        head = self.rfile.read(2)
        if len(head) < 2:
            self.town.socket_closed.set()
            return None
        mask = self.rfile.read(4)
        masked = self.rfile.read(head[1] & 0x7F)
        return head[0] & 0x0F, bytes(byte ^ mask[place % 4] for place, byte in enumerate(masked))

    def on_else(self, query: dict[str, str]) -> None:
        if not self.path.startswith("/api/"):
            kind = "text/css" if self.path.endswith(".css") else "image/svg+xml"
            return self.reply("<svg xmlns='http://www.w3.org/2000/svg'/>" if "svg" in kind else "", kind)
        number = self.town.count(self.command, urlsplit(self.path).path)
        self.reply(json.dumps({"number": number, "items": [{"price": 12}], "name": "lantern"}))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        return None  # connections that break are what is tested


class Town:
    """Serves on a free loopback port while it is open. `visits` are the calls that have reached it."""

    def __init__(self) -> None:
        self.visits: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.revoked: set[str] = set()
        self.socket_closed = threading.Event()
        handler = type("TownHandler", (Handler,), {"town": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        # The same server under another name is somebody else's.
        self.elsewhere = f"http://localhost:{self.port}"

    def note(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.visits.append((method, path))
        self.headers.append(headers)

    def count(self, method: str, path: str) -> int:
        """How often an address was called; the query does not count."""
        return sum(one == method and seen.partition("?")[0] == path for one, seen in self.visits)

    def forget(self) -> None:
        self.visits.clear()
        self.headers.clear()
        self.revoked.clear()
        self.socket_closed.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
