from __future__ import annotations

import pytest

from stormwalk.redact.patterns import DEFAULT, names_a_secret, names_a_secret_in_a_query


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "newPassword",
        "PASSWORD",
        "user[password]",
        "access_token",
        "accessToken",
        "X-CSRF-Token",
        "api_key",
        "apiKey",
        "client_secret",
        "JSESSIONID",
        "Set-Cookie",
        "pass%77ord",
        "x-amz-signature",
        "otp",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert names_a_secret(name)
    assert names_a_secret_in_a_query(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "name",
        "tokenizer",
        "token_type",
        "session_count",
        "expires_in",
        "Idempotency-Key",
        "sort_key",
        "monkey",
        "keyboard",
        "postal_code",
        "-",
        "compass",
        "secretary",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not names_a_secret(name)
    assert not names_a_secret_in_a_query(name)


@pytest.mark.parametrize("name", ["code", "KEY", "sig", "auth"])
def test_names_that_are_secrets_in_a_query_only(name: str) -> None:
    assert names_a_secret_in_a_query(name)
    assert not names_a_secret(name)


def test_each_pattern_has_a_name_of_its_own() -> None:
    assert len({pattern.name for pattern in DEFAULT}) == len(DEFAULT)
