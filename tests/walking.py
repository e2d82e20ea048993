"""A small application to walk, and what the tests of the recording half need around it."""

from __future__ import annotations

import io
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from stormwalk.model import Journey, Run
from stormwalk.reading import read_run
from stormwalk.store import Store

RED, GREEN, BLUE = (220, 20, 20), (20, 180, 20), (20, 20, 220)
COLOURS = (RED, GREEN, BLUE, (220, 220, 20), (220, 20, 220), (20, 220, 220), (120, 120, 120), (220, 120, 20))

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<style>body { margin: 0; font: 16px sans-serif } #field { height: 300px }</style>
<div id="field"></div><h1>Shop</h1>
<button id="next">Next</button><p role="status">0</p>
<label>Colour <input oninput="paint(this.value)"></label>
<button onclick="fetch('/api/orders/17?access_token=hush-hush', {method: 'POST', body: 'x'.repeat(40)})">Buy</button>
<button onclick="fetch('/api/refused'); fetch('/reset')">Fail</button>
<button onclick="console.error('the till is empty')">Complain</button>
<button onclick="null.boom()">Throw</button>
<button onclick="window.open('/popup')">Help</button>
<button onclick="location.href='/slow?seconds=8'">Wait</button>
<button disabled>Never</button>
<div role="alert" hidden>Sold out</div>
<script>
const colours = COLOURS;
let step = 0;
function paint(number) {
  document.querySelector("#field").style.background = `rgb(${colours[number % colours.length]})`;
  document.querySelector("[role=status]").textContent = number;
}
document.querySelector("#next").onclick = () => { step += 1; paint(step - 1) };
if (location.search.startsWith("?colour=")) paint(Number(location.search.slice(8)));
</script></html>""".replace("COLOURS", json.dumps(COLOURS))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/reset":
            self.close_connection = True
            return
        if address.path == "/slow":
            time.sleep(float(parse_qs(address.query)["seconds"][0]))
        if address.path == "/half":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"<h1>Half</h1>")
            self.wfile.flush()
            time.sleep(8)
            return
        status = {"/api/refused": 503, "/missing": 404}.get(address.path, 200)
        kind, body = (
            ("application/json", '{"stock": 3}') if "/api/" in self.path else ("text/html; charset=utf-8", PAGE)
        )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        return None


class Site:
    """Serves the page on a free loopback port while the context is open."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False  # slow answers need not be waited for
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def colour_of(jpeg: bytes) -> tuple[int, ...]:
    """The colour that the field of the page has in a picture, as the nearest of `COLOURS`; white where it has none."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        seen = picture.convert("RGB").getpixel((picture.width // 2, picture.height // 8))
    assert isinstance(seen, tuple)
    return min((*COLOURS, (255, 255, 255)), key=lambda one: sum(abs(a - b) for a, b in zip(one, seen, strict=True)))


def runs_of(root: Path) -> list[Run]:
    """Every run in the store of a project, the oldest first."""
    with Store.open(root / "reports" / "stormwalk.db") as store:
        return [read_run(store, summary.id) for summary in reversed(store.runs())]


def only_journey(run: Run) -> Journey:
    (journey,) = run.journeys
    return journey
