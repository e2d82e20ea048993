"""The recovery ladder: the fault is gone, and what heals the step? By itself, a retry, a reload, a new log-in, nothing.

A retry does what a user would do with what the page offers: a button that says so, what the step declares, or the same
button once more where the page asks to try again. Where the page offers nothing, the body of a step is repeated only if
none of its writes has reached the server: the tester itself never buys twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urldefrag

from playwright.sync_api import Error, Locator, Page

from chaos.glances import check_in_time
from chaos.lexicon import RETRY, offers_retry, tries_by_itself
from chaos.seen import Control, PageState
from stormwalk.failures import explain
from stormwalk.journey import Attempt
from stormwalk.model import Status
from stormwalk.storm_judgement import Recovery

_ONLY_FORMS = (404, 405)
_CLICK_MS = 2_000
_AT_REST_MS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Healed:
    """The rung that healed, the time it took, and the rungs that were tried before. `error` is the last failure."""

    rung: Recovery
    took_ms: float | None
    tried: tuple[str, ...]
    error: BaseException | None = None


@dataclass(slots=True)
class Ladder:
    """Climbs from the lowest rung. `delivered` says whether a write of the step may have reached the server;
    `sign_in` signs in again where it is known how.

    `only_looked` says that the body has pressed nothing and gone nowhere. Where such a step has no confirm, to do it
    again is to look again; any other that is done again was not healed alone. `same_again` is what the page asks to
    press once more, `standing` are the names of what could be pressed before the step. `usual_ms` is how long checks
    wait.
    """

    attempt: Attempt
    page: Page
    delivered: Callable[[], bool]
    sign_in: Callable[[], None] | None
    state: Callable[[], PageState]
    only_looked: bool = False
    same_again: Control | None = None
    standing: frozenset[str] = frozenset()
    usual_ms: float = 5_000.0
    _tried: list[str] = field(default_factory=list)
    _error: BaseException | None = None

    def climb(self) -> Healed:
        """Tries one rung after the other. Raises what is no failure of the application (a crash, Ctrl-C)."""
        rungs = (
            (Recovery.ALONE, self._alone),
            (Recovery.RETRY, self._retry),
            (Recovery.RELOAD, self._reload),
            (Recovery.NEW_LOGIN, self._new_login),
        )
        for rung, climbed in rungs:
            began = time.monotonic()
            if self._holds(rung, climbed):
                took = (time.monotonic() - began) * 1000
                return Healed(rung=rung, took_ms=took, tried=tuple(self._tried))
        return Healed(rung=Recovery.NOT_RECOVERED, took_ms=None, tried=tuple(self._tried), error=self._error)

    def _holds(self, rung: Recovery, climbed: Callable[[], bool]) -> bool:
        try:
            if not climbed():
                return False
        except BaseException as error:
            if explain(error).status is not Status.FAILED:
                raise
            self._error = error
            self._tried.append(str(rung))
            return False
        return True

    def _alone(self) -> bool:
        if not (self.attempt.has_confirm or self.only_looked):
            return False
        check = self.attempt.confirm if self.attempt.has_confirm else self.attempt.act
        check_in_time(check, self._worth_waiting_ms(), self.usual_ms)
        return True

    def _worth_waiting_ms(self) -> float:
        """A page that rests, with no call on its way, will hardly come by itself to what it has not come to yet."""
        state = self.state()
        at_rest = state.seen and not (state.spinning or state.in_flight or tries_by_itself(state.text))
        return min(_AT_REST_MS, self.usual_ms) if at_rest else self.usual_ms

    def _retry(self) -> bool:
        if self._press_retry():
            return self._holds_now()
        if self.attempt.retry is not None:
            self.attempt.retry()
            return self._holds_now()
        if self.delivered() and self._press_the_same():
            return self._holds_now()
        return self._again()

    def _reload(self) -> bool:
        if self.delivered():
            _open_anew(self.page)
        else:
            self.page.reload()
        return self._has_helped(Recovery.RELOAD)

    def _new_login(self) -> bool:
        if self.sign_in is None or not self._wants_login():
            return False
        self.sign_in()
        return self._has_helped(Recovery.NEW_LOGIN)

    def _has_helped(self, rung: Recovery) -> bool:
        if self._confirms() or self._again():
            return True
        self._tried.append(str(rung))
        return False

    def _again(self) -> bool:
        """Does the whole step once more, where that cannot do anything twice."""
        if self.delivered():
            return False
        self.attempt.act()
        if self.attempt.has_confirm:
            self.attempt.confirm()
        return True

    def _holds_now(self) -> bool:
        """Whether the step is done. Where nothing but its body can tell, the body is done again if it may be."""
        if not self.attempt.has_confirm:
            return self._again()
        self.attempt.confirm()
        return True

    def _confirms(self) -> bool:
        """Whether the user sees now what the step was for; a step without a confirm cannot tell."""
        if not self.attempt.has_confirm:
            return False
        try:
            self.attempt.confirm()
        except BaseException as error:
            if explain(error).status is not Status.FAILED:
                raise
            self._error = error
            return False
        return True

    def _wants_login(self) -> bool:
        return self.state().password_fields > 0

    def _press_retry(self) -> bool:
        """Presses a button by which the page offers to try again; what stood there before the step, such as one that
        refreshes prices, only where there is no other. False where there is none that can be pressed."""
        offers = [one.name for one in self.state().controls if one.kind != "link" and offers_retry(one.name)]
        for name in sorted(offers, key=lambda one: one in self.standing):
            if _press(self.page.get_by_role("button", name=name, exact=True).filter(visible=True)):
                return True
        return _press(self.page.get_by_role("button", name=RETRY).filter(visible=True))

    def _press_the_same(self) -> bool:
        """Presses once more what the page asks to press once more. False where nobody can tell which one that is."""
        same = self.same_again
        if same is None or not same.name:
            return False
        role: Literal["link", "button"] = "link" if same.kind == "link" else "button"
        alike = self.page.get_by_role(role, name=same.name, exact=True).filter(visible=True)
        return _press(alike, only=True)


def _press(offered: Locator, *, only: bool = False) -> bool:
    """Presses the first one; with `only`, none where there are several.

    A click that is not reported to have worked may have: a page on its way to another document reports nothing. It
    counts as pressed, and nothing else is tried in its place.
    """
    try:
        found = offered.count()
        if not found or (only and found > 1) or not offered.first.is_enabled(timeout=_CLICK_MS):
            return False
    except Error:
        return False
    with suppress(Error):
        offered.first.click(timeout=_CLICK_MS)
    return True


def _open_anew(page: Page) -> None:
    """Shows the page again without sending anything again: a reload would repeat the form that has led to it, or is
    about to, which no browser does without asking its user. Where only forms have an answer, one goes back to theirs.
    """
    session = page.context.new_cdp_session(page)
    history = session.send("Page.getNavigationHistory")
    session.detach()
    here = history["currentIndex"]
    entry = history["entries"][here]  # of a page that failed, only this knows the address
    came_by_form = entry["transitionType"] == "form_submit"
    address, fragment = urldefrag(entry["url"])
    if fragment and not came_by_form:
        page.reload()  # to go there would only scroll
        return
    answer = page.goto(address)
    if came_by_form and answer is not None and answer.status in _ONLY_FORMS:
        page.goto(urldefrag(history["entries"][here - 1]["url"]).url)
