"""What a walk knows of a page while it waits for a step."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

from playwright.sync_api import Error, Page

from chaos.calls import CallLog
from chaos.observe import StepWatch
from chaos.observe.watch import Told
from chaos.rigging import Rigging
from chaos.seen import PageState


class PageSight:
    """One page, through who watches its step, the calls of the step, and the faults that hold some of them."""

    def __init__(self, rigging: Rigging, log: CallLog, page: Page, watch: StepWatch) -> None:
        self._rigging, self._log, self._page, self._watch = rigging, log, page, watch
        self._held_at = 0.0

    def state(self) -> PageState:
        return self._watch.glance()

    def told_since(self, moment: float) -> Iterator[Told]:
        observer = self._rigging.observer_of(self._page)
        assert observer is not None
        return observer.since(moment)

    def stirred_at(self) -> float:
        if self._rigging.holds:
            self._held_at = time.time()
        return max(self._log.stirred_at, self._held_at)

    def comes_back_by(self) -> float:
        return self._log.come_back_by

    def rest(self, ms: float) -> None:
        if ms > 0:
            rest(self._page, ms)


def rest(page: Page, ms: float) -> None:
    """Lets a page go on for so long; one that goes away is no trouble, since whoever looks next sees it."""
    with suppress(Error):
        page.wait_for_timeout(ms)
