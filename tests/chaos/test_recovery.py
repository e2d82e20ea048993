"""The ladder on real pages: which rung heals, how long that took, and that nothing is ever bought twice by us."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from chaos.recovery import Healed, Ladder
from chaos.seen import Control, PageState
from stormwalk.errors import BrowserCrashed
from stormwalk.journey import Attempt
from stormwalk.storm_judgement import Recovery
from tests.chaos.harbour import Harbour
from tests.chaos.scenes import look

Act = Callable[[], None]


@pytest.fixture
def quay(chromium: Browser, harbour: Harbour) -> Iterator[Page]:
    context = chromium.new_context(base_url=harbour.url)
    page = context.new_page()
    page.set_default_timeout(2_000)
    page.set_default_navigation_timeout(20_000)  # by which nothing is tried here but in one test
    yield page
    context.close()


class Step:
    """The step that buys: `bodies` counts how often it was done."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.bodies = 0

    def act(self) -> None:
        self.bodies += 1
        self.page.get_by_role("button", name="Buy").click()

    def confirm(self) -> None:
        expect(self.page.get_by_role("status")).to_have_text("Ordered", timeout=500)

    def attempt(self, *, retry: Act | None = None, confirm: Act | None = None, has_confirm: bool = True) -> Attempt:
        return Attempt(
            name="Buy",
            owner=None,
            weight=1.0,
            role_check=False,
            act=self.act,
            confirm=confirm or self.confirm,
            retry=retry,
            has_confirm=has_confirm,
        )


def test_a_page_that_is_well_again_in_time_healed_alone_though_we_hear_of_it_late() -> None:
    began = time.monotonic()

    def confirm() -> None:
        is_well = time.monotonic() - began >= 0.3
        time.sleep(1.0)  # so late comes the answer
        assert is_well

    attempt = Attempt(
        name="Buy", owner=None, weight=1.0, role_check=False, act=lambda: None, confirm=confirm, retry=None,
        has_confirm=True,
    )  # fmt: skip
    ladder = Ladder(attempt, cast(Page, None), delivered=lambda: True, sign_in=None, state=look)

    assert ladder.climb().rung is Recovery.ALONE


def fail_once(page: Page, how: str, *, delivered: bool = False) -> Step:
    """Buys while the call fails; then nothing stands in the way any more."""
    page.goto(f"/?as={how}")
    step = Step(page)

    def lose(route: object) -> None:
        if delivered:
            route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    page.route("**/api/orders", lose, times=1)
    step.act()
    expect(page.get_by_role("alert")).to_have_text("That did not work")
    step.bodies = 0
    return step


def climb(
    step: Step,
    attempt: Attempt,
    *,
    delivered: bool = False,
    sign_in: Act | None = None,
    password_fields: int = 0,
    only_looked: bool = False,
    same_again: str = "",
) -> Healed:
    return Ladder(
        attempt=attempt,
        page=step.page,
        delivered=lambda: delivered,
        sign_in=sign_in,
        state=lambda: PageState(at=0.0, password_fields=password_fields),
        only_looked=only_looked,
        same_again=Control(key="#it", name=same_again) if same_again else None,
    ).climb()


def test_a_page_that_looks_again_heals_alone(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "alone", delivered=True)
    patient = step.attempt(confirm=lambda: expect(quay.get_by_role("status")).to_have_text("Ordered"))
    healed = climb(step, patient, delivered=True)
    assert (healed.rung, healed.tried, step.bodies, harbour.orders) == (Recovery.ALONE, (), 0, 1)
    assert healed.took_ms


def test_the_button_that_the_page_offers_is_pressed(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "retry")
    healed = climb(step, step.attempt())
    assert (healed.rung, healed.tried, step.bodies, harbour.orders) == (Recovery.RETRY, ("alone",), 0, 1)


def test_pressing_it_after_a_delivered_write_is_the_applications_duplicate(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "retry", delivered=True)
    healed = climb(step, step.attempt(), delivered=True)
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.RETRY, 0, 2)


def test_a_step_may_declare_what_a_user_does_then(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "again")
    healed = climb(step, step.attempt(retry=quay.get_by_role("button", name="Buy").click), delivered=True)
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.RETRY, 0, 1)


