"""The one place that hides secrets. Whatever is stored, printed or sent passes here.

Two ways, together: values that are *known* (passwords of the project file, tokens met at sign-in) are hidden wherever
they stand and however they are encoded; what only *looks* like a secret is hidden by the patterns of
`stormwalk.redact.patterns`. Hiding twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any
from urllib.parse import unquote

from stormwalk.redact.forms import base64_forms, text_forms
from stormwalk.redact.patterns import DEFAULT, MASK, Pattern, names_a_secret, names_a_secret_in_a_query

__all__ = ["DEFAULT", "MASK", "Pattern", "Redactor"]

# A shorter value is met everywhere by chance; replacing it would destroy the text and tell what it is.
SHORTEST = 4
_BETWEEN_PARAMETERS = re.compile(r"([?&;#])")
_BETWEEN_PIECES = re.compile(r"[^/?&;#=]+")


class Redactor:
    """Replaces secrets by `[redacted]`. Safe to use from several threads."""

    def __init__(self, secrets: Iterable[str] = (), patterns: Iterable[Pattern] = DEFAULT) -> None:
        self._patterns = tuple(patterns)
        self._lock = Lock()
        self._known: dict[str, None] = {}
        for secret in secrets:
            self._add(secret, text_forms(secret) | base64_forms(secret))

    def __repr__(self) -> str:
        return f"Redactor({len(self._known)} forms, {len(self._patterns)} patterns)"

    def learn(self, secret: str) -> None:
        """Hides this value too from now on: a token or cookie got at sign-in."""
        # Tokens that their shape gives away need no place in the list, which a long run would let grow.
        if secret not in self._known and self._by_shape(secret) != MASK:
            self._add(secret, text_forms(secret))

    def text(self, text: str) -> str:
        """Any text: a log, a page, a message."""
        return self._by_shape(self._by_value(text))

    def url(self, url: str) -> str:
        """An address, whole or relative: user and password, and values in query and fragment, are hidden."""
        hidden = self.text(_hide_parameters(url))
        return _BETWEEN_PIECES.sub(lambda piece: self._decoded_too(piece[0]), hidden) if "%" in hidden else hidden

    def _decoded_too(self, piece: str) -> str:
        """The piece of an address, unless what it says without its percent signs is to be hidden."""
        decoded = unquote(piece)
        return piece if decoded == piece or self.text(decoded) == decoded else MASK

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers of a request or response; the values of those that carry secrets are hidden whole."""
        return {name: MASK if names_a_secret(name) else self.text(value) for name, value in headers.items()}

    def json(self, value: Any) -> Any:
        """A value read from JSON: fields whose name means a secret are hidden, text everywhere is searched."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list | tuple):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {self.text(str(name)): self._field(str(name), one) for name, one in value.items()}
        return value

    def _field(self, name: str, value: Any) -> Any:
        if names_a_secret(name) and isinstance(value, str | int | float) and not isinstance(value, bool):
            return MASK
        if isinstance(value, list | tuple):
            return [self._field(name, one) for one in value]
        return self.json(value)

    def _add(self, secret: str, forms: frozenset[str]) -> None:
        if len(secret) < SHORTEST:
            return
        with self._lock:
            longest_first = sorted({*self._known, *forms}, key=lambda form: (-len(form), form))
            self._known = dict.fromkeys(longest_first)

    def _by_value(self, text: str) -> str:
        # `in` searches many times faster than an alternation of hundreds of forms.
        present = [form for form in self._known if form in text]
        if not present:
            return text
        # The mask stands first: a secret such as "redacted" must not be replaced within it.
        either = re.compile("|".join(map(re.escape, [MASK, *present])))
        return either.sub(lambda found: MASK, text)

    def _by_shape(self, text: str) -> str:
        for pattern in self._patterns:
            text = pattern.hide(text)
        return text


def _hide_parameters(url: str) -> str:
    path, *pieces = _BETWEEN_PARAMETERS.split(url)
    return path + "".join(map(_parameter, pieces))


def _parameter(piece: str) -> str:
    name, is_pair, value = piece.partition("=")
    if is_pair and value and (names_a_secret_in_a_query(name) or _holds_a_secret(unquote(value))):
        return f"{name}={MASK}"
    return piece


def _holds_a_secret(value: str) -> bool:
    """Whether the value is an address with secrets of its own: `?next=%2Fbasket%3Ftoken%3D...`."""
    if "=" in value:
        return _hide_parameters(value) != value
    decoded = unquote(value)
    return decoded != value and _holds_a_secret(decoded)
