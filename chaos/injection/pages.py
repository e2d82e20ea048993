"""What is done to the pages of a context one by one, by CDP and scripts, beside the route that they share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from playwright.sync_api import BrowserContext, CDPSession, Error, Page

from chaos.fault import ConditionsFault
from chaos.injection.conditions import Conditions, Sessions
from chaos.injection.escapes import Escapes
from chaos.injection.hops import Hops
from chaos.injection.surroundings import Surroundings
from chaos.injection.waiting import Waiting
from chaos.rule import Rule
from chaos.storm import Storm, Who


class Pages:
    """Keeps each page as the active rules want it. CDP is Chromium's alone; elsewhere only scripts are left."""

    def __init__(
        self, context: BrowserContext, storm: Storm, who: Callable[[], Who], waiting: Waiting, escapes: Escapes
    ) -> None:
        self._context = context
        self._storm = storm
        self._who = who
        self._waiting = waiting
        self._escapes = escapes
        self._offline = False
        self._has_cdp = context.browser is None or context.browser.browser_type.name == "chromium"
        self._sessions = Sessions(context, storm.proof)
        self._surroundings = Surroundings(context, storm, who, waiting, self._sessions)
        self._conditions: dict[Page, Conditions] = {}
        self._hops: dict[Page, Hops] = {}

    def update(self) -> None:
        """After a step, a lift or a switch."""
        self._surroundings.update()
        for page in self._context.pages:
            self._attach(page)

    def came(self, page: Page) -> None:
        """A page has come."""
        self._attach(page)
        self._surroundings.page_came(page)

    def forget(self, page: Page) -> None:
        """A page has gone."""
        self._sessions.forget(page)
        self._surroundings.forget(page)
        self._conditions.pop(page, None)
        self._hops.pop(page, None)

    def on_offline(self, offline: bool) -> None:
        """Conditions end before the network goes, since what they match would get through, and begin again after."""
        self._offline = offline
        for page in self._context.pages:
            if page in self._conditions:
                self._attach(page)

    def close(self) -> None:
        """Undoes all of it."""
        with suppress(Error):  # the context may be gone
            self._surroundings.close()
        self._sessions.close()

    def _attach(self, page: Page) -> None:
        if page.is_closed() or not self._has_cdp:
            return
        rules = tuple(one for one in self._storm.rules if isinstance(one.fault, ConditionsFault) and not self._offline)
        if rules or page in self._conditions:
            self._sessions.tell(page, partial(self._set_conditions, page, rules))
        self._escapes.strikes_hops = any(one.hops for one in self._storm.rules)
        if self._escapes.strikes_hops and page not in self._hops:
            self._sessions.tell(page, partial(self._watch_hops, page))
        self._surroundings.attach(page)

    def _set_conditions(self, page: Page, rules: tuple[Rule, ...], session: CDPSession) -> None:
        if page not in self._conditions:
            self._conditions[page] = Conditions(session, self._escapes.held)
        self._conditions[page].set(rules)

    def _watch_hops(self, page: Page, session: CDPSession) -> None:
        self._hops[page] = Hops(session, self._storm, self._who, self._waiting)
