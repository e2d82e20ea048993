"""Whose fault a failed step is: a page that crashed, or an application that has gone, looks like a failure at first."""

from __future__ import annotations

from collections.abc import Callable

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
        if failure.status is Status.FAILED and page is not None and _may_be_a_crash(error):
            failure = _news_of_a_crash(page) or failure
        if failure.status is Status.FAILED:
            failure = self._not_the_applications_fault() or failure
        return failure

    def _not_the_applications_fault(self) -> Failure | None:
        try:
            if self._crashed:
                raise BrowserCrashed("the page crashed; run it again, or try another browser with --browser-path")
            self._expect_application()
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
