"""What a snapshot would miss is told all the same, and nothing that stood there before is told as news."""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chaos.observe import Observer, StepWatch
from chaos.seen import MessageKind, Observation
from stormwalk.observations import ConsoleLine
from stormwalk.redact import Redactor
from tests.chaos.observe.conftest import Show
from tests.chaos.stage import Stage

REGIONS = """<p id=s role=status></p><div id=a role=alert></div><div id=l aria-live=polite></div><div id=t></div>
<label>Email <input id=e name=email></label><p id=why></p><output id=o></output>"""


def told_by(watch: StepWatch) -> list[tuple[MessageKind, str]]:
    return [(one.kind, one.text) for one in watch.finish(done=True).messages]


def test_each_way_to_tell_something_is_seen_for_what_it_is(show: Show, observer: Observer) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate("""() => {
      s.textContent = "Saved"; a.textContent = "It failed"; l.textContent = "3 results"; o.textContent = "42";
      t.innerHTML = "<div class='x-Toast-root'>Sent</div><div role=dialog>Sure?</div>";
      e.setAttribute("aria-describedby", "why"); why.textContent = "is not an address";
      e.setAttribute("aria-invalid", "true");
    }""")

    assert sorted(told_by(watch)) == sorted(
        [
            (MessageKind.STATUS, "Saved"),
            (MessageKind.ALERT, "It failed"),
            (MessageKind.LIVE, "3 results"),
            (MessageKind.STATUS, "42"),
            (MessageKind.TOAST, "Sent"),
            (MessageKind.DIALOG, "Sure?"),
            (MessageKind.INVALID, "Email: is not an address"),
        ]
    )


@pytest.mark.parametrize("life_ms", [1, 5, 100])
def test_a_message_that_vanishes_at_once_was_told(show: Show, observer: Observer, life_ms: int) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate(f"""() => new Promise(done => {{
      t.innerHTML = "<div role=alert>Gone soon</div>";
      setTimeout(() => {{ t.innerHTML = ""; done() }}, {life_ms});
    }})""")

    assert told_by(watch) == [(MessageKind.ALERT, "Gone soon")]


def test_a_message_that_no_frame_could_ever_paint_was_not(show: Show, observer: Observer) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate("() => { t.innerHTML = '<div role=alert>Never seen</div>'; t.innerHTML = '' }")

    assert told_by(watch) == []


def test_a_message_followed_by_a_navigation_is_kept(show: Show, observer: Observer, stage: Stage) -> None:
    stage.pages["/next"] = "<h1>Next</h1>"
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate("() => { a.textContent = 'Off we go'; location.href = '/next' }")
    expect(page.get_by_role("heading", name="Next")).to_be_visible()

    assert told_by(watch) == [(MessageKind.ALERT, "Off we go")]


def test_what_stood_there_before_the_step_is_no_news(show: Show, observer: Observer) -> None:
    page = show("<div role=alert>Old trouble</div><div id=host></div>")
    watch = observer.watch(page)
    # Frameworks draw the same thing again, moved or as an element of its own.
    page.evaluate("() => { const old = document.querySelector('[role=alert]'); host.append(old) }")
    page.evaluate("() => { host.innerHTML = host.innerHTML }")
    observation = watch.finish(done=True)

    assert watch.before.standing == ("Old trouble",)
    assert observation.messages == ()
    assert observation.looks[-1].standing == ("Old trouble",)


def test_a_region_that_is_used_again_tells_each_time(show: Show, observer: Observer) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    for text in ("Added", "", "Added", "Removed"):
        page.evaluate("text => { s.textContent = text }", text)

    assert [text for _, text in told_by(watch)] == ["Added", "Added", "Removed"]


def test_a_text_that_was_hidden_is_told_when_it_is_shown(show: Show, observer: Observer) -> None:
    page = show("<style>.off { display: none }</style><div id=box class=off><p role=alert>Sold out</p></div>")
    watch = observer.watch(page)
    assert told_by(observer.watch(page)) == []
    page.evaluate("() => box.classList.remove('off')")

    assert told_by(watch) == [(MessageKind.ALERT, "Sold out")]


