"""How long a struck step is waited for: nobody is cut short who may still come, and nobody stared at who gave up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, expect

from chaos.glances import has_given_up, wait_for
from chaos.observe.watch import Told
from chaos.seen import Message, MessageKind, PageState
from tests.chaos.scenes import look

NOW = time.time()
CALM = look()
TAKEN = Message(kind=MessageKind.STATUS, text="We have your order.", at=0.0)
SAID = Message(kind=MessageKind.ALERT, text="Please try again.", at=0.0)
BACK_SOON = Message(kind=MessageKind.ALERT, text="No connection. Trying again in 3 seconds.", at=0.0)


@dataclass(frozen=True)
class Seen:
    """A page; moments are seconds before now, `back_in` is in seconds from now."""

    stirred: float = 3.0
    said: tuple[float, ...] = (3.0,)
    back_in: float = -1.0
    words: Message = SAID
    page: PageState = CALM

    def state(self) -> PageState:
        return self.page

    def told_since(self, moment: float) -> Iterator[Told]:
        told = (replace(self.words, at=time.time() - ago) for ago in self.said)
        return (one for one in told if one.at >= moment)

    def stirred_at(self) -> float:
        return time.time() - self.stirred

    def comes_back_by(self) -> float:
        return time.time() + self.back_in

    def rest(self, ms: float) -> None:
        time.sleep(max(0.0, ms) / 1000)


@pytest.mark.parametrize(
    ("seen", "given_up"),
    [
        pytest.param(Seen(), True, id="it has said what is wrong and rests"),
        pytest.param(Seen(back_in=60.0), True, id="it comes back when nobody waits any more"),
        pytest.param(Seen(words=TAKEN), False, id="it has said that it goes well: more may come"),
        pytest.param(Seen(words=BACK_SOON), False, id="it says that it tries again itself"),
        pytest.param(Seen(said=()), False, id="it has said nothing yet"),
        pytest.param(Seen(said=(9.0,)), False, id="what it says was said before"),
        pytest.param(Seen(said=(3.0, 0.5)), False, id="a countdown ticks"),
        pytest.param(Seen(stirred=0.3), False, id="a call has just ended"),
        pytest.param(Seen(back_in=1.0), False, id="it was asked to come back in a moment"),
        pytest.param(Seen(page=look(in_flight=1)), False, id="a call is under way"),
        pytest.param(Seen(page=look(busy_marks=("main",))), False, id="it shows that it is at work"),
        pytest.param(Seen(page=PageState(at=NOW, seen=False)), False, id="nobody can look"),
    ],
)
def test_who_has_given_up(seen: Seen, given_up: bool) -> None:
    assert has_given_up(seen, since=time.time() - 5.0, by=time.time() + 4.0) is given_up


def test_what_we_hear_of_only_while_we_look_is_no_rest() -> None:
    class Stirred(Seen):
        looked = False

        def state(self) -> PageState:
            Stirred.looked = True
            return self.page

        def stirred_at(self) -> float:
            return time.time() - (0.1 if Stirred.looked else 3.0)

    assert not has_given_up(Stirred(), since=time.time() - 5.0, by=time.time() + 4.0)


def test_a_check_whose_answer_is_overdue_is_made_once_more() -> None:
    began, tries = time.monotonic(), list[float]()

    def confirm() -> None:
        tries.append(time.monotonic() - began)
        is_there = tries[-1] >= 0.8
        time.sleep(0.7)  # so late comes the answer
        assert is_there

    wait_for(confirm, Seen(said=()), since=0.0, usual_ms=1_000, struck=lambda: True)
    assert len(tries) == 3


def test_a_page_that_comes_late_is_waited_for(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<p role=status></p>")
    page.evaluate("setTimeout(() => document.querySelector('p').textContent = 'Ordered', 2500)")
    wait_for(
        lambda: expect(page.get_by_role("status")).to_have_text("Ordered"),
        Seen(said=()),
        since=0.0,
        usual_ms=6_000,
        struck=lambda: True,
    )


@pytest.mark.parametrize(("struck", "glances"), [(True, 2), (False, 3)])
def test_only_a_struck_page_is_given_up_early(struck: bool, glances: int) -> None:
    tries: list[float] = []
    began = time.time()

    class Struck(Seen):
        def told_since(self, moment: float) -> Iterator[Told]:
            yield replace(SAID, at=began)

    def never() -> None:
        tries.append(time.monotonic())
        time.sleep(0.7)
        raise AssertionError("it is not there")

    with pytest.raises(AssertionError, match="it is not there"):
        wait_for(never, Struck(), since=began, usual_ms=2_100, struck=lambda: struck)
    assert len(tries) == glances


def test_what_is_no_failure_of_the_application_is_raised_at_once() -> None:
    def broken() -> None:
        raise ValueError("the journey's own mistake")

    with pytest.raises(ValueError, match="own mistake"):
        wait_for(broken, Seen(), since=0.0, usual_ms=5_000, struck=lambda: True)


def test_a_check_that_does_not_wait_itself_is_made_at_intervals() -> None:
    tries: list[float] = []

    def refused() -> None:
        tries.append(time.monotonic())
        raise AssertionError("503")

    with pytest.raises(AssertionError, match="503"):
        wait_for(refused, Seen(said=()), since=0.0, usual_ms=1_000, struck=lambda: True)
    assert len(tries) <= 4
