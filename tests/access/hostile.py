"""An application that does everything wrong that a server can do, by the path of the call."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

RAW = {
    "/garbage": b"\x00\xff\x00 no HTTP at all\r\n\r\n",
    "/bad-status": b"HTTP/1.1 banana OK\r\n\r\n",
    "/bad-length": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: -5\r\n\r\n{}",
    "/bad-chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n",
    "/bad-gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "/bad-charset": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=hex\r\nContent-Length: 2\r\n\r\n\xc3\xa9",
    "/bad-redirect": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n",
    "/half": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{",
    "/long-header": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 70_000 + b"\r\n\r\n",
    "/odd-wait": b"HTTP/1.1 429 Slow down\r\nRetry-After: \xb2\r\nContent-Length: 0\r\n\r\n",
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hostile

    def do_GET(self) -> None:
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        path = self.path.partition("?")[0]
        with suppress(OSError):
            if path in RAW:
                self.close_connection = True
                self.wfile.write(RAW[path])
            else:
                getattr(self, path.strip("/").replace("-", "_") or "front", self.front)()

    do_POST = do_PUT = do_DELETE = do_GET

    def front(self) -> None:
        self.answer(
            200, {"path": self.path, "cookie": self.headers.get("Cookie"), "auth": self.headers["Authorization"]}
        )

    def limited(self) -> None:
        """Twice too many requests, then the answer."""
        paths = [path for _, path, _ in self.server.seen]
        if paths.count(self.path) <= 2:
            self.answer(429, {}, ("Retry-After", "0"))
        else:
            self.answer(200, {"ok": True})

    def always_limited(self) -> None:
        self.answer(429, {}, ("Retry-After", "0"))

    def cookie(self) -> None:
        self.answer(200, {}, ("Set-Cookie", "session=of-somebody; Path=/"))

    def redirect(self) -> None:
        self.answer(302, {}, ("Location", "http://elsewhere.example/trap?x=1"))

    def hang(self) -> None:
        self.server.stopped.wait(20)
        self.close_connection = True

    def events(self) -> None:
        """A stream that says something and then stays open."""
        self._begin("text/event-stream")
        self.wfile.write(b"data: paid\n\n")
        self.hang()

    def drip(self) -> None:
        self._begin("text/plain")
        while not self.server.stopped.wait(0.02):
            self.wfile.write(b".")

    def huge(self) -> None:
        self._begin("text/plain")
        while True:
            self.wfile.write(b"x" * 65_536)

    def deep(self) -> None:
        self._send(200, b'{"a":' * 900 + b"1" + b"}" * 900)

    def _begin(self, kind: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()

    def answer(self, status: int, data: Any, *headers: tuple[str, str]) -> None:
        self._send(status, json.dumps(data).encode(), *headers)

    def _send(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return None


class Hostile(ThreadingHTTPServer):
    """Serves on a free loopback port while the context is open; `seen` are the calls: method, path, headers."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.stopped = threading.Event()

    def handle_error(self, *_: Any) -> None:
        return None

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()
