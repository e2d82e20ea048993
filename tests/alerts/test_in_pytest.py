"""Runs of pytest that tell Google Chat of themselves: which messages arrive, when, and that no run waits for them."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.alerts.chat import Asked, Chat
from tests.alerts.runs import SENDING
from tests.plugged import Plugged, use_our_browser
from tests.walking import Site

CONFTEST = """
import sys
sys.path.insert(0, ".")
import sending
from stormwalk.alerts import sender
sender.command = (sys.executable, "sending.py")
"""
ALERTS = """
[alerts]
report_url = "https://ci.test/{run}/report.html"
[alerts.normal]
google-chat = "SHOP_CHAT"
[alerts.chaos]
google-chat = "SHOP_CHAOS_CHAT"
"""
PAYS = """
class Till(PageObject):
    @step("Pay")
    def pay(self):
        wrong = os.environ.get("WRONG")
        assert not wrong, wrong

def test_pays(): Till(None).pay()
"""
TITLED = """
class Front(PageObject):
    @step("Read the title")
    def read(self):
        expect(self.page).to_have_title("The till", timeout=500)

def test_reads(page):
    Shop(page).visit()
    page.evaluate("title => { document.title = title }", os.environ["WRONG"])
    Front(page).read()
"""
TOKEN = "token-that-nobody-may-see"


@pytest.fixture
def chat() -> Iterator[Chat]:
    with Chat() as chat:
        yield chat


@pytest.fixture
def project(pytester: pytest.Pytester, site: Site, monkeypatch: pytest.MonkeyPatch, chat: Chat) -> Plugged:
    """Journeys without a browser, a project that tells, and a sender that knows this machine only."""
    use_our_browser(monkeypatch)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "WRONG", "CI_JOB_URL", "BUILD_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHOP_CHAT", chat.webhook("FAIR"))
    monkeypatch.setenv("SHOP_CHAOS_CHAT", chat.webhook("STORM"))
    plugged = Plugged(pytester, site.url)
    project_file = (plugged.root / "shop.toml").read_text(encoding="utf-8")
    plugged.write("shop.toml", project_file + ALERTS)
    plugged.write("pyproject.toml", '[tool.pytest.ini_options]\nstormwalk_journeys = ["."]\n')
    plugged.write("sending.py", SENDING)
    plugged.write("conftest.py", CONFTEST)
    plugged.journeys(PAYS)
    return plugged


def walk(project: Plugged, code: int, *arguments: str) -> str:
    """What a run with this exit code printed; no address is in it, nor in anything that it left."""
    result = project.walk(*arguments)
    said = result.stdout.str() + result.stderr.str()
    assert result.ret == code, said
    assert TOKEN not in said
    return said


def nothing_kept(project: Plugged) -> None:
    """No address is in any file that runs have left."""
    files = [file for folder in ("reports", "screenshots") for file in (project.root / folder).rglob("*")]
    assert [file for file in files if file.is_file() and TOKEN.encode() in file.read_bytes()] == []


def told(one: Asked) -> str:
    return f"{one.path.split('/')[3]} {one.title}"


def test_green_red_red_again_and_green(project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(project, 0)
    chat.expect(1)
    monkeypatch.setenv("WRONG", "the till is empty")
    walk(project, 1)
    chat.expect(2)
    walk(project, 1)
    monkeypatch.delenv("WRONG")
    walk(project, 0)
    chat.expect(3)

    assert [told(one) for one in chat.taken] == [
        "FAIR Small shop: Passed", "FAIR Small shop: Failed", "FAIR Small shop: Passed"
    ]  # fmt: skip
    assert [one.status for one in chat.asked] == [200, 200, 200]
    assert len({one.message["thread"]["threadKey"] for one in chat.taken}) == 1
    red = chat.taken[1].message["cardsV2"][0]["card"]["sections"]
    assert "Failed: <b>1</b>" in red[0]["widgets"][0]["textParagraph"]["text"]
    assert "the till is empty" in red[1]["widgets"][0]["decoratedText"]["text"]
    (button,) = red[-1]["widgets"][0]["buttonList"]["buttons"]
    assert button["onClick"]["openLink"]["url"] == f"https://ci.test/{project.runs[1].id}/report.html"
    nothing_kept(project)


def test_a_run_does_not_wait_for_an_endpoint_that_hangs(project: Plugged, chat: Chat) -> None:
    chat.answers.append("hang")
    walk(project, 0)

    # pytest has ended, and whoever is asked has not answered yet.
    assert chat.taken == []
    deadline = time.monotonic() + 60
    while not chat.asked and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [one.status for one in chat.asked] == [None]
    chat.let_go()
    (one,) = chat.expect(1)
    assert told(one) == "FAIR Small shop: Passed"


def test_down_for_the_whole_run_and_delivered_with_the_next_one_once(
    project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        monkeypatch.setenv("SHOP_CHAT", replace(chat, port=port).webhook("FAIR"))
        project.write("sending.py", SENDING.replace('"60"', '"0"'))  # a sender that soon gives up
        walk(project, 0)
        _until_tried(project)
    assert chat.asked == []
    monkeypatch.setenv("SHOP_CHAT", chat.webhook("FAIR"))
    project.write("sending.py", SENDING)
    said = walk(project, 0)  # on-change: nothing new to tell, and the first message goes along

    assert "alerts: 1 earlier message not delivered since" in said
    chat.expect(1)
    time.sleep(1.5)  # had it been sent twice, the second one would be here
    assert [told(one) for one in chat.asked] == ["FAIR Small shop: Passed"]
    assert chat.asked[0].message["cardsV2"][0]["cardId"] == f"run-{project.runs[0].id}"


def _until_tried(project: Plugged) -> None:
    log, deadline = project.root / "reports" / "alerts.log", time.monotonic() + 60
    while time.monotonic() < deadline and not (log.is_file() and log.read_text()):
        time.sleep(0.05)
    assert "cannot be reached" in log.read_text()


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (None, "alerts: google-chat: the environment variable SHOP_CHAT is not set, so nobody is told; export it, *"),
        (f"https://evil.test/v1/spaces/A/messages?key=k&token={TOKEN}", "alerts: google-chat: SHOP_CHAT does not *"),
    ],
)
def test_a_wrong_address_is_one_line_and_changes_no_exit_code(
    project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch, address: str | None, line: str
) -> None:
    monkeypatch.setenv("SHOP_CHAT", address) if address else monkeypatch.delenv("SHOP_CHAT")

    result = project.walk()

    assert result.ret == 0
    result.stdout.fnmatch_lines([line])
    assert [one for one in result.outlines if one.startswith("alerts: ")][1:] == []
    assert TOKEN not in result.stdout.str() + result.stderr.str()
    assert not (project.root / "reports" / "alerts.db").exists()
    assert chat.asked == []


def test_a_hostile_page_is_told_of_and_not_obeyed(
    project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", '<users/all> <a href="https://evil.test">Log in</a> & </b><b>paid')
    walk(project, 1)
    (one,) = chat.expect(1)

    whole = one.body.decode()
    assert "&lt;users/all&gt; &lt;a href=" in whole
    assert "<users" not in whole
    assert "<a " not in whole


@pytest.mark.catalogue
def test_the_title_of_a_hostile_page_is_told_of_and_not_obeyed(
    project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = f"<users/all> <https://evil.test|Log in> *paid* ::error:: \u202egnp.exe </b><a href='//evil.test'>{TOKEN}"
    monkeypatch.setenv("WRONG", title)
    project.journeys(TITLED)

    said = walk(project, 1)
    (one,) = chat.expect(1)

    assert one.title == "Small shop: Failed"
    assert one.message["text"] == one.title
    (failed,) = one.message["cardsV2"][0]["card"]["sections"][1]["widgets"]
    shown = failed["decoratedText"]["text"]
    assert "&lt;users/all&gt; &lt;https://evil.test|Log in&gt;" in shown
    assert "&lt;a href='//evil.test'&gt;[redacted]" in shown
    assert [letter for letter in one.body.decode() if letter in "\u202e\x1b"] == []
    assert set(re.findall("<[^>]*>", one.body.decode())) == {"<b>", "</b>", "<br>"}
    assert "[U+202E]" in said
    nothing_kept(project)


def test_what_the_page_shows_of_an_address_is_hidden_everywhere(
    project: Plugged, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", f"the page says {chat.webhook('FAIR')} and {TOKEN}")
    walk(project, 1)
    (one,) = chat.expect(1)

    assert TOKEN not in one.body.decode()
    assert "[redacted]" in one.body.decode()
    nothing_kept(project)


@pytest.mark.catalogue
def test_workers_tell_once(project: Plugged, chat: Chat) -> None:
    walk(project, 0, "-n", "2")
    chat.expect(1)
    time.sleep(1.5)

    assert [told(one) for one in chat.asked] == ["FAIR Small shop: Passed"]


@pytest.mark.catalogue
def test_a_storm_goes_to_the_other_space(project: Plugged, chat: Chat) -> None:
    project.journeys("""
def test_buys(page):
    shop = Shop(page)
    shop.visit()
    shop.buy()
""")
    result = project.walk("--chaos-plan", "http:503 once @ POST /api/**", "--chaos-controls", "1")
    (one,) = chat.expect(1)

    assert result.ret in (0, 1)
    assert one.path == "/v1/spaces/STORM/messages"
    assert one.title.startswith("Small shop: resilience ")
    figures = one.message["cardsV2"][0]["card"]["sections"][0]["widgets"][0]["textParagraph"]["text"]
    assert "System Resilience Status: <b>" in figures
    buttons = one.message["cardsV2"][0]["card"]["sections"][-1]["widgets"][0]["buttonList"]["buttons"]
    assert [button["text"] for button in buttons] == ["Report", "Chaos report"]
