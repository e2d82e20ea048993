"""WebSockets under a route: messages that come late, and a close in good order. Real cuts are the proxy's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Error, WebSocketRoute

from chaos.fault import SocketFault, Treatment
from chaos.injection.waiting import Waiting
from chaos.proof import Strike
from chaos.rule import CallFacts
from chaos.storm import Storm, Who
from stormwalk.storm import Layer

_REASON = "closed by the storm"


class Sockets:
    """Routes the WebSockets of a context that rules mean. Only those opened afterwards can be reached."""

    def __init__(self, context: BrowserContext, storm: Storm, who: Callable[[], Who], waiting: Waiting) -> None:
        self._context = context
        self._storm = storm
        self._who = who
        self._waiting = waiting
        self._routed: set[str] = set()

    def ensure(self) -> None:
        """Routes what the plan means and is not routed yet; the routes stay, and pass on when nothing is meant."""
        for rule in self._storm.rules:
            glob = rule.target.url.as_glob()
            if isinstance(rule.fault, SocketFault) and glob not in self._routed:
                self._routed.add(glob)
                self._context.route_web_socket(glob, self._on_socket)

    def _on_socket(self, page_side: WebSocketRoute) -> None:
        try:
            server_side = page_side.connect_to_server()
            for strike in self._strikes(page_side.url):
                fault = strike.rule.fault
                assert isinstance(fault, SocketFault)
                self._treat(page_side, server_side, fault.treatment(), strike)
        except Error:
            return  # the page has gone away

    def _strikes(self, url: str) -> list[Strike]:
        facts = CallFacts(method="GET", url=url, resource_type="websocket", first_party=self._storm.is_first_party(url))
        rules = [
            one for one in self._storm.matching(facts, self._who(), Layer.ROUTE) if isinstance(one.fault, SocketFault)
        ]
        return self._storm.strikes(rules, facts, self._who(), Layer.ROUTE) if rules else []

    def _treat(self, page: WebSocketRoute, server: WebSocketRoute, wanted: Treatment, strike: Strike) -> None:
        if wanted.delay_ms:
            strike.paused, strike.asked_ms, strike.observed_ms = True, wanted.delay_ms, wanted.delay_ms
            untold = [strike]  # until a message comes: on a silent socket nothing is late
            page.on_message(self._late(server, wanted.delay_ms, untold))
            server.on_message(self._late(page, wanted.delay_ms, untold))
        if wanted.close_code:
            self._waiting.later(wanted.close_after_ms, lambda: self._close(page, server, wanted.close_code, strike))

    def _late(self, side: WebSocketRoute, ms: float, untold: list[Strike]) -> Callable[[str | bytes], None]:
        """Sends each message later; those that are on their way when the storm is lifted, at once. Whoever wakes first
        sends the oldest one, so that they keep their order."""
        on_their_way: deque[str | bytes] = deque()

        def heard(message: str | bytes) -> None:
            on_their_way.append(message)
            delay = ms if self._storm.is_active else 0
            if delay and untold:
                self._storm.proof.applied(untold.pop())
            self._waiting.later(delay, lambda: side.send(on_their_way.popleft()), anyhow=True)

        return heard

    def _close(self, page: WebSocketRoute, server: WebSocketRoute, code: int, strike: Strike) -> None:
        # Each side is closed by hand: closing the one towards the page leaves the server's open.
        page.close(code=code, reason=_REASON)
        # A browser may close towards a server with few codes only, and refuses the others.
        server.close(code=code if code >= 3000 else 1000, reason=_REASON)
        self._storm.proof.applied(strike)
