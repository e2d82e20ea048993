"""Names of files, runs and journeys."""

from __future__ import annotations

import re

import pytest

from stormwalk.naming import journey_key, new_run_id, slug, words


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Place the order!", "place-the-order"),
        ("  Add 2 x Lamp / £3.50  ", "add-2-x-lamp-3-50-7dfe179"),
        ("../../etc/passwd", "etc-passwd"),
        ("注文する", "84de258"),
        ("!!!", "e84c538"),
        ("x" * 60, "x" * 60),
    ],
)
def test_a_slug_is_a_safe_file_name(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(("one", "other"), [("注文", "支払"), ("!", "?"), ("a" * 80, "a" * 79 + "b"), ("é", "è")])
def test_slugs_of_what_does_not_survive_differ(one: str, other: str) -> None:
    assert slug(one) != slug(other)
    assert len(slug(one)) <= 68


def test_a_slug_of_half_a_character_does_not_break() -> None:
    assert re.fullmatch("[0-9a-f]{7}", slug("\ud800"))


@pytest.mark.parametrize(
    ("nodeid", "key"),
    [
        ("journeys/test_shopper.py::test_buys", "test_shopper-test_buys"),
        ("journeys/test_shopper.py::test_buys[chromium]", "test_shopper-test_buys"),
        ("journeys/test_shopper.py::test_buys[chromium-lost-reply]", "test_shopper-test_buys-lost-reply"),
        ("journeys/test_shopper.py::test_buys[lost-reply-chromium]", "test_shopper-test_buys-lost-reply"),
        ("journeys/test_shopper.py::test_buys[firefox]", "test_shopper-test_buys-firefox"),
        ("journeys/test_shopper.py::TestBuying::test_buys", "test_shopper-TestBuying-test_buys"),
        ("test_shopper.py::test_buys", "test_shopper-test_buys"),
        ("e2e/shop/test_login.py::test_in", "e2e-shop-test_login-test_in"),
    ],
)
def test_the_key_of_a_journey(nodeid: str, key: str) -> None:
    assert journey_key(nodeid) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a/test_x.py::test_y", "b/test_x.py::test_y"),
        ("journeys/a/test_x.py::test_y", "journeys/b/test_x.py::test_y"),
        ("test_x.py::test_y[a b]", "test_x.py::test_y[a-b]"),
        ("test_x.py::test_y[注文]", "test_x.py::test_y[支払]"),
        ("test_x.py::test_y[" + "a" * 300 + "1]", "test_x.py::test_y[" + "a" * 300 + "2]"),
        ("test_x.py::test_y[a[b]", "test_x.py::test_y[a-b]"),
        ("test_x.py::test_y[a/b]", "test_x.py::test_y[a-b]"),
        ("test_x.py::test_y[a::b]", "test_x.py::test_y[a-b]"),
    ],
)
def test_no_two_journeys_share_a_key(one: str, other: str) -> None:
    assert journey_key(one) != journey_key(other)


@pytest.mark.parametrize("parameter", ["../../up", "a/b", "a\\b", "nul\x00", "line\nbreak", "x" * 400, "注文", "~1"])
def test_a_key_is_a_safe_folder_name(parameter: str) -> None:
    key = journey_key(f"journeys/test_x.py::test_y[{parameter}]")

    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,160}", key)


def test_later_attempts_have_keys_of_their_own() -> None:
    assert journey_key("test_x.py::test_y", attempt=3) == "test_x-test_y~3"


def test_run_ids_sort_by_time() -> None:
    ids = [new_run_id(at) for at in (0.0, 1.0, 86_400.0, 1_800_000_000.0)]

    assert ids == sorted(ids)
    assert re.fullmatch(r"19700101-000000-[0-9a-f]{4}", ids[0])


@pytest.mark.parametrize(
    ("identifier", "said"),
    [("test_shopper_buys", "Shopper buys"), ("test_", ""), ("walk", "Walk"), ("test_a__b_", "A  b")],
)
def test_words(identifier: str, said: str) -> None:
    assert words(identifier) == said
