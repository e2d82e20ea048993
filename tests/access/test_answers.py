"""What answers hold and how alike they are: by content, never by length."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stormwalk.access.answers import (
    Answer,
    about,
    alike,
    all_at,
    at,
    fields_named,
    gives_nothing,
    id_in,
    is_shell,
    leads_to,
    parsed,
    same_shape,
    same_values,
    says_error,
    times_set,
    volatile,
)


def said(data: Any, status: int = 200) -> Answer:
    return Answer(status=status, data=data, text=json.dumps(data), content_type="application/json")


def text(words: str, kind: str = "text/csv") -> Answer:
    return Answer(status=200, text=words, content_type=kind)


ORDERS = {"orders": [{"id": 1, "who": {"name": "Sam"}}, {"id": 2, "who": {"name": "Kim"}}], "count": 2}


@pytest.mark.parametrize(
    ("body", "kind", "data"),
    [
        ('{"a": 1}', "application/json", {"a": 1}),
        ('{"a": 1}', "application/problem+json; charset=utf-8", {"a": 1}),
        ('{"a": 1}', "text/html", None),
        ('{"a": 1', "application/json", None),
        ("", "application/json", None),
        ("[" * 100_000, "application/json", None),
        ("9" * 5_000, "application/json", None),
    ],
)
def test_parses_what_is_json_and_survives_what_is_not(body: str, kind: str, data: Any) -> None:
    assert parsed(body, kind) == data


def test_finds_what_stands_at_a_path() -> None:
    assert at({"user": {"role": "admin"}}, "user.role") == "admin"
    assert at({"user": ["admin"]}, "user.role") is None
    assert at(None, "user") is None
    assert list(all_at(ORDERS, "orders.who.name")) == ["Sam", "Kim"]
    assert list(all_at(ORDERS, "orders.price")) == []


@pytest.mark.parametrize(
    ("got", "same"),
    [
        ({"id": 7, "name": "Lantern", "stock": 3}, True),
        ({"id": 7, "name": "Lantern", "stock": 3, "more": 1}, True),
        ({"id": 7, "name": "Lantern", "stock": 4}, False),
        ({"id": 7, "name": "Lantern"}, False),
        ({"id": 8, "name": "Lanterm", "stock": 3}, False),
        ({"error": "forbidden"}, False),
        (None, False),
    ],
)
def test_the_same_values_and_no_others(got: Any, same: bool) -> None:
    assert same_values(said(got), said({"id": 7, "name": "Lantern", "stock": 3})) is same


def test_what_passes_does_not_count_and_what_is_empty_proves_nothing() -> None:
    right = {"at": 1, "id": 7, "name": "Lantern"}
    assert same_values(said({**right, "at": 2}), said(right), frozenset({"at"}))
    assert not same_values(said({"id": 7}), said({"id": 7}))
    assert not same_values(said({"a": "", "b": [], "c": None, "d": 1}), said({"a": "", "b": [], "c": None, "d": 1}))
    assert volatile(said({"at": 1, "id": 7}), said({"at": 2, "id": 7})) == {"at"}


def test_text_is_compared_whole_and_pages_never() -> None:
    csv = "product,sold,revenue\nLantern,12,90000"
    assert same_values(text(csv), text(csv.replace("\n", "\r\n")))
    assert not same_values(text(csv + "0"), text(csv))
    assert not same_values(text("ok"), text("ok"))
    assert not same_values(text(csv, "text/html"), text(csv, "text/html"))


def test_shape_is_keys_and_types() -> None:
    one, two = said({"id": 7, "name": "Lantern"}), said({"id": 8.5, "name": "Tarp"})
    assert same_shape(one, two)
    assert not same_shape(one, said({"id": "7", "name": "Tarp"}))
    assert not same_shape(said({"ok": True}), said({"ok": True}))
    assert not same_shape(one, text("id,name"))


def test_alike_is_status_target_and_fields_or_words() -> None:
    refusal = said({"error": "no order 7"}, 404)
    assert alike(refusal, said({"error": "no order 8"}, 404))
    assert not alike(refusal, said({"error": "no order 8"}, 403))
    assert not alike(refusal, said({"error": "no order 8", "owner": "Kim"}, 404))
    assert not alike(refusal, None)
    assert not alike(Answer(status=302, location="/a"), Answer(status=302, location="/b"))


def test_the_shell_is_known_by_its_words() -> None:
    shell = text("the shop loads its pages with a script and shows each as soon as it has it", "text/html")
    assert is_shell(shell, shell)
    assert not is_shell(text("users of the shop: sam, kim, ada and more", "text/html"), shell)
    assert not is_shell(shell, Answer(status=404, text=shell.text, content_type="text/html"))
    assert not is_shell(shell, None)
    assert not is_shell(said({"a": 1}), shell)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"error": "forbidden"}, True),
        ({"Errors": ["late"]}, True),
        ({"errors": []}, False),
        ({"error": None}, False),
        (["error"], False),
        ({"data": {"error": "x"}}, False),
    ],
)
def test_a_body_that_speaks_of_an_error(data: Any, says: bool) -> None:
    assert says_error(said(data)) is says


def test_a_redirect_to_a_page() -> None:
    assert leads_to(Answer(status=302, location="/login/"), ("/enter", "/login"))
    assert not leads_to(Answer(status=302, location="/login/help"), ("/login",))
    assert not leads_to(Answer(status=200, location="/login"), ("/login",))


def test_forbidden_fields_are_found_where_they_hold_something() -> None:
    data = {"users": [{"hash": "x1", "name": "Sam"}, {"hash": None}], "keys": ["k"], "hash": ""}
    names = frozenset({"hash", "keys"})
    assert list(fields_named(data, names)) == [("users[].hash", "x1"), ("keys[]", "k")]


def test_counts_a_field_that_was_set_in_the_part_that_it_is_about() -> None:
    data = {"users": [{"name": "sw1", "role": "admin"}, {"name": "Ada", "role": "admin"}]}
    assert times_set(data, "role", "admin") == 2
    assert times_set(about(data, "sw1"), "role", "admin") == 1
    assert about(data, "sw2") == data
    assert about(data, "") == data


def test_words_of_an_answer() -> None:
    assert Answer(status=None, failure="timed out").words == "timed out"
    assert Answer(status=None).words == "no answer"
    assert Answer(status=302, location="/login").words == "302 to /login"
    assert not Answer(status=200, text="anything").holds("")


def test_an_empty_answer_gives_nothing_where_the_right_one_does() -> None:
    full, empty = Answer(status=200, data=[{"id": 1}]), Answer(status=200, data=[])

    assert gives_nothing(empty, full)
    assert not gives_nothing(full, full)
    assert not gives_nothing(empty, empty)
    assert not gives_nothing(Answer(status=200, text="<p>"), full)


def test_the_last_part_of_an_address_is_an_id() -> None:
    assert id_in({"url": "http://127.0.0.1:1/api/orders/7/"}, "url") == "7"
    assert id_in({"order": {"id": 7}}, "order.id") == 7
    assert id_in({}, "url") is None
