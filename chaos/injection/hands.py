"""What is done to the browser around a call: the network taken away, a session lost, an impatient user."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, Error, Page

from chaos.trip import Unable
from stormwalk.camera import first_line

_PATIENCE_MS = 3000.0
# `wait_for_function` and not `evaluate`, which has no time-out and blocks while a document is on its way.
_FORGET = """key => {
  for (const kept of [localStorage, sessionStorage]) key === '*' ? kept.clear() : kept.removeItem(key);
  return true;
}"""


class Network:
    """Takes the network of a context away and gives it back, whoever asks first and last.

    `tell` is called before it goes and after it has come back: while a CDP condition matches a call, the browser lets
    it through although it is offline.
    """

    def __init__(self, context: BrowserContext, tell: Callable[[bool], None]) -> None:
        self._context = context
        self._tell = tell
        self._takers = 0

    def go(self) -> None:
        self._takers += 1
        if self._takers == 1:
            self._tell(True)
            with _or_unable("the network could not be taken away"):
                self._context.set_offline(True)

    def come_back(self) -> None:
        self._takers -= 1
        if self._takers == 0:
            with _or_unable("the network could not be given back"):
                self._context.set_offline(False)
            self._tell(False)


class Hands:
    """The hands of a user, and the surroundings of a browser context."""

    def __init__(self, context: BrowserContext, network: Network, page: Page | None) -> None:
        self._context = context
        self._network = network
        self._page = page

    def go_offline(self) -> None:
        self._network.go()

    def come_back(self) -> None:
        self._network.come_back()

    def forget(self, cookies: str, storage_key: str) -> None:
        with _or_unable("the session could not be lost"):
            if cookies == "*":
                self._context.clear_cookies()
            elif cookies:
                self._context.clear_cookies(name=cookies)
            for page in self._context.pages if storage_key else ():
                page.wait_for_function(_FORGET, arg=storage_key, timeout=_PATIENCE_MS)

    def reload(self) -> None:
        with _or_unable("the page could not be reloaded"):
            self._own_page().reload(wait_until="commit", timeout=_PATIENCE_MS)

    def back(self) -> None:
        with _or_unable("the user could not go back"):
            if self._own_page().go_back(wait_until="commit", timeout=_PATIENCE_MS) is None:
                raise Unable("there is no page to go back to")

    def second_tab(self) -> None:
        with _or_unable("no second tab could be opened"):
            address = self._own_page().url
            self._context.new_page().goto(address, wait_until="commit", timeout=_PATIENCE_MS)

    def _own_page(self) -> Page:
        if self._page is None:
            raise Unable("the page of this call is not known")
        return self._page


@contextmanager
def _or_unable(what: str) -> Iterator[None]:
    try:
        yield
    except Error as error:
        raise Unable(f"{what}: {first_line(error)[:120]}") from error
