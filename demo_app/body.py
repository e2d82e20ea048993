"""Reads the JSON body of a request, and says which field is wrong and why."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest

from demo_app.errors import invalid

MAX_QUANTITY = 99
MAX_PRICE_CENTS = 10_000_00
MAX_STOCK = 100_000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
# Control characters and lone surrogates: SQLite cannot store the latter, nobody types the former.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class Body:
    """The fields of a JSON object; each getter validates and raises 422."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    @classmethod
    def of_request(cls) -> Body:
        try:
            fields = request.get_json()
        except RecursionError as error:
            raise BadRequest("The body is nested too deeply.") from error
        if not isinstance(fields, dict):
            raise invalid("body", "The body has to be a JSON object.")
        return cls(fields)

    @property
    def fields(self) -> dict[str, Any]:
        return dict(self._fields)

    def has(self, name: str) -> bool:
        return name in self._fields

    def text(self, name: str, *, at_least: int = 1, at_most: int = 200, strip: bool = True) -> str:
        value = self._fields.get(name)
        if not isinstance(value, str):
            raise invalid(name, f"{_label(name)} has to be a text.")
        value = value.strip() if strip else value
        if len(value) < at_least:
            need = f"needs at least {at_least} characters" if at_least > 1 else "is missing"
            raise invalid(name, f"{_label(name)} {need}.")
        if len(value) > at_most:
            raise invalid(name, f"{_label(name)} may have at most {at_most} characters.")
        if _UNPRINTABLE.search(value):
            raise invalid(name, f"{_label(name)} holds characters that cannot be printed.")
        return value

    def email(self, name: str = "email") -> str:
        value = self.text(name, at_most=120).lower()
        if not _EMAIL.fullmatch(value):
            raise invalid(name, "This is not an email address.")
        return value

    def password(self, name: str = "password") -> str:
        return self.text(name, at_least=8, at_most=128, strip=False)

    def integer(self, name: str, *, at_least: int, at_most: int) -> int:
        value = self._fields.get(name)
        # In Python True is an integer, to a caller it is not.
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid(name, f"{_label(name)} has to be a whole number.")
        if not at_least <= value <= at_most:
            raise invalid(name, f"{_label(name)} has to be between {at_least} and {at_most}.")
        return value

    def truth(self, name: str) -> bool:
        value = self._fields.get(name)
        if not isinstance(value, bool):
            raise invalid(name, f"{_label(name)} has to be true or false.")
        return value

    def choice(self, name: str, choices: list[str]) -> str:
        value = self._fields.get(name)
        if not isinstance(value, str) or value not in choices:
            raise invalid(name, f"{_label(name)} has to be one of {', '.join(choices)}.")
        return value


def _label(name: str) -> str:
    return name.removesuffix("_cents").replace("_", " ").capitalize()
