"""Going offline in the middle of a page that comes whole from the server."""

from __future__ import annotations

from playwright.sync_api import expect

from stormwalk.storm import Outcome
from tests.chaos.storming import Stormer, wait_until


def test_a_form_that_is_sent_offline_ends_and_does_not_hang(storming: Stormer) -> None:
    stormy = storming("offline:100ms once @ POST /form", path="/form")

    stormy.page.get_by_role("button", name="Send").click(timeout=5_000)

    wait_until(stormy.page, lambda: bool(stormy.storm.decisions))
    assert stormy.decision.outcome is Outcome.APPLIED
    assert storming.town.count("POST", "/form") == 0
    stormy.storm.lift()
    stormy.page.goto("/form")
    stormy.page.get_by_role("button", name="Send").click()
    expect(stormy.page.get_by_role("heading")).to_have_text("Done")
