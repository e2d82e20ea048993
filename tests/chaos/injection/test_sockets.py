from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from chaos.injection.sockets import Sockets
from chaos.injection.waiting import Waiting
from chaos.storm import Storm, Who
from tests.chaos.storming import plan_of

Heard = Callable[[str | bytes], None]


class Side:
    """One side of a routed WebSocket, with what it was sent."""

    url = "ws://127.0.0.1:8000/socket"

    def __init__(self) -> None:
        self.sent: list[str | bytes] = []
        self.server = self
        self.hear: Heard = self.sent.append

    def connect_to_server(self) -> Side:
        return self.server

    def on_message(self, heard: Heard) -> None:
        self.hear = heard

    def send(self, message: str | bytes) -> None:
        self.sent.append(message)


def test_messages_that_are_on_their_way_when_the_storm_is_lifted_arrive_in_their_order() -> None:
    context: Any = None
    page: Any = Side()
    page.server = Side()

    async def lifted() -> None:
        storm = Storm(plan_of("websocket-delay:60s @ /socket"), seed=1, journey="j")
        waiting = Waiting(context, prove=lambda _: True)
        Sockets(context, storm, Who, waiting)._on_socket(page)
        for message in "abcdefgh":
            page.hear(message)
        await asyncio.sleep(0.05)
        assert page.server.sent == []
        storm.lift()
        page.hear("i")
        waiting.wake()
        await asyncio.sleep(0.05)

    asyncio.run(lifted())

    assert page.server.sent == list("abcdefghi")


def test_a_socket_on_which_nothing_was_said_was_not_delayed() -> None:
    context: Any = None
    page: Any = Side()
    page.server = Side()
    storm = Storm(plan_of("websocket-delay:10ms @ /socket"), seed=1, journey="j")

    def applied() -> int:
        return sum(one.applied for one in storm.counts)

    async def talked() -> None:
        Sockets(context, storm, Who, Waiting(context, prove=lambda _: True))._on_socket(page)
        assert applied() == 0
        for message in "abc":
            page.hear(message)
            page.server.hear(message)
        assert applied() == 1
        await asyncio.sleep(0.1)

    asyncio.run(talked())

    assert (page.server.sent, page.sent) == (["a", "b", "c"], ["a", "b", "c"])
