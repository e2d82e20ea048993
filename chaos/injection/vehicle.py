"""A call of a page that a route has handed to us."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import APIResponse, BrowserContext, Cookie, Error, Page, Request, Route

from chaos.injection.hands import Hands, Network
from chaos.injection.waiting import Waiting
from chaos.pattern import origin_of
from chaos.trip import Answer, BrowserHands, TripEnded, Unable, Unsent
from stormwalk.camera import first_line

GONE = "its page was closed while it was held"
_FETCH_MS = 60_000.0
_BESIDE_MS = 10_000.0


class RouteVehicle:
    """Carries one routed call. `page` is None where Playwright cannot tell: a popup's first document, a worker."""

    def __init__(
        self,
        route: Route,
        context: BrowserContext,
        network: Network,
        waiting: Waiting,
        is_lifted: Callable[[], bool],
    ) -> None:
        self._route = route
        self._context = context
        self._network = network
        self._waiting = waiting
        self._is_lifted = is_lifted
        self._sent: APIResponse | None = None
        self._own: Answer | None = None
        self._cookies: list[Cookie] = []
        self._gone = False
        self._ended = False
        self.request: Request = route.request
        self.page = page_of(self.request)

    @property
    def url(self) -> str:
        return self.request.url

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def headers(self) -> Mapping[str, str]:
        with self._unless_gone():
            cookies = self._context.cookies(self.url)
        sent = "; ".join(f"{one.get('name')}={one.get('value')}" for one in cookies)
        return {**self.request.headers, "cookie": sent}

    @property
    def browser(self) -> BrowserHands:
        return Hands(self._context, self._network, self.page)

    def pause(self, ms: float) -> bool:
        # Whoever lifts the storm or closes the page wakes those who wait, and not those who are about to.
        self._raise_if_gone()
        if self._is_lifted():
            return False
        whole = self._waiting.wait(ms, of=self)
        if self._gone:
            raise TripEnded(GONE)
        return whole

    def let_go(self) -> None:
        """The page is about to close. The call is aborted now, or the browser would send it to the server after all."""
        self._gone = True
        if not self._ended:
            try:
                self._route.abort("aborted")
            except Error:
                return  # it is gone already

    def send(self) -> Answer:
        if self.request.resource_type in ("eventsource", "websocket"):
            raise Unsent("a stream has no end that could be waited for")
        try:
            self._cookies = self._context.cookies()
            # With redirects followed here, a form would end at the wrong address, and a reload would send it again.
            self._sent = self._route.fetch(max_redirects=0, timeout=_FETCH_MS)
            self._own = answer_of(self._sent)
        except Error as error:
            self._raise_if_gone()
            raise Unable(f"the application gave no answer: {first_line(error)[:120]}") from error
        self._raise_if_gone()
        return self._own

    def beside(self, method: str, path: str, headers: Mapping[str, str]) -> int:
        carried = {name: value for name, value in headers.items() if name != "cookie"}  # the context sends its own
        address = f"{origin_of(self.url)}{path}"
        try:
            answer = self._context.request.fetch(
                address, method=method, headers=carried, max_redirects=0, timeout=_BESIDE_MS
            )
        except Error as error:
            raise Unable(f"{method} {path} got no answer: {first_line(error)[:120]}") from error
        return answer.status

    def answer(self, answer: Answer) -> None:
        with self._unless_gone():
            self._ended = True
            if answer is self._own and self._sent is not None:
                self._route.fulfill(response=self._sent)
            else:
                # Cookies were taken over when the answer was fetched.
                headers = {name: value for name, value in answer.headers if name != "set-cookie"}
                self._route.fulfill(status=answer.status, headers=headers, body=answer.body)

    def abort(self, code: str) -> None:
        with self._unless_gone():
            self._ended = True
            self._take_back_cookies()
            self._route.abort(code)

    def _take_back_cookies(self) -> None:
        """An answer that never came has set nothing, and to fetch it has."""
        answered = self._own.headers if self._own else ()
        set_here = {value.partition("=")[0].strip() for name, value in answered if name == "set-cookie"}
        for name in set_here:
            self._context.clear_cookies(name=name)
        before = [one for one in self._cookies if one.get("name") in set_here]
        if before:
            self._context.add_cookies(before)  # type: ignore[arg-type]

    def pass_on(self, without: tuple[str, ...]) -> None:
        with self._unless_gone():
            self._ended = True
            if not without:
                return self._route.fallback()
            kept = {name: value for name, value in self.request.headers.items() if name not in without}
            self._route.fallback(headers=kept)

    @contextmanager
    def _unless_gone(self) -> Iterator[None]:
        """A page that has gone away meanwhile has no use for its call any more."""
        self._raise_if_gone()
        try:
            yield
        except Error as error:
            raise TripEnded(GONE if self.page is None or self.page.is_closed() else first_line(error)) from error

    def _raise_if_gone(self) -> None:
        if self._gone or (self.page is not None and self.page.is_closed()):
            raise TripEnded(GONE)


def page_of(request: Request) -> Page | None:
    """The page that made a call, where Playwright can tell."""
    try:
        return request.frame.page
    except Error:
        return None


def answer_of(response: APIResponse) -> Answer:
    headers = tuple((one["name"].lower(), one["value"]) for one in response.headers_array)
    return Answer(status=response.status, headers=headers, body=response.body())
