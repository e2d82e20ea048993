"""A stand-in for Google Chat, with the limits that it documents: it takes one message a second for each space, 32,000
bytes, and no field that it does not know. And a webhook that checks signatures.

https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create and .../cards
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

MOST_BYTES = 32_000
# The documented fields, as far as a message of ours may have them: each with the kind of what it holds.
_FIELDS: dict[str, dict[str, Any]] = {
    "message": {"text": str, "cardsV2": ["cardWithId"], "thread": "thread"},
    "thread": {"threadKey": str, "name": str},
    "cardWithId": {"cardId": str, "card": "card"},
    "card": {"header": "header", "sections": ["section"]},
    "header": {"title": str, "subtitle": str},
    "section": {"header": str, "widgets": ["widget"], "collapsible": bool, "uncollapsibleWidgetsCount": int},
    "widget": {
        "textParagraph": "textParagraph",
        "decoratedText": "decoratedText",
        "divider": "nothing",
        "buttonList": "buttonList",
    },
    "textParagraph": {"text": str},
    "decoratedText": {"topLabel": str, "text": str, "bottomLabel": str, "wrapText": bool},
    "buttonList": {"buttons": ["button"]},
    "button": {"text": str, "onClick": "onClick"},
    "onClick": {"openLink": "openLink"},
    "openLink": {"url": str},
    "nothing": {},
}


def misshapen(value: Any, kind: Any = "message", where: str = "message") -> list[str]:
    """What is in a message that the documentation does not know, or has as something else."""
    if isinstance(kind, list):
        if not isinstance(value, list) or not value:
            return [f"{where} is no list with something in it"]
        return [found for number, one in enumerate(value) for found in misshapen(one, kind[0], f"{where}[{number}]")]
    if isinstance(kind, type):
        return [] if type(value) is kind else [f"{where} is no {kind.__name__}"]
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    unknown = [f"{where}.{name} is not documented" for name in value if name not in _FIELDS[kind]]
    if kind == "widget" and len(value) != 1:
        unknown.append(f"{where} has {len(value)} kinds at once")
    known = ((name, one) for name, one in value.items() if name in _FIELDS[kind])
    return unknown + [found for name, one in known for found in misshapen(one, _FIELDS[kind][name], f"{where}.{name}")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: where, with what, when, and what was answered (None: nothing)."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    at: float
    status: int | None

    @property
    def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.body)
        return message

    @property
    def title(self) -> str:
        return str(self.message["cardsV2"][0]["card"]["header"]["title"])


@dataclass(slots=True)
class Chat:
    """Serves on a free loopback port while the context is open.

    `answers` are what the next requests get instead of the usual answer: a status, a pair of a status and a
    Retry-After, `hang` (nothing until `let_go`), `cut` (taken, and then the connection ends), or another address.
    """

    answers: list[Any] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _last: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _gone: threading.Event = field(default_factory=threading.Event)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        chat = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                chat._answer(self)

            def log_message(self, *_: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def let_go(self) -> None:
        """Whoever was left hanging is answered."""
        self._gone.set()

    def webhook(self, space: str = "AAAA", token: str = "token-that-nobody-may-see") -> str:
        return f"http://127.0.0.1:{self.port}/v1/spaces/{space}/messages?key=key-that-nobody-may-see&token={token}"

    @property
    def taken(self) -> list[Asked]:
        """What a person would see in the space."""
        return [one for one in self.asked if one.status == 200]

    def expect(self, number: int, seconds: float = 60) -> list[Asked]:
        """Waits until so many messages have been taken; the guard is no claim about time."""
        deadline = time.monotonic() + seconds
        while len(self.taken) < number and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(self.taken) >= number, [(one.status, one.path) for one in self.asked]
        return self.taken

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        address = urlsplit(handler.path)
        with self._lock:
            planned = self.answers.pop(0) if self.answers else None
            status, headers = self._status(planned, address.path, address.query, body, dict(handler.headers))
            self._last[address.path] = time.monotonic()
            self.asked.append(
                Asked(
                    path=address.path,
                    query={name: values[-1] for name, values in parse_qs(address.query).items()},
                    headers=dict(handler.headers),
                    body=body,
                    at=time.time(),
                    status=200 if planned == "cut" else status,
                )
            )
        if planned == "hang":
            self._gone.wait(120)
        if planned in ("hang", "cut"):
            handler.close_connection = True
            return
        said = b'{"name": "spaces/AAAA/messages/1", "thread": {"name": "spaces/AAAA/threads/1"}}'
        handler.send_response(status or 500)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    def _status(
        self, planned: Any, path: str, query: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int | None, dict[str, str]]:
        if isinstance(planned, tuple):
            return planned[0], {"Retry-After": planned[1]}
        if isinstance(planned, int):
            return planned, {}
        if planned in ("hang", "cut"):
            return None, {}
        if isinstance(planned, str):
            return 302, {"Location": planned}
        if not path.startswith("/v1/spaces/"):
            return 200, {}
        if time.monotonic() - self._last.get(path, -10) < 1.0:
            return 429, {}
        return (200 if _is_fine(query, body, headers) else 400), {}


def _is_fine(query: str, body: bytes, headers: dict[str, str]) -> bool:
    given = parse_qs(query)
    typed = headers.get("Content-Type", "").startswith("application/json")
    keyed = bool(given.get("key") and given.get("token"))
    try:
        message = json.loads(body.decode("utf-8"))
    except ValueError:
        return False
    return typed and keyed and len(body) <= MOST_BYTES and not misshapen(message)
