"""What Google Chat gets: documented fields, less than 32,000 bytes, and nothing of a page that it would obey."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stormwalk.alerts.alert import Line, Link, Part
from stormwalk.alerts.channel import Destination
from stormwalk.alerts.channels.google_chat import MOST_BYTES, GoogleChat
from stormwalk.errors import AlertError
from tests.alerts.chat import misshapen
from tests.alerts.runs import alert

GOOD = "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=abc-hush&token=def-hush"
HOSTILE = '<users/all> <a href="https://evil.test">log in</a> & <https://evil.test|log in> *now*'


def rendered(**more: object) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(GoogleChat().render(alert(**more)))
    assert misshapen(message) == []
    return message


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [value] if isinstance(value, str) else []


def test_a_card_with_figures_reasons_and_where_the_report_is() -> None:
    message = rendered()

    card = message["cardsV2"][0]["card"]
    assert card["header"] == {"title": "Small shop: Failed", "subtitle": "on main"}
    assert message["text"] == "Small shop: Failed"
    assert message["thread"] == {"threadKey": "stormwalk-small-shop-normal-main-0"}
    figures, failed, report = card["sections"]
    assert figures["widgets"][0]["textParagraph"]["text"] == "Total Steps: <b>12</b>"
    assert failed["header"] == "What failed"
    assert failed["widgets"][0]["decoratedText"]["text"] == "It was not shown"
    assert report["widgets"][0]["textParagraph"]["text"] == "Report: reports/20261122-101503-7f3a/report.html"


def test_buttons_where_addresses_are_known() -> None:
    message = rendered(links=(Link(text="Report", url="https://ci.test/1/report.html"),))

    (button,) = message["cardsV2"][0]["card"]["sections"][-1]["widgets"][0]["buttonList"]["buttons"]
    assert button == {"text": "Report", "onClick": {"openLink": {"url": "https://ci.test/1/report.html"}}}


def test_nothing_that_a_page_says_is_obeyed() -> None:
    line = Line(label=HOSTILE, text=HOSTILE, more=(HOSTILE,))
    message = rendered(
        headline=HOSTILE,
        project=HOSTILE,
        subtitle=HOSTILE,
        figures=((HOSTILE, HOSTILE),),
        parts=(Part(title=HOSTILE, lines=(line,)),),
        links=(Link(text=HOSTILE, url="https://ci.test/"),),
    )

    for text in [*texts(message["cardsV2"]), message["text"]]:
        ours = text.replace("<b>", "").replace("</b>", "").replace("<br>", "")
        assert "<" not in ours
        assert ">" not in ours
    shown = message["cardsV2"][0]["card"]["sections"][1]["widgets"][0]["decoratedText"]["text"]
    assert shown.startswith("&lt;users/all&gt; &lt;a href=")


@pytest.mark.parametrize("text", ["x" * 300, "€" * 300, "<&>" * 100, '"\\' * 150, "\N{GRINNING FACE}" * 300])
def test_what_is_too_long_is_cut_and_says_so(text: str) -> None:
    lines = tuple(Line(label=f"{number}", text=text, more=(text,) * 5) for number in range(500))
    parts = tuple(Part(title=f"part {number}", lines=lines) for number in range(4))

    whole = GoogleChat().render(alert(parts=parts))

    assert len(whole.encode()) <= MOST_BYTES
    message = json.loads(whole)
    assert misshapen(message) == []
    for section in message["cardsV2"][0]["card"]["sections"][1:5]:
        shown = [one for one in section["widgets"] if "decoratedText" in one]
        assert section["widgets"][-1]["textParagraph"]["text"] == (
            f"and {500 - len(shown)} more in the report" if shown else "500 in the report"
        )


def test_half_a_character_is_written_as_a_question_mark() -> None:
    payload = GoogleChat().render(alert(headline="broken \ud83d"))

    assert "broken ?" in payload.encode("utf-8", "replace").decode()


def test_a_whole_webhook_of_chat_is_taken() -> None:
    GoogleChat().check(Destination(variable="CHAT", address=GOOD))


@pytest.mark.parametrize(
    "address",
    [
        GOOD.replace("https", "http"),
        GOOD.replace("chat.googleapis.com", "evil.test"),
        GOOD.replace("chat.googleapis.com", "chat.googleapis.com.evil.test"),
        GOOD.replace("chat.googleapis.com", "chat.googleapis.com@evil.test"),
        GOOD.replace("chat.googleapis.com", "evil.test\\@chat.googleapis.com"),
        GOOD.replace("chat.googleapis.com", "user:pass@chat.googleapis.com"),
        GOOD.replace("chat.googleapis.com", "chat.googleapis.com:8443"),
        GOOD.replace("chat.googleapis.com", "127.0.0.1"),
        GOOD.replace("/messages", "/members"),
        GOOD.replace("token", "tokens"),
        GOOD.partition("?")[0],
        GOOD + " and more",
        "https://[broken",
        "hush",
        "file:///etc/passwd",
    ],
)
def test_any_other_address_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(AlertError) as refused:
        GoogleChat().check(Destination(variable="CHAT", address=address))

    assert "CHAT" in str(refused.value)
    assert "\n" not in str(refused.value)
    for secret in ("hush", "evil", "pass"):
        assert secret not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_address_is_not_shown_by_whoever_holds_it() -> None:
    assert "hush" not in repr(Destination(variable="CHAT", address=GOOD, key="hush"))
