"""How an actor signs in to an API that gives a JSON token: what is sent, and where the token is in the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jwt
import requests

from stormwalk.config import Actor, SignInTable
from stormwalk.errors import ApplicationError
from stormwalk.redact.patterns import names_a_secret

_LOOKS_RANDOM = re.compile(r"\S{16,}")


def credentials(actor: Actor, table: SignInTable) -> dict[str, str]:
    """The JSON body that signs the actor in."""
    return {table.user_field: actor.username, table.password_field: actor.password.get_secret_value()}


def token_in(answer: requests.Response, table: SignInTable) -> str:
    """The token of the answer; `token_field` may lead into it, as in `data.token`. Raises ApplicationError."""
    found = _body_of(answer)
    for name in table.token_field.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    if isinstance(found, str) and found:
        return found
    raise ApplicationError(f'the answer to the sign-in holds no text "{table.token_field}"; see sign_in.token_field')


def secrets_in(answer: requests.Response) -> Iterator[str]:
    """Tokens of the JSON body and values of cookies that were set."""
    values = (*_named_secrets(_body_of(answer)), *(cookie.value or "" for cookie in answer.cookies))
    # Short ones and sentences are none: `{"password": "is too short"}`, `theme=dark`.
    yield from filter(_LOOKS_RANDOM.fullmatch, values)


def _body_of(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return None


def _named_secrets(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for one in body:
            yield from _named_secrets(one)
    elif isinstance(body, dict):
        for name, one in body.items():
            yield from [one] if isinstance(one, str) and names_a_secret(name) else _named_secrets(one)


def claims_of(token: str) -> dict[str, Any]:
    """What a JSON Web Token claims. Its signature is not checked: only the application has the key."""
    try:
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as problem:
        raise ApplicationError(f"the access token is no JSON Web Token: {problem}") from None
    return claims
