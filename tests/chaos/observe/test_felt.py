"""Pauses between failed calls are those of the page, however late we hear of them."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext

from chaos.observe import Observer
from chaos.observe.felt import FeltCall, as_felt
from chaos.seen import SeenCall
from stormwalk.observations import TimingSource
from tests.chaos.observe.conftest import Listening, Show
from tests.chaos.scenes import BEGAN, call, failed, scene, walk

URL = "http://shop.test/api/orders"


def lost(at: float, took: float = 0.01) -> SeenCall:
    return call(at=at, took=took, status=None)


def felt(*spans: tuple[float, float], url: str = URL, failed: bool = True) -> list[FeltCall]:
    return [FeltCall(url=url, begun=BEGAN + begun, at=BEGAN + ended, failed=failed) for begun, ended in spans]


def test_a_failed_call_stands_where_the_page_has_it() -> None:
    heard = [lost(2.0), lost(2.1), lost(2.2)]

    placed = as_felt(heard, felt((0.7, 0.71), (0.1, 0.11), (0.3, 0.31)))

    assert [(round(one.begins - BEGAN, 3), round(one.ends - BEGAN, 3)) for one in placed] == [
        (0.1, 0.11), (0.3, 0.31), (0.7, 0.71)
    ]  # fmt: skip
    assert {one.call.timing_source for one in placed} == {TimingSource.BROWSER}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(felt((0.1, 0.2)), id="one of two was not told of"),
        pytest.param(felt((0.1, 0.2), (0.3, 0.4), (0.5, 0.6)), id="more than we have heard of"),
        pytest.param(felt((0.1, 0.2), (9.0, 9.1)), id="later than we have heard of it"),
        pytest.param(felt((0.1, 0.2), (2.0, 9.1)), id="ends later than we have heard of"),
        pytest.param(felt((0.1, 0.2), (0.4, 0.3)), id="ends before it begins"),
        pytest.param(felt((0.1, 0.2), (0.3, 0.4), url=f"{URL}/17"), id="another address"),
        pytest.param(felt((0.1, 0.2), (0.3, 0.4), failed=False), id="they were answered"),
    ],
)
def test_what_cannot_be_told_apart_stays_as_it_was_heard(told: list[FeltCall]) -> None:
    heard = (lost(2.0), lost(2.1))

    assert as_felt(heard, told) == heard


def test_a_call_that_was_answered_makes_none_good_that_began_after_it() -> None:
    first = call("GET /api/goods/{id}", at=0.5, took=0.05, url=f"{URL}/1")  # heard half a second late
    second = failed("GET /api/goods/{id}", at=0.5, took=0.05, url=f"{URL}/2")
    stamps = [*felt((0.0, 0.05), url=f"{URL}/1", failed=False), *felt((0.01, 0.02), url=f"{URL}/2")]
    storm = walk(calls=as_felt((first, second), stamps))

    assert [one.call.url for one in scene(storm).failures] == [f"{URL}/2"]


def test_an_answered_call_and_a_picture_are_none_of_them() -> None:
    heard = (call(at=1.0), call(at=1.1, status=None, kind="image"), call(at=1.2, status=None, in_flight=True))

    assert as_felt(heard, felt((0.1, 0.2), (0.3, 0.4), (0.5, 0.6))) == heard


def test_the_pauses_of_a_page_are_known_though_nobody_listened(
    show: Show, observer: Observer, context: BrowserContext, listening: Listening
) -> None:
    page = show("<h1>Here</h1>")
    watch = observer.watch(page)
    context.set_offline(True)

    page.evaluate(
        """() => { (async () => {
            for (const pause of [100, 200, 400]) {
                await fetch('/api/orders', { method: 'POST' }).catch(() => {});
                await new Promise((done) => setTimeout(done, pause));
            }
        })(); }"""
    )
    time.sleep(1.5)  # the page goes on; we hear of all of it at once
    page.wait_for_function("performance.getEntriesByType('resource').length === 3")
    orders = [SeenCall(call=one) for one in listening.calls if one.method == "POST"]
    seen = watch.finish(done=False, calls=lambda: orders)

    pauses = [(new.begins - old.ends) * 1000 for old, new in pairwise(seen.calls)]
    assert [asked <= pause < asked + 2_000 for asked, pause in zip([100, 200], pauses, strict=True)] == [True, True]
    assert {one.call.timing_source for one in seen.calls} == {TimingSource.BROWSER}


def test_a_page_that_got_no_processor_after_a_failure_says_so(
    show: Show, observer: Observer, context: BrowserContext
) -> None:
    page = show("<h1>Here</h1>")
    watch = observer.watch(page)
    context.set_offline(True)

    page.evaluate(
        """() => fetch('/api/orders').catch(() => setTimeout(() => {
            globalThis.begun = Date.now();
            while (Date.now() < begun + 400) {}
        }, 200))"""
    )
    page.wait_for_function("globalThis.begun && Date.now() > begun + 500")
    seen = watch.finish(done=False)

    begun = page.evaluate("begun") / 1000
    assert seen.stood_still_ms(begun, begun + 0.4) > 250
    assert seen.stood_still_ms(0, seen.began) == 0
