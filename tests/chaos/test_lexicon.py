from __future__ import annotations

import pytest

from chaos.lexicon import (
    asks_to_try_again,
    offers_retry,
    pattern_of,
    tells_failure,
    tells_loading,
    tells_progress,
    tells_success,
    tries_by_itself,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The shop cannot be reached. Check your connection and try again.", "failure"),
        ("Something went wrong on our side.", "failure"),
        ("Couldn't save your address", "failure"),
        ("Your order could not be confirmed", "failure"),
        ("Payment failed", "failure"),
        ("Sending failed…", "failure"),
        ("Das hat leider nicht geklappt", "failure"),
        ("Your order has not been placed.", "failure"),
        ("Your changes weren't saved.", "failure"),
        ("Connection lost", "failure"),
        ("The server is not responding.", "failure"),
        ("This content isn't available right now.", "failure"),
        ("No order was placed. Nothing was charged.", ""),
        ("Saved on this device. We will send it when you are connected again.", ""),
        ("No orders yet", ""),
        ("Une erreur est survenue", "failure"),
        ("Order 17 is confirmed.", "success"),
        ("Thank you for your order", "success"),
        ("Added to your basket", "success"),
        ("Gespeichert", "success"),
        ("Placing order…", "progress"),
        ("Loading", "progress"),
        ("Please wait", "progress"),
        ("Looking for lamps...", "progress"),
        ("3 results", ""),
        ("Your basket: 2 lamps", ""),
        ("A terror of a lamp", ""),
        ("", ""),
    ],
)
def test_what_words_mean(text: str, kind: str) -> None:
    means = {"failure": tells_failure(text), "success": tells_success(text), "progress": tells_progress(text)}

    assert [name for name, holds in means.items() if holds] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("text", "loading"),
    [
        ("Loading…", True),
        ("Loading your orders...", True),
        ("loading", True),
        ("Please wait!", True),
        ("Checking accounts", False),
        ("Loading was never so easy", False),
        ("Read more…", False),
        ("Sending and returns", False),
    ],
)
def test_a_line_that_only_says_that_something_is_coming(text: str, loading: bool) -> None:
    assert tells_loading(text) is loading


def test_what_differs_only_in_numbers_is_the_same() -> None:
    assert pattern_of("Order 17 is  confirmed: 48.00") == pattern_of("order 9 is confirmed: 1,204.50")
    assert pattern_of("Ref 0b1c2d3e-aaaa-bbbb-cccc-000011112222") == pattern_of(
        "Ref 9f1c2d3e-aaaa-bbbb-cccc-0000111122aa"
    )
    assert pattern_of("Order 17 is confirmed") != pattern_of("Order 17 is refused")


@pytest.mark.parametrize(("text", "retry"), [("Retry", True), ("Try again", True), ("Place order", False)])
def test_what_offers_another_try(text: str, retry: bool) -> None:
    assert offers_retry(text) is retry


@pytest.mark.parametrize(
    ("text", "again"),
    [
        ("Your order failed. Please try again.", True),
        ("Something went wrong, retry in a minute", True),
        ("Das hat nicht geklappt. Bitte erneut senden.", True),
        ("Une erreur est survenue, veuillez réessayer", True),
        ("That did not work", False),
        ("Please reload the page", False),
        ("Back again", False),
    ],
)
def test_which_sentences_ask_to_do_it_again(text: str, again: bool) -> None:
    assert asks_to_try_again(text) is again


@pytest.mark.parametrize(
    ("name", "offers"),
    [
        ("Try again", True),
        ("Erneut versuchen", True),
        ("Réessayer", True),
        ("Buy it again", False),
        ("Order again", False),
        ("Erneut bestellen", False),
        ("Warenkorb aktualisieren", False),
    ],
)
def test_a_button_that_buys_again_offers_no_retry(name: str, offers: bool) -> None:
    assert offers_retry(name) is offers


@pytest.mark.parametrize(
    ("text", "by_itself"),
    [
        ("No connection. We try again in 3 seconds.", True),
        ("Reconnecting…", True),
        ("It retries automatically", True),
        ("Please try again in a few minutes", False),
        ("We try to keep our prices low", False),
    ],
)
def test_a_page_that_tries_again_itself_says_so(text: str, by_itself: bool) -> None:
    assert tries_by_itself(text) is by_itself
