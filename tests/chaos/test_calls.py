"""The calls of a step, as signs of trouble see them: what the page got, what was done to it, what is still open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from chaos.calls import CallLog
from chaos.injection import Dispatcher
from chaos.seen import SeenCall
from chaos.storm import Storm
from stormwalk.network import NetworkRecorder
from stormwalk.observations import Call, CallSource, ConsoleLine
from stormwalk.redact import Redactor
from stormwalk.storm import DecisionKey, FaultDecision, Layer, Outcome
from stormwalk.templates import template_of
from tests.chaos.harbour import Harbour
from tests.chaos.storming import plan_of, wait_until

RULES = ("http:503 @ /api/down", "lost-reply @ POST /api/orders", "http:503 @ /api/poll")


@dataclass
class Scene:
    """A page under rules, and the log of what it asks for."""

    page: Page
    storm: Storm
    log: CallLog
    ended: list[Call]

    @property
    def current_step(self) -> int:
        return 1

    def call_finished(self, step: int, call: Call) -> None:
        self.ended.append(call)
        self.log.call_ended(call)

    def console_written(self, line: ConsoleLine) -> None:
        self.log.console.append(line)

    def page_crashed(self, page: Page) -> None:
        return None

    def fetch(self, path: str, method: str = "GET") -> SeenCall:
        """What was seen of one call."""
        known = len(self.ended)
        self.page.evaluate(
            "([path, method]) => fetch(path, {method}).then(one => one.text()).catch(() => '')", [path, method]
        )
        wait_until(self.page, lambda: len(self.ended) > known)
        return self.log.seen(self.storm.decisions)[-1]


@pytest.fixture
def scene(context: BrowserContext, harbour: Harbour) -> Iterator[Scene]:
    storm = Storm(plan_of(*RULES), seed=7, journey="j", base_url=harbour.url, background=["/api/poll"])
    dispatcher = Dispatcher(context, storm)
    log = CallLog(storm, Redactor(()), ["/api/poll"])
    page = context.new_page()
    scene = Scene(page, storm, log, [])
    NetworkRecorder(scene, lambda url: template_of(url, ()), Redactor(())).attach(context)
    log.attach(context)
    page.goto(harbour.url)
    storm.enter_step("Buy")
    log.begin()
    yield scene
    dispatcher.close()


def test_a_call_that_nothing_struck(scene: Scene) -> None:
    seen = scene.fetch("/api/stock")
    assert (seen.fault, seen.server_status, seen.background, seen.third_party) == ("", 200, False, False)
    assert seen.answered
    assert {(method, template) for method, _, _, template in scene.log.endpoints} == {("GET", "/api/stock")}


def test_what_struck_a_call_and_whether_the_server_did_the_work(scene: Scene) -> None:
    down = scene.fetch("/api/down")
    assert (down.fault, down.server_status, down.took_effect) == ("http", None, False)
    lost = scene.fetch("/api/orders", "POST")
    assert (lost.fault, lost.server_status, lost.took_effect, lost.answered) == ("lost-reply", 201, True, False)


def test_equal_calls_have_a_decision_each(scene: Scene) -> None:
    scene.fetch("/api/down")
    scene.fetch("/api/down")
    assert [one.fault for one in scene.log.seen(scene.storm.decisions)] == ["http", "http"]


def test_polling_is_background_struck_or_not(scene: Scene) -> None:
    assert scene.fetch("/api/poll").background


def test_the_servers_own_error_is_kept_and_ours_is_not(scene: Scene, harbour: Harbour) -> None:
    harbour.statuses["/api/own"] = 500
    harbour.answers["/api/own"] = {"trace": "at line 7"}
    assert "at line 7" in scene.fetch("/api/own").error_body
    assert scene.fetch("/api/down").error_body == ""


def test_a_step_begins_with_nothing(scene: Scene) -> None:
    scene.fetch("/api/stock")
    scene.log.begin()
    assert (scene.log.seen(scene.storm.decisions), scene.log.console, scene.log.endpoints) == ((), [], set())


def test_what_is_under_way_is_known_until_it_ends(scene: Scene) -> None:
    scene.page.evaluate("fetch('/api/slow?seconds=0.5', {method: 'POST'}); 0")
    wait_until(scene.page, lambda: scene.log.under_way == ("POST",))
    assert scene.log.writes_under_way
    wait_until(scene.page, lambda: not scene.log.under_way)
    assert not scene.log.writes_under_way


def test_a_form_on_its_way_is_a_write_though_no_script_has_sent_it(scene: Scene, harbour: Harbour) -> None:
    harbour.slow_form_s = 1.0
    with suppress(Error):  # reported as timed out, or not: the browser has clicked
        scene.page.get_by_role("button", name="Send").click(timeout=500)
    assert scene.log.under_way == ()
    assert scene.log.writes_under_way
    assert harbour.orders == 1


def test_nobody_waits_for_calls_of_a_page_that_was_closed(scene: Scene) -> None:
    scene.page.evaluate("fetch('/api/slow?seconds=5', {method: 'POST'}); 0")
    wait_until(scene.page, lambda: scene.log.writes_under_way)
    scene.page.close()
    assert (scene.log.under_way, scene.log.writes_under_way) == ((), False)


def test_a_call_that_was_answered_is_not_taken_for_the_one_that_a_long_fault_had_begun_with(scene: Scene) -> None:
    def call(began: float, status: int | None) -> Call:
        return Call(
            method="POST",
            url="http://shop/api/orders",
            template="/api/orders",
            source=CallSource.BROWSER,
            resource_type="fetch",
            started_at=began,
            status=status,
            failure=None if status else "net::ERR_INTERNET_DISCONNECTED",
            duration_ms=10.0,
        )

    key = DecisionKey(journey="j", actor="", step="Buy", method="POST", template="", params="", occurrence=1, rule="r")
    gone = FaultDecision(
        key=key,
        fault="offline",
        layer=Layer.PAGE,
        fired=True,
        outcome=Outcome.APPLIED,
        url="http://shop/api/orders",
        began_at=100.0,
        at=102.0,
    )
    for one in (call(100.0, None), call(102.0, 200)):
        scene.log.call_ended(one)
    assert [(one.call.status, one.fault) for one in scene.log.seen([gone])] == [(None, "offline"), (200, "")]
