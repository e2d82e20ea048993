from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from chaos.injection.wire import Head, Wire, WireError

HEAD = Head("GET http://x/a HTTP/1.1", (("Host", "x"), ("Proxy-Connection", "keep-alive"), ("Keep-Alive", "5")))


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, Wire]]:
    """Two ends of a connection: what is sent into the first is read from the second."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(5)
    yield ours, Wire(theirs)
    ours.close()
    theirs.close()


def test_one_exchange_for_each_connection_is_told_to_both_sides() -> None:
    """Over a connection that is kept alive, Chromium would send a call again by itself."""
    assert HEAD.bytes("GET /a HTTP/1.1") == b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def test_a_socket_keeps_its_upgrade() -> None:
    head = Head("GET /s HTTP/1.1", (("Connection", "Upgrade"), ("Upgrade", "WebSocket")))

    assert head.is_websocket
    assert b"Connection: Upgrade\r\nUpgrade: WebSocket" in head.bytes(closing=False)


def test_what_was_read_too_much_is_not_lost(ends: tuple[socket.socket, Wire]) -> None:
    ours, wire = ends
    ours.sendall(b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody and more")
    head = wire.read_head()

    assert head is not None
    assert head.words == ("POST", "/a", "HTTP/1.1")
    assert (wire.read_body(head), wire.read_some()) == (b"body", b" and more")


def test_a_body_in_chunks_is_kept_as_it_came(ends: tuple[socket.socket, Wire]) -> None:
    ours, wire = ends
    ours.sendall(b"4\r\nbody\r\n0\r\n\r\n")

    assert wire.read_body(Head("", (("Transfer-Encoding", "chunked"),))) == b"4\r\nbody\r\n0\r\n\r\n"


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost", b"x" * 300_000])
def test_half_a_head_or_one_without_end_is_none(sent: bytes, ends: tuple[socket.socket, Wire]) -> None:
    ours, wire = ends
    ours.setblocking(False)
    for place in range(0, len(sent), 50_000):
        ours.send(sent[place : place + 50_000])
        if len(sent) > 50_000:
            wire._buffer += wire._receive()
    ours.shutdown(socket.SHUT_WR)

    with pytest.raises(WireError):
        wire.read_head()


def test_a_connection_that_ends_before_it_begins_is_no_problem(ends: tuple[socket.socket, Wire]) -> None:
    ours, wire = ends
    ours.close()

    assert wire.read_head() is None


def test_a_body_that_ends_too_early_is_a_problem(ends: tuple[socket.socket, Wire]) -> None:
    ours, wire = ends
    ours.sendall(b"bo")
    ours.shutdown(socket.SHUT_WR)

    with pytest.raises(WireError, match="within a body"):
        wire.read_body(Head("", (("Content-Length", "4"),)))
