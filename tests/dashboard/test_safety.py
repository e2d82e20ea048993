"""Strangers stay out, whatever they ask for; what they would have got stands beside each request."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from dashboard.safety import COOKIE
from dashboard.settings import Settings, is_loopback, token_for
from dashboard.stream import HEARTBEAT
from stormwalk.errors import UsageError
from stormwalk.store import Store
from tests.dashboard import tales
from tests.dashboard.attacks import HOSTS, LARGE, PATHS, WRITES, Attack
from tests.dashboard.serving import Answer, Served, served

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture(scope="module")
def root(root: Path) -> Path:
    """With traps among the pictures."""
    folder = root / "screenshots" / tales.RUN / "shopper"
    (root / "secret.jpg").write_text("the secret", encoding="utf-8")
    (folder / "link.jpg").symlink_to(root / "secret.jpg")
    for name in ("page.html", "drawing.svg"):
        (folder / name).write_text("<script>alert(1)</script>", encoding="utf-8")
    return root


@pytest.mark.parametrize("attack", [*HOSTS, *WRITES, *PATHS, *LARGE], ids=lambda one: f"{one.name}: {one.would}")
def test_it_does_not_get_through(attack: Attack, dashboard: Served, root: Path) -> None:
    with Store.open(root / "stormwalk.db") as store:
        before = store.requests(tales.STORM), store.requests(tales.RUN)
        assert attack.send(dashboard) in attack.refused
        assert (store.requests(tales.STORM), store.requests(tales.RUN)) == before == ([], [])


def test_there_are_enough_of_them() -> None:
    assert len([*HOSTS, *WRITES, *PATHS, *LARGE]) >= 40


def test_what_is_right_gets_through(dashboard: Served, tmp_path: Path) -> None:
    """Or all of the above would prove nothing."""
    with Store.open(tmp_path / "other.db") as store:
        store.append(tales.STORM, tales.storm_begins())
    with served(tmp_path / "other.db", tmp_path) as other:
        body = f"csrf={other.csrf(f'/runs/{tales.STORM}')}&ask=rule-off%20latency/slow"
        done = other.ask(f"/runs/{tales.STORM}/requests", "POST", {"Origin": other.url}, body)
        with Store.open(tmp_path / "other.db") as store:
            asked = store.requests(tales.STORM)
    assert (done.status, [(one.kind, one.rule) for one in asked]) == (303, [("rule-off", "latency/slow")])
    picture = dashboard.ask(f"/runs/{tales.RUN}/pictures/shopper/04-step.jpg")
    assert (picture.status, picture.headers["content-type"]) == (200, "image/jpeg")
    assert dashboard.ask("/", headers={"Host": f"localhost:{dashboard.port}"}).status == 200


def test_a_page_may_load_nothing_from_elsewhere_and_nobody_may_frame_it(dashboard: Served) -> None:
    for path in ("/", "/runs", f"/runs/{tales.RUN}", "/no-such-page", "/static/live.js", f"/runs/{tales.STORM}/since"):
        policy = dashboard.ask(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert dashboard.ask(path).headers["x-content-type-options"] == "nosniff"


def test_no_page_has_a_script_or_a_style_of_its_own(dashboard: Served) -> None:
    step = f"/runs/{tales.RUN}/journeys/2/steps/4"
    for path in ("/", "/runs", f"/runs/{tales.RUN}", step, f"/runs/{tales.STORM}/stop", "/nothing"):
        page = dashboard.ask(path).text
        assert "<!doctype html>" in page
        assert [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag] == []
        assert re.findall(r"\sstyle=|<style|\son\w+=|javascript:", page) == []


def test_another_site_is_told_nothing(dashboard: Served) -> None:
    answer = dashboard.ask(f"/runs/{tales.STORM}/since", headers={"Origin": "http://evil.example"})

    assert [name for name in answer.headers if name.startswith("access-control")] == []
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_filter_is_text_and_no_template(dashboard: Served) -> None:
    page = dashboard.ask(f"/runs/{tales.RUN}?text=%7B%7B7*7%7D%7D%22%3E%3Cscript%3E").text

    assert "{{7*7}}&#34;&gt;&lt;script&gt;" in page


def test_so_many_streams_are_served_and_the_next_viewer_is_told_so(dashboard: Served) -> None:
    """Or a page left open in every tab would take all threads, and nobody would see anything."""
    with ExitStack() as viewers:
        for _ in range(Settings(store_url="").viewers):
            viewers.enter_context(_seated(dashboard))
        late = _stream(dashboard)
        assert late.status == 503
        assert "asking every two seconds" in json.loads(late.read())["error"]
        assert dashboard.ask(f"/runs/{tales.STORM}/since").json["messages"]
    _seated(dashboard).close()  # a seat is free again when its viewer has gone


def _seated(to: Served) -> HTTPResponse:
    """A stream; waits for whoever has just left, of whom the server hears at the next heartbeat."""
    end = time.monotonic() + 12 * HEARTBEAT
    while (stream := _stream(to)).status == 503 and time.monotonic() < end:
        stream.close()
        time.sleep(0.2)
    assert stream.status == 200
    return stream


def _stream(to: Served) -> HTTPResponse:
    """The answer with its socket, which is closed with it, or with the last name of it."""
    connection = HTTPConnection("127.0.0.1", to.port, timeout=20)
    given = {"Host": f"127.0.0.1:{to.port}", "Accept": "text/event-stream"}
    connection.request("GET", f"/runs/{tales.STORM}/stream", headers=given)
    return connection.getresponse()


@pytest.fixture(scope="module")
def locked(root: Path) -> Iterator[Served]:
    with served(root / "stormwalk.db", root, token=TOKEN) as running:
        yield running


DATA = [f"/runs/{tales.RUN}", "/runs", "/", f"/runs/{tales.RUN}/since", f"/runs/{tales.STORM}/stream", "/newest",
        f"/runs/{tales.RUN}/pictures/shopper/04-step.jpg", f"/runs/{tales.RUN}/thumbnails/shopper/01-step.jpg",
        f"/runs/{tales.RUN}/journeys/1/steps/1", f"/runs/{tales.STORM}/stop"]  # fmt: skip


@pytest.mark.parametrize("path", DATA)
@pytest.mark.parametrize(
    ("cookie", "would"),
    [
        ("", "whoever reaches the port sees all runs"),
        (f"{COOKIE}=", "an empty cookie is as good as none"),
        (f"{COOKIE}={TOKEN}", "the token itself lies in cookies, from which the way back is short"),
        (f"{COOKIE}={'0' * 64}", "a guess of the right length is let in"),
    ],
    ids=lambda one: one if " " in one else None,
)
def test_without_the_token_there_is_nothing_to_see(path: str, cookie: str, would: str, locked: Served) -> None:
    page = locked.ask(path, headers={"Cookie": cookie})
    script = locked.ask(path, headers={"Cookie": cookie}, accept="application/json")

    assert (page.status, page.headers["location"]) == (302, "/enter"), would
    assert script.status == 401
    assert b"shopper" not in page.body + script.body


def test_the_token_is_not_taken_from_the_address(locked: Served) -> None:
    """Or it would stand in the history of the browser, and in every log on the way."""
    assert locked.ask(f"/runs?token={TOKEN}").status == 302


def test_nobody_steers_a_run_without_the_token(locked: Served, root: Path) -> None:
    done = locked.ask(f"/runs/{tales.STORM}/requests", "POST", {"Origin": locked.url}, "csrf=&ask=pause")

    assert done.status == 401
    with Store.open(root / "stormwalk.db") as store:
        assert store.requests(tales.STORM) == []


def enter(locked: Served, token: str, origin: str = "") -> Answer:
    return locked.ask("/enter", "POST", {"Origin": origin or locked.url}, f"token={token}")


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "%F0%9F%92%A9", "x" * 10_000])
def test_a_wrong_token_opens_nothing(token: str, locked: Served) -> None:
    answer = enter(locked, token)

    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_another_site_cannot_try_tokens(locked: Served) -> None:
    assert enter(locked, TOKEN, "http://evil.example").status == 403


def test_the_right_token_lets_in_with_a_cookie_that_scripts_and_other_sites_do_not_get(locked: Served) -> None:
    answer = enter(locked, TOKEN)
    cookie = answer.headers["set-cookie"]

    assert answer.status == 302
    assert TOKEN not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert locked.ask(f"/runs/{tales.RUN}", headers={"Cookie": cookie.partition(";")[0]}).status == 200


@pytest.mark.parametrize(
    ("host", "alone"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False),
     ("::", False), ("192.168.1.5", False), ("host.example", False), ("", False)],
)  # fmt: skip
def test_only_loopback_needs_no_token(host: str, alone: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORMWALK_DASHBOARD_TOKEN", raising=False)

    assert is_loopback(host) is alone
    assert bool(token_for(host)) is not alone


def test_a_short_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORMWALK_DASHBOARD_TOKEN", "1234")

    with pytest.raises(UsageError, match="at least 16 characters"):
        token_for("0.0.0.0")


def test_settings_never_print_the_token() -> None:
    assert TOKEN not in repr(Settings(store_url="", token=TOKEN))
