"""The browser around the page: a slow CPU, a wrong clock, a user who clicks twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page

from chaos.fault import World, WorldFault
from chaos.injection.conditions import Sessions
from chaos.injection.waiting import Waiting
from chaos.rule import Rule
from chaos.storm import Storm, Who
from chaos.trip import TripEnded

_PATIENCE_MS = 1000.0
_OWN_CLICK_S = 0.5
_BINDING = "__stormwalk_clicked"
_CLICKS = f"""addEventListener('click', event => {{
  const control = event.target.closest?.('button, [role=button], input[type=submit], input[type=button]');
  if (event.isTrusted && control) window.{_BINDING}({{x: event.clientX, y: event.clientY}});
}}, true)"""
# Only `Date` is wrong on a computer with a wrong clock; timers and `performance` are not.
_CLOCK = """(() => {
  const Real = Date, now = () => Real.now() + SKEW;
  globalThis.Date = new Proxy(Real, {
    construct: (real, given, made) => Reflect.construct(real, given.length ? given : [now()], made),
    apply: () => new Real(now()).toString(),
    get: (real, key) => key === 'now' ? now : Reflect.get(real, key),
  });
  globalThis[Symbol.for('stormwalk.clock')] = () => { globalThis.Date = Real };
})()"""
_RIGHT_CLOCK = "() => (globalThis[Symbol.for('stormwalk.clock')]?.(), true)"


class Surroundings:
    """Makes the world of a context what the active rules say, and undoes it afterwards."""

    def __init__(
        self, context: BrowserContext, storm: Storm, who: Callable[[], Who], waiting: Waiting, sessions: Sessions
    ) -> None:
        self._context = context
        self._storm = storm
        self._who = who
        self._waiting = waiting
        self._sessions = sessions
        self._rates: dict[Page, float] = {}
        self._clock: Any = None
        self._closed = False
        self._watches_clicks = False
        self._own_clicks: dict[Page, float] = {}

    def update(self) -> None:
        """After a step, a lift or a switch."""
        rules = self._rules()
        if any(world.second_click_ms >= 0 for _, world in self._planned()) and not self._watches_clicks:
            self._watches_clicks = True
            self._context.expose_binding(_BINDING, self._on_click)
            self._context.add_init_script(_CLICKS)
        self._set_clock(rules)

    def close(self) -> None:
        """The clock is right again and nobody clicks twice; the CPU is freed with the sessions."""
        self._closed = True
        self._set_clock([])

    def attach(self, page: Page) -> None:
        """A page is there, or has come."""
        rules = self._rules()
        rate = max((world.cpu_rate for _, world in rules), default=1.0)
        if rate == self._rates.get(page, 1.0):
            return
        self._rates[page] = rate
        told = self._sessions.tell(page, lambda one: one.send("Emulation.setCPUThrottlingRate", {"rate": rate}))
        for rule, world in rules:
            if told and world.cpu_rate == rate > 1:
                self._storm.proof.held(rule)

    def page_came(self, page: Page) -> None:
        """A page has come, and has the wrong clock from its first document on."""
        for rule, world in self._rules():
            if world.clock_skew_ms and self._clock is not None:
                self._storm.proof.held(rule)

    def forget(self, page: Page) -> None:
        self._rates.pop(page, None)
        self._own_clicks.pop(page, None)

    def _rules(self) -> list[tuple[Rule, World]]:
        who = self._who()
        means = [one for one in self._planned() if one[0].target.is_for(who.actor, who.role, self._storm.step)]
        return [] if self._closed else means

    def _planned(self) -> list[tuple[Rule, World]]:
        rules = self._storm.rules
        return [(rule, rule.fault.world()) for rule in rules if isinstance(rule.fault, WorldFault)]

    def _set_clock(self, rules: list[tuple[Rule, World]]) -> None:
        skew = next((world.clock_skew_ms for _, world in rules if world.clock_skew_ms), 0.0)
        if skew and self._clock is None:
            self._clock = self._context.add_init_script(_CLOCK.replace("SKEW", f"{skew:.0f}"))
        elif not skew and self._clock is not None:
            self._clock.close()
            self._clock = None
            for page in self._context.pages:
                try:
                    page.wait_for_function(_RIGHT_CLOCK, timeout=_PATIENCE_MS)
                except Error:
                    continue  # a document that is on its way gets no script any more

    def _on_click(self, source: Any, place: dict[str, float]) -> None:
        page: Page = source["page"]
        now = time.monotonic()
        if self._own_clicks.pop(page, 0.0) > now:
            return  # the second one
        for rule, world in self._rules():
            if world.second_click_ms < 0:
                continue
            try:
                self._waiting.wait(world.second_click_ms, of=page)
                self._own_clicks[page] = time.monotonic() + _OWN_CLICK_S
                page.mouse.click(place["x"], place["y"])
                self._storm.proof.held(rule)
            except (Error, TripEnded):
                self._storm.proof.escaped_unseen(rule, "the page had gone away before the second click")
