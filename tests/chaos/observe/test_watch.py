"""What belongs to a step, where we hear of it late: at its last look, or only when the next step has begun."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import cast

from playwright.sync_api import BrowserContext, Page

from chaos.observe import Observer
from chaos.observe.felt import FeltCall
from chaos.observe.watch import StepWatch, Told
from chaos.seen import PageState, SeenCall
from stormwalk.observations import ConsoleLine
from stormwalk.redact import Redactor
from tests.chaos.scenes import BUTTON, TOLD, call, look, thrown


@dataclass
class Ears:
    """An observer that hears of what the page has done while it looks. `open` are calls without an end."""

    open: list[SeenCall] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    hears: Callable[[], None] = lambda: None
    answers: list[PageState] = field(default_factory=list)

    def look(self, page: Page) -> PageState:
        at = time.time()
        self.hears()
        return self.answers.pop(0) if self.answers else replace(look(), at=at, controls=(BUTTON,))

    def since(self, moment: float) -> Iterator[Told]:
        return (one for one in self.told if one.at >= moment)

    def in_flight(self, since: float) -> list[SeenCall]:
        return list(self.open)


def watched(ears: Ears) -> StepWatch:
    return StepWatch(ears, cast(Page, None))


def at(made: SeenCall, began: float, ended: float) -> SeenCall:
    return replace(made, call=replace(made.call, started_at=began, duration_ms=(ended - began) * 1000))


def test_a_call_whose_end_is_heard_at_the_last_look_is_not_lost() -> None:
    ears, ended, lines = Ears(open=[call(in_flight=True, status=None)]), list[SeenCall](), list[ConsoleLine]()
    watch = watched(ears)
    answered = at(call(), time.time(), time.time() + 0.1)

    def hear() -> None:
        ears.open.clear()
        ended.append(answered)
        lines.append(thrown())

    ears.hears = hear
    seen = watch.finish(done=True, calls=lambda: tuple(ended), console=lambda: tuple(lines))

    assert seen.calls == (answered,)
    assert seen.console == (thrown(),)


def test_a_call_is_there_once_though_its_end_is_heard_while_bodies_are_read() -> None:
    ears = Ears(open=[call(in_flight=True, status=None)])
    watch = watched(ears)

    def seen_so_far() -> tuple[SeenCall, ...]:
        ears.open.clear()  # as when the body of another answer is fetched
        return ()

    assert [one.in_flight for one in watch.finish(done=True, calls=seen_so_far).calls] == [True]


def test_what_was_said_of_a_call_that_ended_just_before_the_step_is_kept_with_it() -> None:
    ears = Ears()
    watch = watched(ears)
    before = at(call(status=None), watch.began - 0.5, watch.began - 0.2)
    later = at(call(status=None), watch.began + 0.5, watch.began + 0.7)
    old, of_call, own = (replace(TOLD, at=watch.began + moment) for moment in (-1.0, -0.19, 0.1))
    ears.told += [old, of_call, own]

    seen = watch.finish(done=False, calls=lambda: [before])
    assert (seen.calls, seen.messages, seen.said) == ((before,), (of_call, own), (own,))
    assert watch.finish(done=False, calls=lambda: [later]).messages == (own,)


def test_a_call_has_its_own_time_also_where_it_ended_while_the_look_before_the_step_was_on_its_way() -> None:
    ears = Ears()
    watch = watched(ears)
    watch.before = replace(watch.before, at=watch.began - 1.5)  # that look was long in coming
    heard = at(call(status=None), watch.began - 0.8, watch.began + 0.4)
    own = replace(heard, call=replace(heard.call, started_at=watch.began + 0.3))
    ears.told += [
        FeltCall(url=heard.call.url, begun=watch.began - 0.9, at=watch.began - 0.8),
        FeltCall(url=heard.call.url, begun=watch.began + 0.1, at=watch.began + 0.2),
    ]

    calls = watch.finish(done=False, calls=lambda: [heard, own]).calls
    assert [round(one.ends - watch.began, 3) for one in calls] == [-0.8, 0.2]


def test_a_last_look_whose_answer_is_overdue_is_taken_once_more() -> None:
    ears = Ears()
    watch = watched(ears)
    ears.answers = [PageState(at=time.time(), seen=False, reason="Timeout 2000ms exceeded."), look(text="Sold out")]

    after = watch.finish(done=False).after
    assert after is not None
    assert after.text == "Sold out"


class LatePage:
    """A page to which a look comes late, and which is empty from that moment on."""

    url = "http://shop.test/"

    def is_closed(self) -> bool:
        return False

    def wait_for_function(self, expression: str, timeout: float) -> str:
        time.sleep(0.3)
        return json.dumps({"at": time.time() * 1000})


def test_a_look_that_comes_late_bears_the_time_at_which_it_came() -> None:
    observer, page = Observer(cast(BrowserContext, None), Redactor(())), cast(Page, LatePage())
    asked = time.time()
    looks = [observer.look(page), observer.look(page)]

    assert looks[0].at - asked >= 0.3
    assert looks[1].at <= time.time()
