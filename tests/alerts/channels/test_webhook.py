"""The signed webhook: a receiver can tell that it is ours, and a repeat from a new message."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from stormwalk.alerts.alert import Line, Part
from stormwalk.alerts.channel import Destination, Letter
from stormwalk.alerts.channels.webhook import Webhook
from stormwalk.errors import AlertError
from tests.alerts.chat import Chat
from tests.alerts.runs import alert

KEY = "a key that both sides know"


def test_it_is_signed_over_timestamp_and_body() -> None:
    with Chat() as other:
        there = Destination(variable="HOOK", address=f"http://127.0.0.1:{other.port}/hook", key=KEY)
        letter = Letter(id="letter-1", channel="webhook", variable="HOOK", payload=Webhook().render(alert()))
        Webhook().check(there)
        Webhook().deliver(letter, there)

    (got,) = other.taken
    stamp = got.headers["X-Stormwalk-Timestamp"]
    expected = hmac.new(KEY.encode(), f"{stamp}.".encode() + got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-Stormwalk-Signature"] == f"sha256={expected}"
    assert got.headers["X-Stormwalk-Delivery"] == "letter-1"
    said = json.loads(got.body)
    assert (said["version"], said["project"], said["state"], said["mode"]) == (1, "Small shop", "failed", "normal")
    assert said["figures"] == [["Total Steps", "12"]]
    assert said["parts"][0]["lines"][0]["text"] == "It was not shown"


def test_a_thousand_reasons_are_cut_and_counted() -> None:
    lines = tuple(Line(label="", text=str(number)) for number in range(1000))

    (part,) = json.loads(Webhook().render(alert(parts=(Part(title="What failed", lines=lines),))))["parts"]

    assert (len(part["lines"]), part["more"]) == (100, 900)


@pytest.mark.parametrize(
    ("address", "key", "words"),
    [
        ("http://shop.test/hook", KEY, "does not hold an https address"),
        ("https://hooks.test/hush", "", "HOOK_SECRET must hold the key"),
        ("https://hooks.test/hush", "short", "at least 16 characters"),
        ("https://sam:hush@hooks.test/", KEY, "has a user's name in its address"),
    ],
)
def test_what_is_no_good_address_is_refused(address: str, key: str, words: str) -> None:
    with pytest.raises(AlertError, match=words) as refused:
        Webhook().check(Destination(variable="HOOK", address=address, key=key))

    assert "hush" not in str(refused.value)