def test_what_only_a_screen_reader_says_is_marked(show: Show, observer: Observer) -> None:
    page = show("<p role=status style='position:absolute;width:1px;height:1px;overflow:hidden'></p>")
    watch = observer.watch(page)
    page.evaluate("() => { document.querySelector('p').textContent = 'For ears only' }")
    observation = watch.finish(done=True)

    assert [one.shown for one in observation.messages] == [False]
    assert observation.said == ()


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_messages_in_shadow_roots_are_heard(show: Show, observer: Observer, mode: str) -> None:
    page = show(f"""<x-note></x-note><script>customElements.define("x-note", class extends HTMLElement {{
      connectedCallback() {{ this.box = this.attachShadow({{mode: "{mode}"}});
        this.box.innerHTML = "<p role=alert></p>" }}
      tell(text) {{ this.box.firstChild.textContent = text }}
    }})</script>""")
    watch = observer.watch(page)
    page.evaluate("() => document.querySelector('x-note').tell('From the deep')")

    assert told_by(watch) == [(MessageKind.ALERT, "From the deep")]


def test_messages_in_frames_are_heard(show: Show, observer: Observer, stage: Stage) -> None:
    stage.pages["/frame"] = "<p role=status id=s></p>"
    page = show("<iframe src=/frame></iframe>")
    watch = observer.watch(page)
    page.frames[1].evaluate("() => { s.textContent = 'Framed' }")

    assert told_by(watch) == [(MessageKind.STATUS, "Framed")]


def test_native_dialogs_tell_and_still_work(show: Show, observer: Observer) -> None:
    page = show("")
    watch = observer.watch(page)
    page.once("dialog", lambda dialog: dialog.accept())

    assert page.evaluate("confirm('Really?')") is True
    assert told_by(watch) == [(MessageKind.DIALOG, "Really?")]


def test_a_form_that_the_browser_refuses_tells_why(show: Show, observer: Observer) -> None:
    page = show("<form><label>Address <input required></label><button>Send</button></form>")
    watch = observer.watch(page)
    page.get_by_role("button").click()
    ((kind, text),) = told_by(watch)

    assert kind is MessageKind.INVALID
    assert text.startswith("Address: ")


@pytest.mark.parametrize("install", ["install", "pause_at"])
def test_a_clock_of_the_test_changes_neither_hearing_nor_stamps(
    show: Show, observer: Observer, page: Page, install: str
) -> None:
    then = datetime.datetime(2031, 5, 1, tzinfo=datetime.UTC)
    page.clock.install(time=then)
    show(REGIONS)
    if install == "pause_at":
        page.clock.pause_at(then + datetime.timedelta(hours=1))
    watch = observer.watch(page)
    page.evaluate("() => { a.textContent = 'On time' }")
    page.evaluate("() => { Promise.reject(new Error('lost')) }")
    observation = watch.finish(done=True)

    assert [one.text for one in observation.messages] == ["On time"]
    assert observation.began <= observation.messages[0].at <= observation.ended


def rejections(watch: StepWatch) -> list[str]:
    return [one.text for one in watch.finish(done=True).console if one.level == "pageerror"]


def test_a_rejected_promise_is_told_unless_the_page_takes_care_of_it(show: Show, observer: Observer) -> None:
    page = show("")
    watch = observer.watch(page)
    page.evaluate("() => { Promise.reject(new TypeError('nobody cares')) }")
    page.wait_for_function("1")
    page.evaluate("""() => { addEventListener("unhandledrejection", event => event.preventDefault());
      Promise.reject(new Error("somebody cares")) }""")
    page.wait_for_timeout(50)

    assert rejections(watch) == ["TypeError: nobody cares"]


def test_a_rejection_that_the_browser_told_already_is_not_told_twice(show: Show, observer: Observer) -> None:
    page = show("")
    watch = observer.watch(page)
    page.evaluate("() => { Promise.reject(new TypeError('nobody cares')) }")
    page.wait_for_timeout(50)
    line = ConsoleLine(level="pageerror", text="nobody cares")

    assert watch.finish(done=True, console=lambda: [line]).console == (line,)


FORM = """<form onsubmit="return false"><label>Email <input name=email></label>
<label>Password <input type=password name=p></label><label>Agree <input type=checkbox name=ok></label>
<button aria-label=Send>Send it</button></form>"""


def filled(show: Show, observer: Observer, then: str) -> Observation:
    page = show(FORM)
    page.evaluate(f"document.querySelector('form').addEventListener('submit', event => {{ {then} }})")
    watch = observer.watch(page)
    page.get_by_label("Email").fill("joe@shop.test")
    page.get_by_label("Password").fill("Topmost-secret")
    page.get_by_role("checkbox").check()
    page.get_by_role("button").click()
    return watch.finish(done=False)


def test_what_was_pressed_and_typed_is_known_and_no_value_leaves_the_page(show: Show, observer: Observer) -> None:
    seen = filled(show, observer, "")

    assert [one.name for one in seen.pressed] == ["Send"]
    entered = {one.key: one for one in seen.entered}
    assert {key.rpartition(">")[2] for key in entered} == {"input[email]", "input[p]", "input[ok]"}
    assert [bool(one.digest) for one in entered.values() if not one.secret] == [True, True]
    assert [one.digest for one in entered.values() if one.secret] == [""]
    assert "joe@shop.test" not in repr(seen)
    assert "Topmost-secret" not in repr(seen)


