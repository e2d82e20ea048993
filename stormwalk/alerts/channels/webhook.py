"""A signed webhook, for whatever has no channel of its own.

The body is JSON with the fields of an alert. These headers come with it:

    X-Stormwalk-Delivery    the same at every try of one message: who has seen it has a repeat before them
    X-Stormwalk-Timestamp   seconds since the epoch, of this try
    X-Stormwalk-Signature   sha256=HEX, the HMAC-SHA256 over TIMESTAMP.BODY, with the key that both sides know

The key stands in the environment variable of the address' name with _SECRET behind it. A receiver computes the HMAC
over the bytes that it got, compares in constant time, and refuses timestamps that are minutes old.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import asdict
from typing import ClassVar

from stormwalk.alerts.alert import Alert
from stormwalk.alerts.channel import Channel, Destination, Letter
from stormwalk.alerts.posting import Allowed, post
from stormwalk.errors import AlertError

_SHORTEST_KEY = 16
_MOST_LINES = 100


class Webhook(Channel):
    """Posts to any https address, and to http on this machine."""

    name = "webhook"
    about = "an https address; the key of the signature stands in the variable NAME_SECRET"
    allowed: ClassVar[Allowed] = Allowed()

    def render(self, alert: Alert) -> str:
        fields = asdict(alert)
        for part in fields["parts"]:
            part["more"] = max(0, len(part["lines"]) - _MOST_LINES)
            part["lines"] = part["lines"][:_MOST_LINES]
        return json.dumps({"version": 1, **fields}, ensure_ascii=False)

    def check(self, destination: Destination) -> None:
        self.allowed.check(destination.variable, destination.address)
        if len(destination.key) < _SHORTEST_KEY:
            raise AlertError(
                f"{destination.variable}_SECRET must hold the key of the signature, at least {_SHORTEST_KEY} characters"
            )

    def deliver(self, letter: Letter, destination: Destination) -> None:
        body, now = letter.payload.encode("utf-8", "replace"), str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=UTF-8",
            "X-Stormwalk-Delivery": letter.id,
            "X-Stormwalk-Timestamp": now,
            "X-Stormwalk-Signature": f"sha256={signature(body, now, destination.key)}",
        }
        post(destination.address, body, headers)


def signature(body: bytes, timestamp: str, key: str) -> str:
    """The HMAC-SHA256 over `timestamp.body`, as hexadecimal digits."""
    return hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
