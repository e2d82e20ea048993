"""From a real page to the sign of trouble: small mistakes of real front ends, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, Route

from chaos.observe import Observer
from chaos.scene import Limits, Scene
from chaos.seen import Observation, SeenCall
from chaos.signs import check_all
from tests.chaos.observe.conftest import Listening
from tests.chaos.stage import Stage

LIMITS = Limits(spinner_ms=400, stuck_for_ms=300, blank_for_ms=200, silent_ms=200)
# What each page does with its form. `post` calls the API and throws where it fails.
PAGE = """<!doctype html><html lang=en><title>Shop</title>
<style>@keyframes turn { to { transform: rotate(1turn) } } .spin { animation: turn 1s linear infinite }</style>
<h1>Checkout of a shop to be tested</h1><i class=logo>o</i>
<form><label>Address <input name=address></label><button>Order</button></form>
<p id=s role=status></p><div id=a></div>
<script>
const form = document.querySelector("form"), button = document.querySelector("button");
const say = (text) => { s.textContent = text };
const warn = (text) => { a.innerHTML = "<p role=alert></p>"; a.firstChild.textContent = text };
const sorry = () => warn("The order could not be placed. Please try again.");
const confirmed = () => say("Order 17 is confirmed.");
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
async function post() {
  const answer = await fetch("/api/orders", { method: "POST", body: form.address.value });
  if (!answer.ok) throw Object.assign(new Error("refused"), { body: await answer.text() });
}
async function place() { PLACE }
form.onsubmit = (event) => { event.preventDefault(); place() };
</script>"""
GOOD = "button.disabled = true; try { await post(); confirmed() } catch { sorry() } finally { button.disabled = false }"


def refuse(route: Route) -> None:
    route.fulfill(status=503, body='Traceback (most recent call last):\n  File "/srv/api.py", line 7')


def accept(route: Route) -> None:
    route.fulfill(status=201, body="{}")


@pytest.fixture
def walked(page: Page, observer: Observer, stage: Stage, listening: Listening) -> Callable[[bool], Observation]:
    """Walks the step, with the call of the order refused or accepted."""

    def walk(storm: bool) -> Observation:
        page.unroute_all()
        page.route("**/api/orders", refuse if storm else accept)
        page.goto("/")
        listening.calls.clear()
        listening.lines.clear()
        watch = observer.watch(page)
        page.get_by_label("Address").fill("1 Harbour Street")
        page.get_by_role("button").click()
        try:
            page.get_by_text("is confirmed").wait_for(timeout=300 if storm else 5_000)
            done = not storm
        except Error:
            done = False
        watch.acted()
        while not any(one.method == "POST" for one in listening.calls):
            page.wait_for_timeout(10)  # a page can be told of an answer before we are
        if storm:
            watch.keep_looking(for_ms=700, every_ms=100)
        fault = "http" if storm else ""
        status = None if storm else 201
        return watch.finish(
            done=done,
            calls=lambda: [SeenCall(call=one, fault=fault, server_status=status) for one in listening.calls],
            console=lambda: listening.lines,
        )

    return walk


@pytest.mark.parametrize(
    ("place", "signs"),
    [
        pytest.param(GOOD, [], id="a good page"),
        pytest.param("try { await post(); confirmed() } catch {}", ["silent-failure"], id="error swallowed"),
        pytest.param("confirmed(); post().catch(() => {})", ["false-success"], id="success before the answer"),
        pytest.param(
            "try { await post(); confirmed() } catch (error) { a.innerHTML = '<i class=spin>o</i>'; throw error }",
            ["endless-spinner", "uncaught-exception"],
            id="spinner without end, and nothing caught",
        ),
        pytest.param(
            "button.disabled = true; try { await post(); confirmed() } catch { sorry() }",
            ["stuck-control"],
            id="button disabled for ever",
        ),
        pytest.param(
            "try { await post(); confirmed() } catch { form.reset(); sorry() }", ["input-lost"], id="input cleared"
        ),
        pytest.param(
            "await post(); confirmed()", ["silent-failure", "uncaught-exception"], id="a promise that nobody catches"
        ),
        pytest.param(
            "try { await post(); confirmed() } catch { document.body.innerHTML = '' }", ["blank-page"], id="blank page"
        ),
        pytest.param(
            "for (let n = 0; n < 12; n += 1) try { await post(); return confirmed() } catch {} sorry()",
            ["retry-storm"],
            id="retries without a pause",
        ),
        pytest.param(
            "try { await post(); confirmed() } catch (error) { warn(error.body) }",
            ["leaked-internals"],
            id="stack trace shown",
        ),
        pytest.param(
            "try { await post(); confirmed() } catch { sorry(); await sleep(60); a.innerHTML = '' }",
            [],
            id="decoy: a message that is short-lived",
        ),
        pytest.param(
            "say('Order 17 is confirmed.'); try { await post() } catch { say(''); sorry() }",
            [],
            id="decoy: an optimistic update that is rolled back with a message",
        ),
        pytest.param(
            "document.querySelector('.logo').classList.add('spin');" + GOOD, [], id="decoy: a logo that turns for ever"
        ),
        pytest.param(
            "form.ariaBusy = 'true'; try { await post(); confirmed() } catch { await sleep(500); sorry() }"
            "finally { form.ariaBusy = 'false' }",
            [],
            id="decoy: slow but busy",
        ),
        pytest.param(
            "for (let n = 0; n < 4; n += 1) try { await post(); return confirmed() } catch { await sleep(20 * 2 ** n) }"
            "sorry()",
            [],
            id="decoy: retries with growing pauses",
        ),
        pytest.param("console.error('ApiError: 503');" + GOOD, [], id="decoy: a console that reports the fault"),
    ],
)
def test_a_mistake_is_found_by_its_name_and_a_decoy_is_not(
    walked: Callable[[bool], Observation], stage: Stage, place: str, signs: list[str]
) -> None:
    stage.pages["/"] = PAGE.replace("PLACE", place)
    calm, storm = walked(False), walked(True)
    found = check_all(Scene(step="Order", controls=(calm,), storm=storm, limits=LIMITS))

    assert calm.done
    assert sorted(one.sign for one in found) == signs, found
