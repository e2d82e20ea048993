"""How calls get their values: places in paths and bodies, values that nobody else uses, ids that no object has."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from stormwalk.access.matrix import PLACE, Ask


def unique() -> str:
    """A value that has never been before."""
    return f"sw{secrets.token_hex(6)}"


def unknown_like(known: Any) -> Any:
    """An id of the same kind that no object has."""
    if isinstance(known, int):
        return 2_000_000_000 + secrets.randbelow(100_000_000)
    return "".join("0" if letter.isdigit() else letter for letter in str(known))[::-1] if known else unique()


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with its places filled, also within lists and tables; a text that is one place keeps the type.

    What is filled in is not looked at again: an application may call an object `{password}`.
    """
    if isinstance(value, dict):
        return {key: fill(one, values) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [fill(one, values) for one in value]
    if not isinstance(value, str):
        return value
    whole = PLACE.fullmatch(value)
    if whole and whole[1] in values:
        return values[whole[1]]
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), value)


def filled(ask: Ask, values: Mapping[str, Any]) -> Ask:
    """The call with path and body filled in; in the path, a value cannot be more than a part of a segment."""
    path = PLACE.sub(lambda place: _segment(values[place[1]]) if place[1] in values else place[0], ask.path)
    return replace(ask, path=path, body=fill(ask.body, values))


def _segment(value: Any) -> str:
    text = quote(str(value), safe="@:")
    return text.replace(".", "%2E") if text in (".", "..") else text
