"""What only the wire can do."""

from __future__ import annotations

import socket

import pytest
import requests

from chaos.injection import FaultProxy
from chaos.injection.escapes import NO_PROXY
from chaos.storm import Storm
from tests.chaos.storming import Stormer, plan_of, wait_until
from tests.chaos.town import Town

READ = """async url => { const begun = performance.now(); const answer = await fetch(url);
  const reader = answer.body.getReader(); let size = 0, pieces = 0;
  try { for (;;) { const {done, value} = await reader.read(); if (done) break; size += value.length; pieces += 1; } }
  catch (error) { return {status: answer.status, size, pieces, error: error.message, ms: performance.now() - begun}; }
  return {status: answer.status, size, pieces, error: '', ms: performance.now() - begun}; }"""
SOCKET = """url => new Promise(done => { const seen = {messages: [], error: false};
  const socket = new WebSocket(url); socket.onopen = () => ['a', 'b', 'c'].forEach(one => socket.send(one));
  const begun = performance.now();
  socket.onmessage = event => { seen.messages.push(event.data); seen.ms ??= performance.now() - begun;
    if (seen.messages.length === 3 && window.enough) done(seen); };
  socket.onerror = () => { seen.error = true; };
  socket.onclose = event => done({...seen, code: event.code, clean: event.wasClean}); })"""


def test_a_body_that_drips_comes_whole_and_late(storming: Stormer, town: Town) -> None:
    stormy = storming("slow-drip:1000,every=20ms @ /api/file")

    seen = stormy.page.evaluate(READ, "/api/file?bytes=10000")

    assert (seen["status"], seen["size"], seen["error"]) == (200, 10000, "")
    assert seen["ms"] >= 9 * 20
    wait_until(stormy.page, lambda: stormy.count.applied == 1)


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_body_that_is_cut_is_a_network_error_after_a_good_status(how: str, storming: Stormer, town: Town) -> None:
    stormy = storming(f"cut-body:500,how={how} @ /api/file")

    seen = stormy.page.evaluate(READ, "/api/file?bytes=10000")

    assert (seen["status"], seen["error"]) == (200, "network error")
    assert seen["size"] <= 500
    assert town.count("GET", "/api/file") == 1


def test_a_cut_post_reaches_the_server_once_also_after_other_calls(storming: Stormer, town: Town) -> None:
    """Over a connection that is kept alive, Chromium would send it again by itself."""
    stormy = storming("cut-body:5 @ POST /api/orders")
    for _ in range(3):
        stormy.call("/api/thing")

    for number in range(1, 4):
        assert stormy.call("/api/orders", method="POST")["status"] == 0
        assert town.count("POST", "/api/orders") == number


def test_an_event_stream_breaks_after_it_began(storming: Stormer, town: Town) -> None:
    stormy = storming("event-stream-cut:200ms once @ /api/stream")

    seen = stormy.page.evaluate(
        """() => new Promise(done => { let heard = 0; const stream = new EventSource('/api/stream');
        stream.onmessage = () => heard += 1; stream.onerror = () => { stream.close(); done(heard); }; })"""
    )

    assert 1 <= seen < 100
    wait_until(stormy.page, lambda: stormy.count.applied == 1)


def test_a_websocket_is_really_cut(storming: Stormer, town: Town) -> None:
    stormy = storming("websocket-cut:300ms @ /socket")

    seen = stormy.page.evaluate(SOCKET, f"ws://127.0.0.1:{town.port}/socket")

    assert seen["messages"] == ["a", "b", "c"]
    assert (seen["code"], seen["clean"]) == (1006, False)


def test_a_websocket_is_refused(storming: Stormer, town: Town) -> None:
    stormy = storming("websocket-refuse @ /socket")

    seen = stormy.page.evaluate(SOCKET, f"ws://127.0.0.1:{town.port}/socket")

    assert (seen["messages"], seen["code"], seen["error"]) == ([], 1006, True)
    assert town.count("GET", "/socket") == 0


def test_a_websocket_that_the_server_closes(storming: Stormer, town: Town) -> None:
    stormy = storming("websocket-close:1011,after=200ms @ /socket")

    seen = stormy.page.evaluate(SOCKET, f"ws://127.0.0.1:{town.port}/socket")

    assert (seen["code"], seen["clean"]) == (1011, True)
    wait_until(stormy.page, town.socket_closed.is_set)  # both sides are


def test_messages_of_a_websocket_come_late_and_in_their_order(storming: Stormer, town: Town) -> None:
    stormy = storming("websocket-delay:150ms @ /socket")
    stormy.page.evaluate("() => { window.enough = true }")

    seen = stormy.page.evaluate(SOCKET, f"ws://127.0.0.1:{town.port}/socket")

    assert seen["messages"] == ["a", "b", "c"]
    assert seen["ms"] >= 300  # there and back


def test_without_the_proxy_its_rules_escape_and_say_why(storming: Stormer, town: Town) -> None:
    stormy = storming()
    stormy.dispatcher.switch(plan_of("slow-drip @ /api/**"))

    stormy.call("/api/thing")

    assert [(one.reason, one.calls) for one in stormy.count.escaped] == [(NO_PROXY, 1)]


def test_calls_that_a_rule_does_not_mean_pass_the_proxy_as_they_are(town: Town) -> None:
    storm = Storm(plan_of("cut-body:1 @ /api/file"), seed=1, journey="j")
    with FaultProxy(storm) as proxy:
        proxies = {"http": proxy.server}
        answer = requests.post(f"{town.url}/api/orders?x=1", json={"a": 1}, proxies=proxies, timeout=10)
        chunked = requests.post(f"{town.url}/api/orders", data=iter([b"a", b"b"]), proxies=proxies, timeout=10)

    assert (answer.json()["number"], chunked.status_code) == (1, 200)
    assert storm.counts[0].matched == 0


@pytest.mark.parametrize(
    "noise", [b"", b"\r\n\r\n", b"nonsense", b"GET http://[ HTTP/1.1\r\n\r\n", b"\x16\x03\x01" * 9]
)
def test_noise_ends_its_own_connection_only(noise: bytes, town: Town) -> None:
    storm = Storm(None, seed=1, journey="j")
    with FaultProxy(storm) as proxy:
        address = ("127.0.0.1", int(proxy.server.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as noisy:
            noisy.sendall(noise)
            noisy.shutdown(socket.SHUT_WR)
            assert noisy.recv(100) == b""
        assert requests.get(f"{town.url}/api/thing", proxies={"http": proxy.server}, timeout=10).ok
    assert storm.problems == ()


def test_closing_the_proxy_cuts_what_is_open(town: Town) -> None:
    with FaultProxy(Storm(None, seed=1, journey="j")) as proxy:
        stream = requests.get(f"{town.url}/api/stream", proxies={"http": proxy.server}, stream=True, timeout=10)
        pieces = stream.iter_content(8)
        next(pieces)
    assert len(list(pieces)) < 90
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(proxy.server.rpartition(":")[2])), timeout=5)