def test_the_same_button_is_pressed_again_where_the_page_asks_for_it(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "again", delivered=True)
    healed = climb(step, step.attempt(), delivered=True, same_again="Buy")
    assert (healed.rung, healed.tried, step.bodies, harbour.orders) == (Recovery.RETRY, ("alone",), 0, 2)


@pytest.mark.parametrize("change", ["one.disabled = true", "one.hidden = true", "one.after(one.cloneNode(true))"])
def test_it_is_not_pressed_where_it_cannot_be_or_nobody_can_tell_which(
    quay: Page, harbour: Harbour, change: str
) -> None:
    step = fail_once(quay, "again", delivered=True)
    quay.locator("#buy").evaluate(f"one => {{ {change} }}")
    healed = climb(step, step.attempt(), delivered=True, same_again="Buy")
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.NOT_RECOVERED, 0, 1)


def test_a_body_whose_write_never_arrived_is_done_again(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "plain")
    healed = climb(step, step.attempt())
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.RETRY, 1, 1)


def test_where_the_page_offers_nothing_a_delivered_write_is_never_repeated(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "plain", delivered=True)
    healed = climb(step, step.attempt(), delivered=True, sign_in=step.act, password_fields=0)
    assert (healed.rung, healed.took_ms, step.bodies, harbour.orders) == (Recovery.NOT_RECOVERED, None, 0, 1)
    assert isinstance(healed.error, AssertionError)
    assert healed.tried == ("alone", "reload")


def test_a_reload_shows_what_was_done(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "reload", delivered=True)
    healed = climb(step, step.attempt(), delivered=True)
    assert (healed.rung, healed.tried, step.bodies, harbour.orders) == (Recovery.RELOAD, ("alone",), 0, 1)


def send_paper(page: Page, *, delivered: bool, path: str = "/paper") -> Step:
    """Sends a form whose answer is lost, so that the page is gone, and what a reload asks for is a write."""
    page.goto(path)
    step = Step(page)

    def lose(route: Route) -> None:
        if delivered:
            route.fetch()
        route.abort("connectionreset")

    page.route("**/{paper,sent}", lose, times=1)
    with page.expect_event("requestfailed"):
        step.act()
    step.bodies = 0
    return step


def ordered(page: Page, orders: int) -> Act:
    return lambda: expect(page.get_by_role("status")).to_have_text(f"{orders} ordered", timeout=500)


@pytest.mark.parametrize("path", ["/paper", "/slip"])
def test_a_reload_never_sends_a_delivered_form_again(quay: Page, harbour: Harbour, path: str) -> None:
    step = send_paper(quay, delivered=True, path=path)
    healed = climb(step, step.attempt(confirm=ordered(quay, 1)), delivered=True)
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.RELOAD, 0, 1)


def test_a_reload_of_a_page_that_a_form_has_brought_does_not_send_it_again(quay: Page, harbour: Harbour) -> None:
    quay.goto("/paper")
    step = Step(quay)
    step.act()
    ordered(quay, 1)()
    healed = climb(step, step.attempt(confirm=ordered(quay, 9)), delivered=True)
    assert (healed.rung, harbour.orders) == (Recovery.NOT_RECOVERED, 1)


def test_a_reload_sends_a_form_again_that_never_arrived(quay: Page, harbour: Harbour) -> None:
    step = send_paper(quay, delivered=False)
    healed = climb(step, step.attempt(confirm=ordered(quay, 1), retry=lambda: None))
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.RELOAD, 0, 1)


def test_a_new_log_in_where_the_page_asks_for_one(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "plain", delivered=True)

    def sign_in() -> None:
        quay.evaluate("look()")

    assert climb(step, step.attempt(), delivered=True, sign_in=sign_in).rung is Recovery.NOT_RECOVERED
    healed = climb(step, step.attempt(), delivered=True, sign_in=sign_in, password_fields=1)
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.NEW_LOGIN, 0, 1)


def test_without_a_confirm_only_a_step_that_merely_looks_can_heal_alone(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "plain")
    healed = climb(step, step.attempt(has_confirm=False), only_looked=True)
    assert (healed.rung, step.bodies) == (Recovery.ALONE, 1)

    step = fail_once(quay, "plain")
    healed = climb(step, step.attempt(has_confirm=False))
    assert (healed.rung, step.bodies) == (Recovery.RETRY, 1)


