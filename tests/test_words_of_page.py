from __future__ import annotations

import pytest

from stormwalk.failures import Failure, with_words_of_page
from stormwalk.model import Status

RED = Failure(Status.FAILED, "the shop greets whoever has logged in")


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        ("- main:\n  - alert: Sold out\n  - paragraph: Goods", "Sold out"),
        ("- alert:\n  - paragraph: It is late.\n  - button \"Retry\"\n- main: Goods", "It is late."),
        ('- alert:\n  - heading "Not found" [level=1]\n  - paragraph: No such order.', "Not found / No such order."),
        ('- alert:\n  - paragraph: "Beware: dogs"\n- paragraph: Goods', "Beware: dogs"),
        ("- alert: One\n- alert: Two\n- alert: Three", "One / Two"),
    ],
)  # fmt: skip
def test_the_reason_ends_with_what_the_page_says(snapshot: str, said: str) -> None:
    told = with_words_of_page(RED, snapshot)
    assert told.reason == f"{RED.reason}; the page says: {said}"
    assert with_words_of_page(told, snapshot) == told


@pytest.mark.parametrize("snapshot", ["", "- alert", "- main:\n  - status: Saved", '- alert:\n  - button "Retry"'])
def test_a_page_without_words_of_alarm_changes_nothing(snapshot: str) -> None:
    assert with_words_of_page(RED, snapshot) == RED


def test_only_what_the_application_did_wrong_is_explained_by_the_page() -> None:
    error = Failure(Status.ERROR, "the page crashed")
    assert with_words_of_page(error, "- alert: Sold out") == error


def test_a_long_reason_leaves_room_for_the_page() -> None:
    told = with_words_of_page(Failure(Status.FAILED, "x" * 400), "- alert: " + "y" * 900)
    assert len(told.reason) == 400
    assert "x…; the page says: yyy" in told.reason
