"""Thin lines: conditions of the network, set in the browser itself, for each page by a CDP session of its own.

What was struck is counted by the browser: each call that a condition held for names it (`appliedNetworkConditionsId`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Error, Page

from chaos.fault import ConditionsFault
from chaos.proof import Proof
from chaos.rule import Rule

OUT_OF_REACH = "made where no condition holds: answered by us, a popup's first calls, a frame of another site, a worker"


class Conditions:
    """Holds the conditions of one page; `on_held` is told of each call that one of them held for."""

    def __init__(self, session: CDPSession, on_held: Callable[[Rule], None]) -> None:
        self._session = session
        self._on_held = on_held
        self._rules: tuple[Rule, ...] = ()
        self._ids: dict[str, Rule] = {}
        session.on("Network.requestWillBeSentExtraInfo", self._on_sent)
        session.send("Network.enable")

    def set(self, rules: tuple[Rule, ...]) -> None:
        """From now on these hold, the first that matches; none ends them."""
        if rules == self._rules:
            return
        self._rules = rules
        each = [(rule, pattern) for rule in rules for pattern in rule.target.url.as_url_patterns()]
        matched = [_matched(rule, pattern) for rule, pattern in each]
        given = self._session.send(
            "Network.emulateNetworkConditionsByRule",
            {"offline": False, "emulateOfflineServiceWorker": False, "matchedNetworkConditions": matched},
        )
        self._ids |= dict(zip(given.get("ruleIds", ()), (rule for rule, _ in each), strict=False))

    def _on_sent(self, event: dict[str, Any]) -> None:
        rule = self._ids.get(event.get("appliedNetworkConditionsId", ""))
        if rule is not None:
            self._on_held(rule)


def _matched(rule: Rule, pattern: str) -> dict[str, Any]:
    fault = rule.fault
    assert isinstance(fault, ConditionsFault)
    wanted = fault.conditions()
    return {
        "urlPattern": pattern,
        "latency": wanted.latency_ms,
        "downloadThroughput": wanted.download,
        "uploadThroughput": wanted.upload,
        "connectionType": "cellular3g",
    }


class Sessions:
    """One CDP session for each page of a context, as long as something is to be done there."""

    def __init__(self, context: BrowserContext, proof: Proof) -> None:
        self._context = context
        self._proof = proof
        self._sessions: dict[Page, CDPSession] = {}

    def of(self, page: Page) -> CDPSession | None:
        """The session of a page; None where it has gone away."""
        if page not in self._sessions:
            try:
                self._sessions[page] = self._context.new_cdp_session(page)
            except Error as error:
                if not page.is_closed():
                    self._proof.problem(f"no CDP session for a page: {error}")
                return None
        return self._sessions[page]

    def forget(self, page: Page) -> None:
        self._sessions.pop(page, None)

    def tell(self, page: Page, do: Callable[[CDPSession], object]) -> bool:
        """Does something in the session of a page; False where the page has gone away."""
        session = self.of(page)
        try:
            if session is not None:
                do(session)
        except Error as error:
            if not page.is_closed():
                self._proof.problem(f"the browser refused what was asked of it: {str(error).splitlines()[0][:160]}")
            return False
        return session is not None

    def close(self) -> None:
        for session in self._sessions.values():
            try:
                session.detach()
            except Error:
                continue  # its page is gone
        self._sessions.clear()