def test_without_a_confirm_a_delivered_write_is_not_repeated_either(quay: Page, harbour: Harbour) -> None:
    step = fail_once(quay, "plain", delivered=True)
    healed = climb(step, step.attempt(has_confirm=False), delivered=True)
    assert (healed.rung, step.bodies, harbour.orders) == (Recovery.NOT_RECOVERED, 0, 1)


def test_a_click_that_failed_though_it_happened_is_no_reason_for_another(quay: Page, harbour: Harbour) -> None:
    """The button goes to a page that is long in coming, so that the click is reported as timed out."""
    harbour.slow_form_s = 3.0
    quay.goto("/")
    quay.evaluate("document.querySelector('form button').textContent = 'Try again'")
    step = Step(quay)
    again: list[str] = []

    def confirm() -> None:
        assert again, "nothing is to be seen yet"

    quay.set_default_navigation_timeout(300)
    healed = climb(step, step.attempt(retry=lambda: again.append("declared"), confirm=confirm), delivered=True)
    assert (healed.rung, again, step.bodies) == (Recovery.NOT_RECOVERED, [], 0)
    assert harbour.visits.count(("POST", "/orders")) == 1


@pytest.mark.parametrize("error", [BrowserCrashed("gone"), KeyboardInterrupt()])
def test_what_is_no_failure_of_the_application_passes_through(quay: Page, error: BaseException) -> None:
    step = fail_once(quay, "plain")

    def confirm() -> None:
        raise error

    with pytest.raises(type(error)):
        climb(step, step.attempt(confirm=confirm))


def test_without_a_confirm_a_press_alone_proves_nothing(quay: Page, harbour: Harbour) -> None:
    """The page says that one may try again, and that does not help: the step is not done."""
    quay.goto("/?as=retry")
    quay.evaluate("() => { document.body.innerHTML = '<button>Retry</button>' }")
    step = Step(quay)

    def looks() -> None:
        expect(quay.get_by_role("status")).to_have_text("Ordered", timeout=300)

    attempt = replace(step.attempt(has_confirm=False), act=looks, confirm=lambda: None)
    healed = climb(step, attempt, only_looked=True)

    assert healed.rung is Recovery.NOT_RECOVERED
    assert healed.tried == ("alone", "retry", "reload")


@pytest.mark.parametrize(
    ("offered", "standing", "pressed"),
    [
        (("Buy it again",), (), ""),
        (("Erneut versuchen",), (), "Erneut versuchen"),
        (("Refresh prices", "Try again"), ("Refresh prices",), "Try again"),
        (("Refresh prices",), ("Refresh prices",), "Refresh prices"),
    ],
)
def test_what_is_pressed_is_what_the_page_offers_to_try_again(
    quay: Page, offered: tuple[str, ...], standing: tuple[str, ...], pressed: str
) -> None:
    buttons = "".join(f"<button onclick=\"document.title = '{name}'\">{name}</button>" for name in offered)
    quay.set_content(f"<title></title>{buttons}")
    attempt = Step(quay).attempt(confirm=lambda: expect(quay).to_have_title(pressed or "never", timeout=300))
    ladder = Ladder(
        attempt=attempt,
        page=quay,
        delivered=lambda: True,
        sign_in=None,
        state=lambda: PageState(at=0.0, controls=tuple(Control(key=one, name=one) for one in offered)),
        standing=frozenset(standing),
        usual_ms=300.0,
    )
    healed = ladder.climb()

    assert healed.rung is (Recovery.RETRY if pressed else Recovery.NOT_RECOVERED)


def test_a_page_that_says_that_it_tries_again_itself_is_waited_for(quay: Page) -> None:
    words = "No connection. We will try again in 2 seconds."
    quay.set_content(f"<p>{words}</p><script>setTimeout(() => document.title = 'Well', 1500)</script>")
    attempt = Step(quay).attempt(confirm=lambda: expect(quay).to_have_title("Well"))
    ladder = Ladder(
        attempt, quay, delivered=lambda: True, sign_in=None, state=lambda: PageState(at=0.0, seen=True, text=words)
    )

    assert ladder.climb().rung is Recovery.ALONE
