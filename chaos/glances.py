"""How long a step that was struck is waited for: as long as usual, but not for a page that has given up.

A page that has told its user what is wrong, makes no call, shows no work in progress and has not stirred for a moment
will hardly come to what the step is for; to look at it for the rest of the time shows the same picture.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from playwright.sync_api import expect

from chaos.claims import tells_of_failure
from chaos.lexicon import tries_by_itself
from chaos.observe.watch import Told
from chaos.seen import Message, PageState
from stormwalk.failures import explain
from stormwalk.model import Status

_GLANCE_MS = 400.0
_OVERDUE_MS = 100.0
# Countdowns tick once a second, and a timer of a page is seldom longer than that without a word.
_QUIET_S = 1.2


class Sight(Protocol):
    """What is known of the page while a step is waited for. Moments are UTC in seconds since the epoch."""

    def state(self) -> PageState: ...

    def told_since(self, moment: float) -> Iterator[Told]: ...

    def stirred_at(self) -> float:
        """When a call last began or ended, or a fault last let go of one."""
        ...

    def comes_back_by(self) -> float:
        """Until when the answers so far have asked the page to wait; 0 where none did."""
        ...

    def rest(self, ms: float) -> None:
        """Lets the page go on for so long."""
        ...


@contextmanager
def patience(ms: float, usual_ms: float) -> Iterator[None]:
    """How long checks wait in here, and afterwards."""
    expect.set_options(timeout=ms)
    try:
        yield
    finally:
        expect.set_options(timeout=usual_ms)


def check_in_time(check: Callable[[], None], ms: float, usual_ms: float) -> None:
    """Checks for so long; once more where the answer is overdue, which shows the page before its time was over."""
    __tracebackhide__ = True
    end = time.monotonic() + ms / 1000
    try:
        with patience(ms, usual_ms):
            return check()
    except BaseException as error:
        if explain(error).status is not Status.FAILED or (end - time.monotonic()) * 1000 > -_OVERDUE_MS:
            raise
    with patience(1.0, usual_ms):
        check()


def wait_for(
    confirm: Callable[[], None],
    sight: Sight,
    *,
    since: float,
    usual_ms: float,
    struck: Callable[[], bool],
    in_vain: Callable[[], bool] = lambda: False,
) -> None:
    """Checks again and again until it holds or the usual patience is over; raises what it raised last.

    Ends early only after something was struck, and where the page has given up and said so since the step began; or
    where it is known that it is `in_vain`.
    """
    __tracebackhide__ = True
    end = time.monotonic() + usual_ms / 1000
    while True:
        began = time.monotonic()
        left_ms = (end - began) * 1000
        try:
            with patience(max(1.0, min(_GLANCE_MS, left_ms)), usual_ms):
                return confirm()
        except BaseException as error:
            left_ms = (end - time.monotonic()) * 1000
            # An answer that is overdue shows the page as it was before its time was over.
            is_overdue = left_ms < -_OVERDUE_MS and began < end
            if explain(error).status is not Status.FAILED or (left_ms <= 1.0 and not is_overdue):
                raise
            if in_vain() or (struck() and has_given_up(sight, since, by=time.time() + left_ms / 1000)):
                raise
            # A check that does not wait itself, one that asks the API for example, is not to be made without a pause.
            sight.rest(min(_GLANCE_MS - (time.monotonic() - began) * 1000, left_ms))


def has_given_up(sight: Sight, since: float, by: float) -> bool:
    """Whether the page told of a failure since then, rests now, and is not to come back at a stated time before `by`.

    Any other word, that an order was taken for example, may well be followed by what the step is for.
    """
    now = time.time()
    state = sight.state()
    stirred_at = sight.stirred_at()  # of some calls we hear only while we look
    if not state.seen or state.spinning or state.in_flight:
        return False
    heard = [one for one in sight.told_since(since) if isinstance(one, Message) and one.shown]
    waits = now < sight.comes_back_by() < by
    quiet = now - max(stirred_at, *(one.at for one in heard), since) >= _QUIET_S
    by_itself = any(tries_by_itself(one.text) for one in heard)
    return any(map(tells_of_failure, heard)) and quiet and not (waits or by_itself)
