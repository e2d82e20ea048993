"""Tokens that an application must refuse, made of one that it gave out."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt

GARBAGE = "stormwalk.is-no.token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A token that must be refused, and the rule that is broken where it is not."""

    rule: str
    what: str
    token: str = field(repr=False)


def is_jwt(token: str) -> bool:
    """Whether the token has the three parts of a JSON Web Token and a header that can be read."""
    try:
        return token.count(".") == 2 and bool(jwt.get_unverified_header(token))
    except jwt.PyJWTError:
        return False


def forgeries(token: str) -> Iterator[Forgery]:
    """Garbage, and for a JSON Web Token the changes that need no key."""
    yield Forgery(rule="garbage-token-accepted", what="a token that is none", token=GARBAGE)
    if not is_jwt(token):
        return
    header, payload, signature = token.split(".")
    changed = _other(signature[0]) + signature[1:]
    yield Forgery(rule="signature-not-checked", what="a changed signature", token=f"{header}.{payload}.{changed}")
    yield Forgery(rule="signature-stripped-accepted", what="no signature", token=f"{header}.{payload}.")
    for name in ("none", "None", "nOnE"):
        unsigned = _coded({**jwt.get_unverified_header(token), "alg": name})
        yield Forgery(rule="alg-none-accepted", what=f"alg: {name}", token=f"{unsigned}.{payload}.")


def signed_again(token: str, key: str, algorithm: str, *, age_s: float) -> str:
    """The same claims signed with the key; expired `age_s` seconds ago, or not yet where that is below zero."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    end = int(time.time() - age_s)
    began = min(end, int(time.time())) - 60  # a token of the future would be refused for that
    return jwt.encode({**claims, "iat": began, "exp": end}, key, algorithm=algorithm)


def _coded(part: Any) -> str:
    text = json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _other(letter: str) -> str:
    return "A" if letter != "A" else "B"
