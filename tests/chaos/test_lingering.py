"""How long a step that is done is looked at when a call of it failed: until the page tells of it, or ought to have."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from chaos.lingering import stay_for_a_word
from chaos.observe import StepWatch
from chaos.observe.watch import Told
from chaos.seen import Message, MessageKind, PageState, SeenCall
from chaos.sight import PageSight
from tests.chaos.scenes import call, failed, look

SORRY = Message(kind=MessageKind.ALERT, text="Sorry, your orders could not be loaded.", at=0.0)


@dataclass
class Page:
    """A page that tells something after so many looks; 0 is from the beginning, -1 never."""

    tells_after: int = -1
    words: Message = SORRY
    looks: list[PageState] = field(default_factory=list)

    def look(self) -> PageState:
        self.looks.append(look())
        return self.looks[-1]

    def told_since(self, moment: float) -> Iterator[Told]:
        if 0 <= self.tells_after <= len(self.looks):
            yield replace(self.words, at=time.time())

    def rest(self, ms: float) -> None:
        time.sleep(ms / 1000)


def looked(page: Page, *calls: SeenCall) -> int:
    stay_for_a_word(cast(StepWatch, page), cast(PageSight, page), lambda: calls)
    return len(page.looks)


def ago(made: SeenCall, seconds: float) -> SeenCall:
    return replace(made, call=replace(made.call, started_at=time.time() - seconds, duration_ms=1.0))


@pytest.mark.parametrize(
    ("page", "calls"),
    [
        pytest.param(Page(), (ago(call("GET /api/orders"), 0.5),), id="nothing has failed"),
        pytest.param(Page(tells_after=0), (ago(failed("GET /api/orders"), 0.5),), id="the page has told of it"),
        pytest.param(
            Page(),
            (ago(failed("GET /api/orders"), 0.5), ago(call("GET /api/orders"), 0.2)),
            id="a second try made it good",
        ),
        pytest.param(Page(), (ago(failed("GET /api/orders"), 60.0),), id="it had its time"),
    ],
)
def test_who_owes_no_word_is_not_waited_for(page: Page, calls: tuple[SeenCall, ...]) -> None:
    assert looked(page, *calls) == 0


def test_a_page_is_looked_at_until_it_tells() -> None:
    assert looked(Page(tells_after=2), ago(failed("GET /api/orders"), 0.1)) == 2


def test_a_page_that_says_nothing_is_looked_at_until_silence_is_trouble() -> None:
    told = Page(tells_after=0, words=replace(SORRY, kind=MessageKind.STATUS, text="You have 3 orders."))
    for silent in (Page(), told):
        assert looked(silent, ago(failed("GET /api/orders"), 2.4)) >= 2
