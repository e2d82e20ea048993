"""A look says what is on the page, and says nothing where nobody can look; it never waits without a bound."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Error, Page

from chaos.observe import Observer
from chaos.seen import PageState
from tests.chaos.observe.conftest import Show
from tests.chaos.stage import Stage

SPIN = "<style>@keyframes spin { to { transform: rotate(1turn) } } .spin { animation: spin 1s linear infinite }</style>"


def look(show: Show, observer: Observer, html: str) -> PageState:
    state = observer.look(show(html))
    assert state.seen, state.reason
    return state


@pytest.mark.parametrize(
    ("html", "empty"),
    [
        ("<h1>Products</h1><p>All that we sell, from A to Z</p>", False),
        ("<div id=root></div>", True),
        ("<div id=root style='height:100vh;background:#fff'> </div>", True),
        ("<p hidden>Nobody can read this paragraph</p>", True),
        ("<p>Nobody can read this paragraph</p><script>document.body.hidden = true</script>", True),
        ("<div id=root aria-busy=true style='height:9px'></div>", False),
        (f"{SPIN}<div class=spin style='width:9px;height:9px'></div>", False),
        ("<img src='data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7' width=90>", False),
        ("<img src='/nowhere.png' width=90 height=90>", True),
        ("<button>Go</button>", False),
        (
            "<div id=h></div><script>h.attachShadow({mode:'open'}).innerHTML='<p>Deep and readable content'</script>",
            False,
        ),
        (
            "<div id=h></div><script>h.attachShadow({mode:'closed'}).innerHTML='<p>Deep and closed content'</script>",
            False,
        ),
        ("<iframe srcdoc='<p>Content within a frame of ours</p>'></iframe>", False),
    ],
)
def test_an_empty_page_is_told_from_one_that_only_looks_empty_to_a_script(
    show: Show, observer: Observer, html: str, empty: bool
) -> None:
    assert look(show, observer, html).empty is empty


def test_a_frame_of_another_origin_cannot_be_looked_into(show: Show, observer: Observer, stage: Stage) -> None:
    stage.pages["/f"] = "<p>What stands in here is nobody's business</p>"
    other = stage.url.replace("127.0.0.1", "localhost")
    state = look(show, observer, f"<iframe src={other}/f width=200 height=100></iframe>")

    assert state.opaque == 1
    assert not state.empty


@pytest.mark.parametrize(
    ("html", "marks"),
    [
        ("<div aria-busy=true>Orders</div>", ("div",)),
        ("<progress></progress>", ("progress",)),
        ("<div role=progressbar style='height:9px'></div>", ("div[role=progressbar]",)),
        ("<p>Loading your orders…</p>", ('text "Loading your orders…"',)),
        ("<progress value=.3></progress><p>Loading was never so easy</p>", ()),
        ("<div aria-busy=true hidden>Orders</div><p>Checking accounts</p>", ()),
    ],
)
def test_marks_of_work_are_named(show: Show, observer: Observer, html: str, marks: tuple[str, ...]) -> None:
    assert look(show, observer, html).busy_marks == marks


def test_endless_animations_are_named_and_others_are_not(show: Show, observer: Observer) -> None:
    html = f"{SPIN}<i class=spin id=logo>o</i><i class=spin hidden>x</i><i style='animation: spin 9s 1'>once</i>"

    assert look(show, observer, html).animations == ("i#logo.spin spin",)


def test_controls_are_known_by_a_key_that_survives_their_text(show: Show, observer: Observer) -> None:
    page = show("""<form><button>Order</button></form><button disabled>Never</button><a href=/x>Home</a>
      <a href=/y style='position:absolute;left:9999px'>Far away</a><div inert><button>Behind</button></div>""")
    before = observer.look(page).controls
    page.evaluate("""() => { const button = document.querySelector("button");
      button.textContent = "Ordering…"; button.disabled = true; button.setAttribute("aria-busy", "true") }""")
    after = observer.look(page).controls

    assert [(one.name, one.enabled, one.off_page) for one in before] == [
        ("Order", True, False),
        ("Never", False, False),
        ("Home", True, False),
        ("Far away", True, True),
        ("Behind", False, False),
    ]
    assert [one.key for one in before] == [one.key for one in after]
    assert (after[0].name, after[0].enabled, after[0].busy) == ("Ordering…", False, True)
    assert len({one.key for one in before}) == len(before)


def test_stylesheets_that_did_not_load_are_named(show: Show, observer: Observer, stage: Stage) -> None:
    stage.pages["/good.css"] = "p { color: red }"
    state = look(
        show,
        observer,
        "<link rel=stylesheet href=/good.css><link rel=stylesheet href=/gone.css>"
        "<link rel=stylesheet href=/print.css media=print>",
    )

    assert state.stylesheets_missing == (f"{stage.url}/gone.css",)


def test_a_page_wider_than_its_window_says_by_how_much(show: Show, observer: Observer) -> None:
    assert look(show, observer, "<p>fits</p>").overflow_px == 0
    assert look(show, observer, "<div style='width:3000px'>wide</div>").overflow_px > 1000


def test_password_values_never_leave_the_page(show: Show, observer: Observer) -> None:
    state = look(
        show,
        observer,
        "<label>Password <input type=password value=Topmost-secret></label>"
        "<label>Code <input autocomplete=one-time-code value=123456></label><label>Name <input value=Joe></label>",
    )

    assert [(one.name, one.secret, bool(one.digest)) for one in state.fields] == [
        ("Password", True, False),
        ("Code", True, False),
        ("Name", False, True),
    ]
    assert state.password_fields == 1
    assert "Topmost-secret" not in repr(state)
    assert "123456" not in repr(state)


def test_secrets_are_hidden_in_text_and_address(show: Show, observer: Observer, page: Page) -> None:
    show("<p>Your token is Hush-hush-17</p>")
    page.evaluate("history.replaceState(null, '', '/?token=abcdef')")
    state = observer.look(page)

    assert state.text == "Your token is [redacted]"
    assert state.url.endswith("/?token=[redacted]")


def test_a_huge_page_costs_a_bounded_text(show: Show, observer: Observer) -> None:
    state = look(show, observer, "<p id=p></p><script>p.textContent = 'word '.repeat(200_000)</script>")

    assert state.text_length > 900_000
    assert len(state.text) <= 20_000


def test_a_strict_content_policy_does_not_stand_in_the_way(show: Show, observer: Observer) -> None:
    html = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><h1>Strict</h1>"

    assert look(show, observer, html).text == "Strict"


def freeze(page: Page, stage: Stage) -> None:
    """Leaves the page with a document on its way: it answers nothing until then."""
    page.evaluate("() => { setTimeout(() => { location.href = '/?late' }, 0) }")
    page.wait_for_timeout(200)


def test_nobody_looks_while_a_document_is_on_its_way(show: Show, observer: Observer, page: Page, stage: Stage) -> None:
    show("<h1>Here</h1>")
    freeze(page, stage)
    began = time.monotonic()
    away = observer.look(page)
    waited = time.monotonic() - began
    stage.released.set()
    page.wait_for_url("**/?late")
    back = observer.look(page)

    assert (away.seen, away.reason) == (False, "a document is on its way")
    assert waited < 1  # it did not even ask
    assert back.seen, back.reason


def test_a_page_that_cannot_answer_is_given_up(show: Show, observer: Observer, page: Page, stage: Stage) -> None:
    show("<h1>Here</h1>")
    freeze(page, stage)
    observer._loading.clear()  # as if nobody had told of the document
    state = observer.look(page, timeout_ms=300)

    assert not state.seen
    assert "Timeout 300ms" in state.reason


def test_calls_without_an_end_are_known_and_streams_are_none(show: Show, observer: Observer, page: Page) -> None:
    watch = observer.watch(show("<h1>Here</h1>"))
    page.evaluate("() => { fetch('/api/orders/17?late&token=abc'); new EventSource('/news?late') }")
    page.wait_for_timeout(200)
    observation = watch.finish(done=False)
    (open_call,) = observation.calls

    assert (open_call.endpoint, open_call.in_flight, open_call.failed) == ("GET /api/orders/{id}", True, False)
    assert open_call.call.url.endswith("?late&token=[redacted]")
    assert (watch.before.in_flight, watch.looks[-1].in_flight) == (0, 1)
    assert observation.settled_at is None


def test_calls_of_a_closed_page_are_not_waited_for(show: Show, observer: Observer, page: Page) -> None:
    show("<h1>Here</h1>")
    other = page.context.new_page()
    other.goto("/")
    other.evaluate("() => { fetch('/never?late') }")
    other.wait_for_timeout(200)
    during = observer.look(page).in_flight
    other.close()

    assert (during, observer.look(page).in_flight) == (1, 0)


def test_closed_and_broken_pages_give_a_reason(show: Show, observer: Observer, page: Page) -> None:
    show("<script>globalThis.Document = null; document.querySelectorAll = null</script><h1>Hi</h1>")
    broken = observer.look(page)
    page.close()
    closed = observer.look(page)

    assert (broken.seen, "cannot be read" in broken.reason) == (False, True)
    assert (closed.seen, closed.reason) == (False, "the page is closed")


def test_the_browsers_own_error_page_is_known(show: Show, observer: Observer, page: Page) -> None:
    page.route("**/gone", lambda route: route.abort("connectionreset"))
    with pytest.raises(Error):
        page.goto("/gone")
    page.wait_for_timeout(300)
    state = observer.look(page)

    assert state.browser_error
    assert not state.empty


def test_looking_again_ends_with_the_page(show: Show, observer: Observer, page: Page) -> None:
    watch = observer.watch(show("<h1>Here</h1>"))
    watch.keep_looking(for_ms=600, every_ms=20)
    looks = len(watch.looks)
    page.close()
    watch.keep_looking(for_ms=60_000)

    assert looks >= 2
    assert watch.finish(done=False).after == watch.looks[looks - 1]


def test_looking_again_ends_when_there_is_nothing_more_to_see(show: Show, observer: Observer) -> None:
    page = show("<div id=part aria-busy=true>Loading…</div>")
    page.evaluate("() => setTimeout(() => { part.removeAttribute('aria-busy'); part.textContent = 'Here' }, 600)")
    watch = observer.watch(page)

    watch.look_long_enough()

    spinning = [one.spinning for one in watch.looks]
    assert spinning[:2] == [True, True]
    assert spinning[-1] is False
    assert spinning.count(False) == 1, "the first look without it is the last one"


def test_a_glance_is_kept_where_it_shows_what_none_has_shown_before(show: Show, observer: Observer) -> None:
    page = show("<div id=part>Here</div>")
    watch = observer.watch(page)
    for change in ("", "part.ariaBusy = 'true'", "", "part.ariaBusy = 'false'", ""):
        page.evaluate(f"() => {{ {change} }}")
        watch.glance()

    assert [one.spinning for one in watch.looks] == [False, True, False]
    assert [one.spinning for one in watch.finish(done=False).looks] == [False, True, False, False]


def test_no_more_glances_are_kept_than_a_walk_can_carry(show: Show, observer: Observer) -> None:
    page = show("<p id=clock>0</p>")
    watch = observer.watch(page)
    for number in range(25):
        page.evaluate(f"() => {{ clock.textContent = {number} }}")
        assert watch.glance().text == str(number)

    assert [one.text for one in watch.looks] == [*map(str, range(19)), "24"]
