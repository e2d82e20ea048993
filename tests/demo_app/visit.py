"""A browser's visit to a shop in this process, and the faults that meet it there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Route, expect
from werkzeug.serving import make_server

from demo_app import create_app
from tests.demo_app.shop import Shop


@contextmanager
def served(*names: str, call_timeout_ms: int = 4000) -> Iterator[Shop]:
    """A shop with these entries on, whose new orders stay paid."""
    app = create_app(defects=names, call_timeout_ms=call_timeout_ms, order_step_ms=100_000)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield Shop(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()


class Visit:
    """A page of a shop, somebody new who may sign in there, and what has been seen."""

    def __init__(self, shop: Shop, page: Page) -> None:
        self.shop = shop
        self.page = page
        self.errors: list[str] = []
        self.struck: list[float] = []
        session = shop.new_shopper()
        self.token = str(session["access_token"])
        self.email = str(session["user"]["email"])
        self._session = json.dumps(session)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def sign_in(self) -> None:
        self.page.goto("/healthz")
        self.page.evaluate("text => localStorage.setItem('shop.session', text)", self._session)

    def fill_basket(self, quantity: int = 1) -> None:
        self.api("POST", "/api/basket/items", {"product_id": 1, "quantity": quantity})

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.shop.json(method, path, body, token=self.token)

    def orders(self) -> int:
        return len(self.api("GET", "/api/orders")["orders"])

    def strike(self, method: str, path: str, act: Callable[[Route], None]) -> None:
        """Let this happen to each such call."""

        def handle(route: Route) -> None:
            if route.request.method != method:
                return route.fallback()
            self.struck.append(time.monotonic())
            return act(route)

        self.page.route(f"**{path}", handle)

    def fail(self, method: str, path: str, status: int = 500, *, retry_after: str = "0") -> None:
        headers = {"Retry-After": retry_after, "Content-Type": "application/json"}
        self.strike(method, path, lambda route: route.fulfill(status=status, body="{}", headers=headers))

    def lose_reply(self, method: str, path: str) -> None:
        """The first such call is done, and its answer lost."""

        def lose(route: Route) -> None:
            if len(self.struck) > 1:
                return route.fallback()
            route.fetch()
            return route.abort("connectionreset")

        self.strike(method, path, lose)

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def alert(self) -> Locator:
        return self.page.get_by_role("alert")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def told(self) -> str:
        """What the page says, once it says something: an alert, or else the message."""
        message = self.page.get_by_role("status", name="Message").filter(has_text=".")
        expect(self.alert.or_(message).first).to_be_visible()
        return "alert" if self.alert.count() else message.inner_text()

    def until(self, condition: Callable[[], object], seconds: float = 5) -> bool:
        """Whether this comes true in time."""
        end = time.monotonic() + seconds
        while not condition() and time.monotonic() < end:
            self.page.wait_for_timeout(50)
        return bool(condition())


@contextmanager
def visit(browser: Browser, *names: str, call_timeout_ms: int = 4000) -> Iterator[Visit]:
    with served(*names, call_timeout_ms=call_timeout_ms) as shop:
        context = browser.new_context(base_url=shop.url)
        try:
            yield Visit(shop, context.new_page())
        finally:
            context.close()
