"""The channel of many channels: with its package, and without it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from stormwalk.alerts.alert import Line, Part
from stormwalk.alerts.channel import Destination, Letter
from stormwalk.alerts.channels.apprise import Apprise
from stormwalk.errors import AlertError
from tests.alerts.chat import Chat
from tests.alerts.runs import alert


def test_warnings_that_are_errors_in_a_project_keep_nobody_from_being_told() -> None:
    """Its modules warn of what they import, and pytest's `filterwarnings = error` holds at the end of a run, too."""
    code = """
from stormwalk.alerts.channel import Destination
from stormwalk.alerts.channels.apprise import Apprise
Apprise().check(Destination(variable="TELL", address="json://127.0.0.1:1/x"))
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_plain_text_with_the_figures_and_the_worst_of_it() -> None:
    lines = tuple(Line(label=f"step {number}", text="It was not shown") for number in range(30))

    said = json.loads(Apprise().render(alert(parts=(Part(title="What failed", lines=lines),))))

    assert (said["title"], said["kind"]) == ("Small shop: Failed", "failure")
    assert "Total Steps: 12" in said["body"]
    assert "- step 9: It was not shown\nand 20 more in the report" in said["body"]
    assert said["body"].endswith("Report: reports/20261122-101503-7f3a/report.html")


def test_without_its_package_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(AlertError) as refused:
        Apprise().check(Destination(variable="SLACK", address="json://127.0.0.1/"))

    assert str(refused.value) == "the channel apprise needs its package: pip install 'stormwalk[apprise]'"


def test_it_is_handed_over_to_every_address() -> None:
    with Chat() as other:
        there = Destination(variable="A", address=f"json://127.0.0.1:{other.port}/a json://127.0.0.1:{other.port}/b")
        Apprise().check(there)
        Apprise().deliver(Letter(id="1", channel="apprise", variable="A", payload=Apprise().render(alert())), there)

    assert sorted(one.path for one in other.taken) == ["/a", "/b"]
    assert all(json.loads(one.body)["title"] == "Small shop: Failed" for one in other.taken)


def test_each_address_has_a_letter_of_its_own() -> None:
    """One that is dead would have the others told again and again."""
    with Chat() as other:
        there = Destination(variable="A", address=f"json://127.0.0.1:{other.port}/a json://127.0.0.1:{other.port}/b")
        for payload in Apprise().payloads(alert(), there):
            Apprise().deliver(Letter(id="1", channel="apprise", variable="A", payload=payload), there)
        assert [one.path for one in other.taken] == ["/a", "/b"]

        alone = replace(there, address=f"json://127.0.0.1:{other.port}/a")
        with pytest.raises(AlertError, match="A has no address at place 2 any more"):
            Apprise().deliver(Letter(id="1", channel="apprise", variable="A", payload=payload), alone)


def test_an_address_that_it_does_not_know_is_not_shown() -> None:
    with pytest.raises(AlertError, match="SLACK holds no address that Apprise knows, at place 2") as refused:
        Apprise().check(Destination(variable="SLACK", address="json://127.0.0.1/ nonsense://hush"))

    assert "hush" not in str(refused.value)
