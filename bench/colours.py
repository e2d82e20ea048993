"""A page that paints itself in another colour at each step, and its server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

COLOURS = (
    (220, 20, 20), (20, 180, 20), (20, 20, 220), (220, 220, 20), (220, 20, 220),
    (20, 220, 220), (120, 120, 120), (220, 120, 20), (20, 120, 220), (120, 20, 220),
)  # fmt: skip
STEPS = len(COLOURS)

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Colours</title>
<style>body { margin: 0; font: 16px sans-serif } #field { height: 460px } td { padding: 2px 12px }</style>
<div id="field"></div><button>Next</button><p role="status">0</p><table></table>
<script>
const colours = COLOURS;
let step = 0;
document.querySelector("table").innerHTML = "<tr><td>Storm Lantern<td>1<td>34.50</tr>".repeat(8);
document.querySelector("button").onclick = async () => {
  step = (await (await fetch(`/api/next/${step}`)).json()).step;
  document.querySelector("#field").style.background = `rgb(${colours[step - 1]})`;
  document.querySelector("[role=status]").textContent = step;
};
</script></html>""".replace("COLOURS", json.dumps(COLOURS))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Buffered, so that headers and body travel in one packet; two would wait for each other's acknowledgement.
    wbufsize = -1

    def do_GET(self) -> None:
        number = self.path.rpartition("/")[2]
        is_call = self.path.startswith("/api/") and number.isdigit()
        body = json.dumps({"step": int(number) + 1}) if is_call else _PAGE
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if is_call else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        return None


class ColourServer:
    """Serves the page on a free loopback port while the context is open."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
