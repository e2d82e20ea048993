"""Whose fault a failed step is: a page that crashed, or an application that has gone, looks like a failure at first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from playwright.sync_api import Error, Page, TimeoutError

from stormwalk.errors import BrowserCrashed, StormwalkError
from stormwalk.failures import Failure, explain
from stormwalk.model import Status

_CRASH_TOLD_WITHIN_MS = 500


class Blame:
    """Of one journey. `expect_application` raises ApplicationStoppedAnswering when the application is gone."""

    def __init__(self, expect_application: Callable[[], None]) -> None:
        self._expect_application = expect_application
        self._crashed = False

    def page_crashed(self) -> None:
        """A page of the journey has crashed: from now on nothing that fails is laid at the application's door."""
        self._crashed = True

    def of(self, error: BaseException, page: Page | None) -> Failure:
        """The failure in the reader's words; what is really a crash or a vanished application is called so."""
        failure = explain(error)
        if failure.status is Status.FAILED and page is not None:
            failure = _told_by(partial(self.expect_browser, page)) or failure
        if failure.status is Status.FAILED and page is not None and _may_be_a_crash(error):
            failure = _news_of_a_crash(page) or failure
        if failure.status is Status.FAILED:
            failure = _told_by(self._expect_nothing_gone) or failure
        return failure

    def expect_browser(self, page: Page) -> None:
        """Raises BrowserCrashed where a page has crashed, or its browser has gone: an assertion says of both only that
        what it looks for is not there."""
        self._expect_no_crash()
        browser = page.context.browser  # None of a browser that a journey has started for itself
        if browser is not None and not browser.is_connected():
            raise BrowserCrashed("the browser was closed or killed in the middle of the step: run it again")

    def _expect_nothing_gone(self) -> None:
        self._expect_no_crash()
        self._expect_application()

    def _expect_no_crash(self) -> None:
        if self._crashed:
            raise BrowserCrashed("the page crashed; run it again, or try another browser with --browser-path")


def _told_by(check: Callable[[], None]) -> Failure | None:
    """What stands in the way, None where nothing does."""
    try:
        check()
    except StormwalkError as error:
        return explain(error)
    return None


def _may_be_a_crash(error: BaseException) -> bool:
    return isinstance(error, Error) and not isinstance(error, TimeoutError)


def _news_of_a_crash(page: Page) -> Failure | None:
    """A page that goes down ends its navigation as any other (net::ERR_ABORTED); that it crashed is told later."""
    try:
        page.wait_for_timeout(_CRASH_TOLD_WITHIN_MS)
    except Error as crashed:
        return explain(crashed)
    return None
