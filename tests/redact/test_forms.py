from __future__ import annotations

import base64

import pytest

from stormwalk.redact.forms import base64_forms, text_forms


def test_plain_letters_have_one_form() -> None:
    assert text_forms("Passw0rd-Sam") == {"Passw0rd-Sam"}


@pytest.mark.parametrize("form", ["a/b c", "a%2Fb%20c", "a%2fb%20c", "a/b%20c", "a%2Fb+c"])
def test_percent_forms(form: str) -> None:
    assert form in text_forms("a/b c")


@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "sam@shop.test:"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("secret", ["Passw0rd-Sam", "ÿÿÿ>>>???~~~", "12345678"])
def test_base64_is_found_at_every_offset(before: str, after: str, secret: str) -> None:
    whole = (before + secret + after).encode()
    for encoded in (base64.b64encode(whole), base64.urlsafe_b64encode(whole)):
        assert any(form in encoded.decode() for form in base64_forms(secret))


def test_pieces_that_are_met_by_chance_are_left_out() -> None:
    assert base64_forms("abcd") == frozenset()
