"""The one dispatcher of a browser context: hands every call that a plan may mean to the faults, or passes it on.

It is installed before the first page and stays; what changes is the storm behind it. A control has the same
dispatcher, since routing itself switches the HTTP cache off and costs time.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable
from typing import Any

import greenlet
from playwright.sync_api import BrowserContext, Error, Page, Request, Route

from chaos.carry import carry
from chaos.fault import CallFault
from chaos.injection.escapes import Escapes, facts_of
from chaos.injection.hands import Network
from chaos.injection.pages import Pages
from chaos.injection.sockets import Sockets
from chaos.injection.vehicle import RouteVehicle
from chaos.injection.waiting import Waiting
from chaos.plan import Plan
from chaos.rule import Rule
from chaos.storm import Storm, Who
from stormwalk.camera import first_line
from stormwalk.storm import Layer

EVERYTHING = "**/*"
_DRAIN_S = 2.0


class Dispatcher:
    """Carries out `storm` in `context`, which has no page yet.

    `plans` are all plans that the context, or the one that it is a control for, will see: what they mean is routed
    from the beginning. Without any, everything is. `who` says whose context it is. `has_proxy` says that the context
    was made with a `FaultProxy`. Close it before the context; no rule is left active then and no call is held.
    """

    def __init__(
        self,
        context: BrowserContext,
        storm: Storm,
        *,
        who: Who = Who(),  # noqa: B008 - frozen
        plans: Iterable[Plan] = (),
        has_proxy: bool = False,
    ) -> None:
        self.storm = storm
        self.who = who
        self._context = context
        self._vehicles: set[RouteVehicle] = set()
        self._routed: set[str] = set()
        self._closed = False
        self._attaches_itself = False
        browser = context.browser
        self._engine = browser.browser_type.name if browser else "chromium"
        self._waiting = Waiting(context)
        self._sockets = Sockets(context, storm, self._whose, self._waiting)
        self._escapes = Escapes(context, storm, self._whose, has_proxy=has_proxy)
        self._pages = Pages(context, storm, self._whose, self._waiting, self._escapes)
        self._network = Network(context, self._pages.on_offline)
        self._install(plans)

    def belongs_to(self, who: Who) -> None:
        """From now on the pages of the context are somebody's."""
        self.who = who
        self._on_change()

    @property
    def holds(self) -> int:
        """How many calls are in the hands of faults now."""
        return len(self._vehicles)

    def switch(self, plan: Plan | None) -> None:
        """Another plan for the storm, or none."""
        self.storm.switch(plan)

    def release(self, page: Page) -> None:
        """Aborts every call of a page that is held; done by itself before `page.close()`.

        A browser sends a held call to the server when its page closes, and a later abort does not help.
        """
        held = [one for one in self._vehicles if one.page == page]
        for vehicle in held:
            vehicle.let_go()
        self._waiting.wake(lambda of: of in held or of == page)

    def close(self) -> None:
        """Lets every held call go and takes every rule out of the context. May be called again."""
        if self._closed:
            return
        self._closed = True
        self.storm.off_change(self._on_change)
        self._escapes.settle()
        try:
            self._waiting.wake()
            self._drain()
            self._context.unroute_all(behavior="ignoreErrors")
        except Error:
            pass  # the context is gone, and with it all that could be active
        self._pages.close()
        self._waiting.close()

    # What the context tells.

    def _install(self, plans: Iterable[Plan]) -> None:
        own = (self.storm.plan,) if self.storm.plan else ()
        known = (*plans, *own)
        base_url = self.storm.base_url
        self._ensure_routes({one for plan in known for one in plan.routes(base_url)} if known else {EVERYTHING})
        self._context.on("page", self._on_page)
        self._context.on("close", lambda _: self._on_gone())
        self.storm.on_change(self._on_change)
        original = self._context.new_page

        def new_page(**given: Any) -> Page:
            # Attached here, and not from the event, so that not even the first call of the page is earlier.
            self._attaches_itself = True
            try:
                page = original(**given)
            finally:
                self._attaches_itself = False
            self._pages.came(page)
            return page

        self._context.new_page = new_page  # type: ignore[method-assign]
        for page in self._context.pages:
            self._guard(page)
        self._on_change()

    def _ensure_routes(self, wanted: Collection[str]) -> None:
        if EVERYTHING in self._routed:
            return
        wanted = {EVERYTHING} if EVERYTHING in wanted else wanted
        for pattern in sorted(set(wanted) - self._routed):
            self._routed.add(pattern)
            # Neither of the two is asked of Python: Playwright's driver matches them itself.
            self._context.route(re.compile(pattern) if pattern.startswith("^") else pattern, self._on_route)

    def _on_route(self, route: Route, request: Request) -> None:
        """Never raises: what leaves a handler would come out of whatever the journey asks of Playwright next."""
        try:
            if self._is_lifted():
                return route.fallback()
            self._escapes.met(request)
            self._serve(route, request)
        except Error as error:
            self._report(request, error)
        except Exception as error:
            self._report(request, error)
            self._let_through(route)

    def _serve(self, route: Route, request: Request) -> None:
        facts = facts_of(request, self.storm)
        rules = self._call_rules(self.storm.matching(facts, self.who, Layer.ROUTE, Layer.PAGE))
        if not rules:
            return route.fallback()
        vehicle = RouteVehicle(route, self._context, self._network, self._waiting, self._is_lifted)
        self._vehicles.add(vehicle)
        try:
            strikes = self.storm.strikes(rules, facts, self.who, Layer.ROUTE)
            carry(vehicle, strikes, self.storm.proof)
        finally:
            self._vehicles.discard(vehicle)

    def _call_rules(self, rules: Iterable[Rule]) -> list[Rule]:
        return [one for one in rules if isinstance(one.fault, CallFault) and self._engine in one.fault.engines]

    def _report(self, request: Request, error: Exception) -> None:
        if self._closed or "closed" in str(error):
            return
        self.storm.proof.problem(f"a call of {request.method} could not be handled: {first_line(error)[:160]}")

    def _let_through(self, route: Route) -> None:
        try:
            route.fallback()
        except Error:
            return  # it was ended before the fault broke

    def _on_page(self, page: Page) -> None:
        self._guard(page)
        if not self._attaches_itself:
            self._pages.came(page)

    def _guard(self, page: Page) -> None:
        original = page.close

        def close(**given: Any) -> None:
            self.release(page)
            original(**given)

        page.close = close  # type: ignore[method-assign]
        page.on("close", self._on_page_closed)
        page.on("crash", self._on_page_closed)

    def _on_page_closed(self, page: Page) -> None:
        self.release(page)
        self._pages.forget(page)

    def _on_gone(self) -> None:
        self._closed = True
        for vehicle in tuple(self._vehicles):
            vehicle.let_go()
        self._waiting.wake()

    # What the storm tells.

    def _on_change(self) -> None:
        """A step, a lift or a switch: the context is made what the active rules say."""
        if self._closed:
            return
        try:
            self._skip_what_needs_another_engine()
            if self.storm.plan is not None:
                self._escapes.watch()
                self._ensure_routes(self.storm.plan.routes(self.storm.base_url))
            self._sockets.ensure()
            self._pages.update()
            if not self.storm.is_active:
                self._escapes.settle()
                self._waiting.wake()
                self._drain()
        except Error as error:
            if "closed" not in str(error):
                self.storm.proof.problem(f"the storm could not be changed: {first_line(error)[:160]}")

    def _skip_what_needs_another_engine(self) -> None:
        for rule in self.storm.rules:
            if self._engine not in rule.fault.engines:
                needs = " or ".join(rule.fault.engines)
                self.storm.proof.problem(f"{rule.fault.name} needs {needs}, and this is {self._engine}: it is skipped")

    def _drain(self) -> None:
        """Turns the loop until no fault has a call in its hands any more, as long as that may take a fault.

        Only from outside of a handler, which would wait for itself.
        """
        end = time.monotonic() + _DRAIN_S
        while (self._vehicles or self._waiting.anybody) and time.monotonic() < end:
            if greenlet.getcurrent().parent is not None:
                return
            self._context.cookies("http://127.0.0.1/")

    def _is_lifted(self) -> bool:
        return self._closed or not self.storm.is_active

    def _whose(self) -> Who:
        return self.who