def test_input_that_the_page_empties_on_submit_is_remembered(show: Show, observer: Observer) -> None:
    seen = filled(show, observer, "event.target.reset()")
    after = seen.after
    assert after is not None
    email = next(one for one in seen.entered if "email" in one.key)
    now = next(one for one in after.fields if one.key == email.key)

    assert email.digest
    assert now.digest == ""


def test_digests_of_two_observers_cannot_be_compared(show: Show, observer: Observer, context: BrowserContext) -> None:
    first = filled(show, observer, "").entered
    assert context.browser is not None
    other_context = context.browser.new_context()
    other = Observer(other_context, Redactor())
    other.install()
    page = other_context.new_page()
    page.set_content(FORM)
    page.goto(context.pages[0].url)
    watch = other.watch(page)
    page.get_by_label("Email").fill("joe@shop.test")
    page.get_by_role("button").click()
    second = watch.finish(done=False).entered
    other_context.close()

    email = {one.digest for one in (*first, *second) if "email" in one.key}
    assert len(email) == 2


def test_secrets_in_messages_are_hidden(show: Show, observer: Observer) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate("() => { a.textContent = 'wrong: Hush-hush-17' }")

    assert told_by(watch) == [(MessageKind.ALERT, "wrong: [redacted]")]


def test_a_page_that_floods_does_no_harm(show: Show, observer: Observer) -> None:
    page = show(REGIONS)
    watch = observer.watch(page)
    page.evaluate("""async () => {
      a.textContent = "x".repeat(500_000);
      for (let n = 0; n < 3000; n += 1) { await null; s.textContent = `tick ${n}` }
    }""")
    observation = watch.finish(done=True)

    assert 1 < len(observation.messages) <= 300
    assert max(len(one.text) for one in observation.messages) <= 500
    assert observation.looks[-1].seen


def test_a_page_cannot_speak_in_the_name_of_the_observer(show: Show, observer: Observer) -> None:
    page = show(REGIONS)

    assert page.evaluate("Object.keys(globalThis).filter(name => /stormwalk/.test(name))") == []


def test_a_page_that_breaks_its_own_natives_is_still_seen(show: Show, observer: Observer) -> None:
    page = show("<script>JSON.stringify = () => 'gone'; Date.now = () => 7</script>" + REGIONS)
    watch = observer.watch(page)
    page.evaluate("() => { a.textContent = 'Still here' }")
    observation = watch.finish(done=True)

    assert [one.text for one in observation.messages] == ["Still here"]
    assert observation.looks[-1].seen


def test_jumping_parts_are_counted(show: Show, observer: Observer) -> None:
    page = show("<div id=top></div><div style='height:400px;background:red'>content</div>")
    page.wait_for_timeout(100)
    watch = observer.watch(page)
    page.evaluate("() => { top.style }; document.querySelector('#top').style.height = '300px'")
    page.wait_for_timeout(200)

    assert watch.finish(done=True).shift > 0.05


def test_popups_are_observed(show: Show, observer: Observer, stage: Stage) -> None:
    stage.pages["/popup"] = "<p role=alert>Hello from the popup</p>"
    page = show("<a href=/popup target=_blank>Help</a>")
    watch = observer.watch(page)
    with page.expect_popup() as popup:
        page.get_by_role("link").click()
    expect(popup.value.get_by_role("alert")).to_be_visible()

    assert (MessageKind.ALERT, "Hello from the popup") in told_by(watch)


def test_popups_that_a_script_opens_are_observed(show: Show, observer: Observer, stage: Stage) -> None:
    """They begin with an empty document, whose window the page then takes over."""
    later = "setTimeout(() => document.querySelector('p').textContent = 'Could not be loaded', 300)"
    stage.pages["/popup"] = f"<p role=status>Loading</p><button id=again>Try again</button><script>{later}</script>"
    page = show("<button onclick=\"window.open('/popup')\">Help</button>")
    watch = observer.watch(page)
    with page.expect_popup() as popup:
        page.get_by_role("button").click()
    expect(popup.value.get_by_role("status")).to_have_text("Could not be loaded")
    popup.value.get_by_role("button").click()
    popup.value.wait_for_timeout(200)

    seen = watch.finish(done=True)
    assert [one.text for one in seen.messages] == ["Loading", "Could not be loaded"]
    assert {one.name for one in seen.pressed} == {"Help", "Try again"}
