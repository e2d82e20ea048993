"""Apprise: Slack, Teams, e-mail and some hundred others, through the package of that name (`stormwalk[apprise]`)."""

from __future__ import annotations

import importlib
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stormwalk.alerts.alert import Alert, State
from stormwalk.alerts.channel import Channel, Destination, Letter, NotDelivered
from stormwalk.errors import AlertError

_KINDS = {State.PASSED: "success", State.FAILED: "failure", State.ERROR: "warning"}
_LINES = 10
_LONGEST_BODY = 4000


class Apprise(Channel):
    """Hands over a title and a plain text. Several addresses may stand in the variable, with blanks between them: each
    gets a letter of its own, so that one that is dead does not have the others told again and again."""

    name = "apprise"
    about = "addresses of Apprise, such as slack://...; needs: pip install 'stormwalk[apprise]'"

    def render(self, alert: Alert) -> str:
        title = f"{alert.project}: {alert.headline}"
        return json.dumps({"title": title, "body": _body(alert), "kind": _KINDS[alert.state]}, ensure_ascii=False)

    def payloads(self, alert: Alert, destination: Destination) -> list[str]:
        said = json.loads(self.render(alert))
        places = range(len(destination.address.split()))
        return [json.dumps({**said, "place": place}, ensure_ascii=False) for place in places]

    def check(self, destination: Destination) -> None:
        with _package() as apprise:
            for number, url in enumerate(destination.address.split(), 1):
                if not apprise.Apprise.instantiate(url, suppress_exceptions=True):
                    raise AlertError(f"{destination.variable} holds no address that Apprise knows, at place {number}")

    def deliver(self, letter: Letter, destination: Destination) -> None:
        said = json.loads(letter.payload)
        with _package() as apprise:
            teller = apprise.Apprise()
            for url in _meant(destination, said.get("place")):
                teller.add(url)
            taken = teller.notify(
                title=said["title"], body=said["body"], notify_type=said["kind"], body_format=apprise.NotifyFormat.TEXT
            )
        if not taken:
            # It does not say why.
            raise NotDelivered("was refused by Apprise", later=True, doubt=True)


def _meant(destination: Destination, place: int | None) -> list[str]:
    """The address of a letter; all of them for one that was written before each had its own."""
    urls = destination.address.split()
    if place is None:
        return urls
    if place >= len(urls):
        raise AlertError(f"{destination.variable} has no address at place {place + 1} any more")
    return [urls[place]]


@contextmanager
def _package() -> Iterator[Any]:
    # It warns of what its modules import, which is nobody's business here, and an error where a project wants that.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            apprise = importlib.import_module("apprise")
        except ImportError:
            raise AlertError("the channel apprise needs its package: pip install 'stormwalk[apprise]'") from None
        # It logs addresses, in part at least; what came of it we say ourselves.
        logging.getLogger("apprise").disabled = True
        yield apprise


def _body(alert: Alert) -> str:
    lines = [alert.subtitle, "", *(f"{name}: {value}" for name, value in alert.figures)]
    for part in alert.parts:
        lines += ["", part.title, *(f"- {one.label}: {one.text}" for one in part.lines[:_LINES])]
        if len(part.lines) > _LINES:
            lines.append(f"and {len(part.lines) - _LINES} more in the report")
    lines += ["", *(f"{one.text}: {one.url}" for one in alert.links)]
    if not alert.links and alert.report_path:
        lines.append(f"Report: {alert.report_path}")
    text = "\n".join(lines).strip()
    return text if len(text) <= _LONGEST_BODY else text[: _LONGEST_BODY - 1] + "…"
