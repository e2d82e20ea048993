"""A server for pages that a test writes itself, with answers that come late or never."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    server: _Server

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if "late" in parse_qs(address.query, keep_blank_values=True):
            self.server.released.wait(20)
        status = 200 if address.path in self.server.pages else 404
        body = self.server.pages.get(address.path, "").encode()
        self.send_response(status)
        kind = {"css": "text/css", "json": "application/json"}.get(address.path.rpartition(".")[2], "text/html")
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, str] = {}
        self.released = threading.Event()


class Stage:
    """Serves `pages` by path on a free loopback port. An address with `?late` is answered once it is `released`."""

    def __init__(self) -> None:
        self._server = _Server()
        self.pages = self._server.pages
        self.released = self._server.released
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
