"""Google Chat: one card for each run, by the incoming webhook of a space.

https://developers.google.com/workspace/chat/quickstart/webhooks for addresses and threads,
https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create for the limit of 32,000 bytes,
https://developers.google.com/workspace/chat/api/reference/rest/v1/cards for the fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from stormwalk.alerts.alert import Alert, Line, Part
from stormwalk.alerts.channel import Channel, Destination, Letter
from stormwalk.alerts.posting import Allowed, post
from stormwalk.errors import AlertError

MOST_BYTES = 32_000
"""What Chat takes, text and cards together, as UTF-8."""

_LINES_AT_FIRST = 12
_SHOWN_UNFOLDED = 5
# What looks the same, in the places where Chat knows mentions, links and marks, and no way to write them otherwise.
_HARMLESS = str.maketrans(
    {
        "<": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
        ">": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
        "*": "\N{ASTERISK OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
        "~": "\N{TILDE OPERATOR}",
    }
)
_PATH = re.compile(r"/v1/spaces/[^/]+/messages")


class GoogleChat(Channel):
    """Posts to the webhook of a space. `allowed` can be changed in code, where a test stands in for Chat."""

    name = "google-chat"
    about = "the address of an incoming webhook of a Google Chat space"
    allowed: ClassVar[Allowed] = Allowed(hosts=frozenset({"chat.googleapis.com"}))

    def render(self, alert: Alert) -> str:
        """The message as JSON, with as many lines of each part as there is room for."""
        lines = _LINES_AT_FIRST
        while True:
            message = json.dumps(_message(alert, lines), ensure_ascii=False, separators=(",", ":"))
            if len(message.encode("utf-8", "replace")) <= MOST_BYTES or lines == 0:
                return message
            lines //= 2

    def check(self, destination: Destination) -> None:
        parts = self.allowed.check(destination.variable, destination.address)
        given = dict(parse_qsl(parts.query))
        if not _PATH.fullmatch(parts.path) or not given.get("key") or not given.get("token"):
            raise AlertError(
                f"{destination.variable} does not hold a whole webhook of Google Chat "
                "(https://chat.googleapis.com/v1/spaces/.../messages?key=...&token=...); copy it again from the space"
            )

    def deliver(self, letter: Letter, destination: Destination) -> None:
        headers = {"Content-Type": "application/json; charset=UTF-8"}
        post(_with_threads(destination.address), letter.payload.encode("utf-8", "replace"), headers)

    def space(self, destination: Destination) -> str:
        """The room: all its webhooks share one request a second."""
        parts = urlsplit(destination.address)
        return f"{parts.netloc}{parts.path}"


def _with_threads(address: str) -> str:
    """Without this option Chat ignores the key of the thread, and every message begins one."""
    parts = urlsplit(address)
    given = [pair for pair in parse_qsl(parts.query) if pair[0] not in ("messageReplyOption", "threadKey")]
    query = urlencode([*given, ("messageReplyOption", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD")])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _message(alert: Alert, lines: int) -> dict[str, Any]:
    card = {
        "header": {"title": _plain(f"{alert.project}: {alert.headline}"), "subtitle": _plain(alert.subtitle)},
        "sections": [_figures(alert), *(_section(part, lines) for part in alert.parts if part.lines), *_ways(alert)],
    }
    return {
        "text": _plain(f"{alert.project}: {alert.headline}"),
        "cardsV2": [{"cardId": f"run-{alert.run_id}", "card": card}],
        "thread": {"threadKey": alert.thread},
    }


def _figures(alert: Alert) -> dict[str, Any]:
    text = "<br>".join(f"{escape(name)}: <b>{escape(value)}</b>" for name, value in alert.figures)
    return {"widgets": [{"textParagraph": {"text": text or "No figures."}}]}


def _section(part: Part, lines: int) -> dict[str, Any]:
    shown = part.lines[:lines]
    widgets = [_widget(one) for one in shown]
    more = len(part.lines) - len(shown)
    if more:
        told = f"and {more:,} more in the report" if shown else f"{more:,} in the report"
        widgets.append({"textParagraph": {"text": told}})
    section: dict[str, Any] = {"header": escape(part.title), "widgets": widgets}
    if len(widgets) > _SHOWN_UNFOLDED:
        section |= {"collapsible": True, "uncollapsibleWidgetsCount": _SHOWN_UNFOLDED}
    return section


def _widget(line: Line) -> dict[str, Any]:
    text = "<br>".join(escape(one) for one in (line.text, *line.more) if one)
    label = {"topLabel": _plain(line.label)} if line.label else {}
    return {"decoratedText": {**label, "text": text, "wrapText": True}}


def _ways(alert: Alert) -> Iterable[dict[str, Any]]:
    """Buttons where there are addresses, else the place on the machine that made the run."""
    buttons = [{"text": _plain(one.text), "onClick": {"openLink": {"url": one.url}}} for one in alert.links]
    if buttons:
        yield {"widgets": [{"buttonList": {"buttons": buttons}}]}
    elif alert.report_path:
        yield {"widgets": [{"textParagraph": {"text": f"Report: {escape(alert.report_path)}"}}]}


def escape(text: str) -> str:
    """Text for the places in a card that obey a little HTML: what a page says can be no link, no mention, no markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str) -> str:
    """Text for the places that know no HTML: `<users/all>` there would call everybody."""
    return text.translate(_HARMLESS)
