"""Forged tokens: each differs from the good one in just what it is named after."""

from __future__ import annotations

import time

import jwt
import pytest

from stormwalk.access.forge import forgeries, is_jwt, signed_again

KEY = "a-key-that-is-long-enough-for-the-algorithm"


def token(**claims: object) -> str:
    return jwt.encode({"sub": "7", "iat": int(time.time()), "exp": int(time.time()) + 900, **claims}, KEY, "HS256")


def refused(forged: str) -> str:
    with pytest.raises(jwt.PyJWTError) as refusal:
        jwt.decode(forged, KEY, algorithms=["HS256"])
    return type(refusal.value).__name__


def test_each_forgery_is_refused_for_its_own_reason() -> None:
    good = token()
    reasons = [(one.rule, refused(one.token)) for one in forgeries(good)]
    assert reasons == [
        ("garbage-token-accepted", "DecodeError"),
        ("signature-not-checked", "InvalidSignatureError"),
        ("signature-stripped-accepted", "InvalidSignatureError"),
        *[("alg-none-accepted", "InvalidAlgorithmError")] * 3,
    ]
    assert [one.what for one in forgeries(good)][-3:] == ["alg: none", "alg: None", "alg: nOnE"]


def test_what_is_no_jwt_is_only_replaced_by_garbage() -> None:
    for other in ("", "opaque", "a.b.c", "..", "é.é.é"):
        assert not is_jwt(other)
        assert [one.rule for one in forgeries(other)] == ["garbage-token-accepted"]


def test_the_claims_stay_and_the_time_is_another() -> None:
    good = token(role="shopper")
    old = signed_again(good, KEY, "HS256", age_s=3600)
    fresh = signed_again(good, KEY, "HS256", age_s=-3600)
    assert refused(old) == "ExpiredSignatureError"
    claims = jwt.decode(fresh, KEY, algorithms=["HS256"])
    assert (claims["sub"], claims["role"]) == ("7", "shopper")
    assert claims["iat"] <= time.time() < claims["exp"]


def test_a_token_is_not_shown() -> None:
    assert token()[:20] not in repr(list(forgeries(token())))
