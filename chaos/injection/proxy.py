"""A loopback proxy for what neither a route nor CDP can do: a slow drip, a cut in the middle of a body, a real cut of a
WebSocket.

    with FaultProxy(storm, who) as proxy:
        context = browser.new_context(proxy={"server": proxy.server})

It speaks HTTP/1.1 and one exchange for each connection: over a connection that is kept alive, Chromium would repeat a
call by itself whose connection breaks, and that would look like an application that sends twice. WebSockets, and calls
that Playwright makes itself, come through CONNECT and are looked into; https stays closed and is a blind spot.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from chaos.fault import Flow, FlowFault
from chaos.injection.wire import Head, Wire, WireError, end
from chaos.proof import Strike
from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from stormwalk.storm import Layer

HTTPS = "https within a tunnel, which the proxy cannot look into"
_CONNECT_S = 10.0
_TICK_S = 0.05
_TLS_HANDSHAKE = 0x16


class FaultProxy:
    """Listens on a free loopback port while it is open. Its threads end with it, whatever they are waiting for."""

    def __init__(self, storm: Storm, who: Who = Who()) -> None:  # noqa: B008 - frozen
        self.storm = storm
        self.who = who
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._port = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False

    @property
    def server(self) -> str:
        """The address for `new_context(proxy={"server": ...})`, and for the proxies of requests."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="stormwalk-proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Cuts what is still open."""
        with self._lock:
            self._closed = True
            still_open = list(self._open)
        for sock in (self._listening, *still_open):
            end(sock)

    def _accept(self) -> None:
        while not self._closed:
            try:
                sock, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), name="stormwalk-proxy-call", daemon=True).start()

    def _serve(self, sock: socket.socket) -> None:
        self.keep(sock)
        try:
            Exchange(self, Wire(sock)).run()
        except (WireError, OSError, ValueError):
            return  # one side has gone away, which is the other's to notice
        except Exception as broken:
            self.storm.proof.problem(f"the proxy broke on a call ({type(broken).__name__}: {broken}); it was cut")
        finally:
            self.drop(sock)

    def keep(self, sock: socket.socket) -> None:
        """The socket is cut when the proxy closes."""
        with self._lock:
            self._open.add(sock)
            closed = self._closed
        if closed:
            end(sock)

    def drop(self, sock: socket.socket, *, reset: bool = False) -> None:
        with self._lock:
            self._open.discard(sock)
        end(sock, reset=reset)


class Exchange:
    """One connection of the browser: one call, or one WebSocket."""

    def __init__(self, proxy: FaultProxy, client: Wire) -> None:
        self._proxy = proxy
        self._storm = proxy.storm
        self._client = client

    def run(self) -> None:
        head = self._client.read_head()
        if head is None:
            return
        method, target, _ = head.words
        if method != "CONNECT":
            return self._call(head, target)
        self._client.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        first = self._client.peek()
        if first and first[0] == _TLS_HANDSHAKE:
            self._storm.proof.blind(HTTPS, f"https://{target}/")
            return self._tunnel(target)
        inner = self._client.read_head()
        if inner is not None:
            scheme = "ws" if inner.is_websocket else "http"
            self._call(inner, f"{scheme}://{target}{inner.words[1]}")

    def _call(self, head: Head, url: str) -> None:
        body = self._client.read_body(head)
        strike = self._strike(head, url, body)
        flow = Flow()
        if strike is not None:
            assert isinstance(strike.rule.fault, FlowFault)
            flow = strike.rule.fault.flow()
        if flow.refuse and strike is not None:
            answer = f"HTTP/1.1 {flow.refuse} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self._client.send(answer.encode())
            return self._storm.proof.applied(strike)
        try:
            self._pass(head, url, body, flow, strike)
        except (WireError, OSError):
            if strike is not None:
                self._storm.proof.escaped(strike, "the connection ended before the fault could strike")
            raise

    def _strike(self, head: Head, url: str, body: bytes) -> Strike | None:
        facts = CallFacts(
            method=head.words[0],
            url=url,
            resource_type="websocket" if head.is_websocket else "other",
            first_party=self._storm.is_first_party(url),
            body=body,
        )
        rules = [
            one
            for one in self._storm.matching(facts, self._proxy.who, Layer.PROXY)
            if isinstance(one.fault, FlowFault) and one.fault.of_sockets == head.is_websocket
        ]
        if not rules:
            return None
        first, *others = [*self._storm.strikes(rules, facts, self._proxy.who, Layer.PROXY), None]
        for one in others:
            if one is not None and first is not None:
                self._storm.proof.escaped(one, f"the rule {first.rule.id} had the connection")
        return first

    def _pass(self, head: Head, url: str, body: bytes, flow: Flow, strike: Strike | None) -> None:
        address = urlsplit(url)
        upstream = self._connect(address.hostname or "", address.port or 80)
        try:
            path = (address.path or "/") + (f"?{address.query}" if address.query else "")
            method, _, version = head.words
            upstream.send(head.bytes(f"{method} {path} {version}", closing=not head.is_websocket) + body)
            answer = upstream.read_head()
            if answer is None:
                raise WireError("the server gave no answer")
            if strike is not None:
                status = answer.words[1]
                strike.delivered, strike.server_status = True, int(status) if status.isdigit() else None
            self._client.send(answer.bytes(closing=not head.is_websocket))
            if head.is_websocket:
                self._socket(upstream, flow, strike)
            else:
                self._body(upstream, answer, flow, strike)
        finally:
            self._proxy.drop(upstream.sock)

    def _connect(self, host: str, port: int) -> Wire:
        sock = socket.create_connection((host, port), timeout=_CONNECT_S)
        sock.settimeout(None)
        self._proxy.keep(sock)
        return Wire(sock)

    def _body(self, upstream: Wire, answer: Head, flow: Flow, strike: Strike | None) -> None:
        length = answer.get("content-length")
        left = int(length) if length.isdigit() else -1
        begun, passed, pieces = time.monotonic(), 0, 0
        upstream.sock.settimeout(_TICK_S if flow.cut_ms else None)
        while left != 0:
            held = flow if strike is not None and self._storm.is_active else Flow()
            if held.cut_ms and (time.monotonic() - begun) * 1000 >= held.cut_ms:
                return self._cut(held, strike)
            most = held.chunk_bytes or 65536
            most = min(most, held.cut_bytes - passed) if held.cut_bytes >= 0 else most
            if most <= 0:
                return self._cut(held, strike)
            try:
                piece = upstream.read_some(most)
            except TimeoutError:
                continue
            if not piece:
                break
            self._client.send(piece)
            passed, pieces = passed + len(piece), pieces + (held.chunk_bytes > 0)
            left -= len(piece) if left > 0 else 0
            if held.chunk_ms:
                time.sleep(held.chunk_ms / 1000)
        self._conclude(flow, strike, pieces)

    def _conclude(self, flow: Flow, strike: Strike | None, pieces: int = 0) -> None:
        if strike is None:
            return
        if flow.chunk_bytes and pieces > 1:
            self._storm.proof.applied(strike)
        elif flow.chunk_bytes:
            self._storm.proof.spared(strike, "the body came in one piece")
        else:
            self._storm.proof.escaped(strike, "the answer was over before it could be cut")

    def _cut(self, flow: Flow, strike: Strike | None) -> None:
        # Give the browser time to take what was sent: a reset throws away what it has not read yet.
        time.sleep(_TICK_S)
        self._proxy.drop(self._client.sock, reset=flow.reset)
        if strike is not None:
            self._storm.proof.applied(strike)

    def _socket(self, upstream: Wire, flow: Flow, strike: Strike | None) -> None:
        begun = time.monotonic()

        def is_over() -> bool:
            return strike is not None and self._storm.is_active and (time.monotonic() - begun) * 1000 >= flow.cut_ms

        if self._exchange(upstream, is_over):
            self._cut(flow, strike)
        else:
            self._conclude(flow, strike)

    def _tunnel(self, target: str) -> None:
        host, _, port = target.rpartition(":")
        upstream = self._connect(host.strip("[]"), int(port))
        try:
            self._exchange(upstream, lambda: False)
        finally:
            self._proxy.drop(upstream.sock)

    def _exchange(self, upstream: Wire, is_over: Callable[[], bool]) -> bool:
        """Passes on what either side says, until one ends or `is_over`, which gives True.

        In one thread, since a socket that another thread is reading cannot be reset.
        """
        sides = {self._client: upstream, upstream: self._client}
        while not is_over():
            ready = [one for one in sides if one.has_rest]
            ready = ready or select.select(list(sides), [], [], _TICK_S)[0]
            for source in ready:
                piece = source.read_some()
                if not piece:
                    return False
                sides[source].send(piece)
        return True
